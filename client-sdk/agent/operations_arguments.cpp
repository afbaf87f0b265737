#include "client-sdk/agent/operations_arguments.hpp"

#include "core/base/codec.hpp"
#include "core/model/local_date.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t elements_max = 64;

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 32 &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

/// Calls `each` with every word of a list with spaces between.
template <class Each>
void for_each_word(std::string_view words, Each each) {
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (end > 0) each(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
}

bool lists(std::string_view words, std::string_view word) {
    bool found = false;
    for_each_word(words, [&](std::string_view each) { found = found || each == word; });
    return found;
}

Result<std::string> text_of(const json& value, std::string_view name) {
    if (!value.is_string()) return fail(Errc::invalid_argument, name);
    return clean_text(value.get_ref<const std::string&>(), name);
}

}  // namespace

Result<std::string> clean_text(std::string_view text,
                               std::string_view name,
                               std::size_t bytes_max) {
    if (text.size() > bytes_max) return fail(Errc::limit_exceeded, name);
    if (!is_utf8(as_bytes(text))) return fail(Errc::invalid_argument, name);
    if (text.empty()) return std::string{};

    utf8proc_uint8_t* composed = nullptr;
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()),
                     &composed,
                     // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): a set of bits
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{composed, &std::free};
    if (size < 0) return fail(Errc::invalid_argument, name);
    if (static_cast<std::size_t>(size) > bytes_max) return fail(Errc::limit_exceeded, name);
    return std::string{reinterpret_cast<const char*>(composed), static_cast<std::size_t>(size)};
}

std::string folded(std::string_view text) {
    std::string result{text};
    for (std::size_t i = 0; i < result.size(); ++i) {
        char& c = result[i];
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        // Å, Ä and Ö are C3 85, C3 84 and C3 96; their small letters lie 0x20 above.
        if (c == '\xc3' && i + 1 < result.size()) {
            char& next = result[++i];
            if (next == '\x84' || next == '\x85' || next == '\x96')
                next = static_cast<char>(static_cast<unsigned char>(next) + 0x20U);
        }
    }
    return result;
}

Result<Arguments> Arguments::from(const json& args,
                                  std::string_view required,
                                  std::string_view optional) {
    if (!args.is_object() && !args.is_null())
        return fail(Errc::invalid_argument, "args: an object is expected");

    for (const auto& [key, value] : args.items()) {
        if (!is_word(key)) return fail(Errc::invalid_argument, "args: unknown argument");
        if (!lists(required, key) && !lists(optional, key))
            return fail(Errc::invalid_argument, "unknown argument: " + key);
    }

    const Arguments arguments{args};
    std::string missing;
    for_each_word(required, [&](std::string_view name) {
        if (!arguments.has(name)) missing.append(missing.empty() ? "" : ", ").append(name);
    });
    if (!missing.empty()) return fail(Errc::invalid_argument, "missing: " + missing);
    return arguments;
}

const json* Arguments::find(std::string_view name) const {
    if (!args_->is_object()) return nullptr;
    const auto found = args_->find(name);
    return found == args_->end() || found->is_null() ? nullptr : &*found;
}

bool Arguments::has(std::string_view name) const {
    return find(name) != nullptr;
}

Result<std::string> Arguments::text(std::string_view name) const {
    const json* value = find(name);
    if (value == nullptr) return fail(Errc::invalid_argument, name);
    std::string text = SAMSYN_TRY(text_of(*value, name));
    if (text.empty()) return fail(Errc::invalid_argument, name);
    return text;
}

Result<std::string> Arguments::document(std::string_view name) const {
    const json* value = find(name);
    if (value == nullptr || !value->is_string()) return fail(Errc::invalid_argument, name);
    const auto& text = value->get_ref<const std::string&>();
    if (text.size() > document_bytes_max) return fail(Errc::limit_exceeded, name);
    if (!is_utf8(as_bytes(text))) return fail(Errc::invalid_argument, name);
    return text;
}

Result<std::string> Arguments::text_or(std::string_view name, std::string_view otherwise) const {
    const json* value = find(name);
    if (value == nullptr) return std::string{otherwise};
    return text_of(*value, name);
}

Result<std::int64_t> Arguments::integer_or(std::string_view name,
                                           std::int64_t least,
                                           std::int64_t most,
                                           std::int64_t otherwise) const {
    const json* value = find(name);
    if (value == nullptr) return otherwise;
    if (!value->is_number_integer()) return fail(Errc::invalid_argument, name);
    // An unsigned number above the signed range would wrap.
    if (value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{INT64_MAX})
        return fail(Errc::invalid_argument, name);
    const auto number = value->get<std::int64_t>();
    if (number < least || number > most) return fail(Errc::invalid_argument, name);
    return number;
}

Result<bool> Arguments::boolean_or(std::string_view name, bool otherwise) const {
    const json* value = find(name);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) return fail(Errc::invalid_argument, name);
    return value->get<bool>();
}

Result<Date> Arguments::date(std::string_view name) const {
    const std::string text = SAMSYN_TRY(this->text(name));
    const auto date = date_from_text(text);
    if (!date) return fail(Errc::invalid_argument, std::string{name} + ": " + date.error().context);
    return *date;
}

Result<std::vector<json>> Arguments::elements(std::string_view name) const {
    const json* value = find(name);
    if (value == nullptr) return std::vector<json>{};
    if (!value->is_array()) return std::vector<json>(1, *value);
    if (value->size() > elements_max) return fail(Errc::limit_exceeded, name);
    return std::vector<json>(value->begin(), value->end());
}

Result<std::vector<std::string>> Arguments::texts(std::string_view name) const {
    std::vector<std::string> texts;
    for (const json& element : SAMSYN_TRY(elements(name))) {
        texts.push_back(SAMSYN_TRY(text_of(element, name)));
        if (texts.back().empty()) return fail(Errc::invalid_argument, name);
    }
    return texts;
}

}  // namespace samsyn
