#include "client-sdk/device/page_words.hpp"

#include "core/model/local_date.hpp"
#include "core/model/schema.hpp"

namespace samsyn {

namespace {

template <class IdType>
ReferenceId reference(const IdType& id) {
    return ReferenceId::from(id.view());
}

}  // namespace

PageWords::PageWords(const std::vector<ItemView>& items,
                     const View& view,
                     const std::vector<UserView>& users,
                     const std::vector<UnitView>& units,
                     PageLanguage language)
    : language_(language) {
    // Names of colleagues and units are no case content; persons are, and other items.
    for (const UserView& user : users) names_[reference(user.id)] = user.name;
    for (const UnitView& unit : units) names_[reference(unit.unit.unit)] = unit.name;
    for (const ItemView& item : items)
        if (view.shows(item.compartment)) names_[reference(item.id)] = item.title();
}

std::string_view PageWords::say(const Words& words) const {
    return language_ == PageLanguage::swedish ? words.sv : words.en;
}

std::string PageWords::name_of(const FieldInfo& info, const ReferenceId& id) const {
    switch (info.kind) {
        case ValueKind::user:
        case ValueKind::unit:
        case ValueKind::person:
        case ValueKind::item: {
            const auto found = names_.find(id);
            return found == names_.end() ? std::string{} : found->second;
        }
        default:
            return {};
    }
}

std::string PageWords::value_of(const FieldInfo& info, const Value& value) const {
    if (const auto* const text = std::get_if<std::string>(&value)) return *text;
    if (const auto* const yes = std::get_if<bool>(&value))
        return std::string{say(*yes ? Words{"yes", "ja"} : Words{"no", "nej"})};
    if (const auto* const date = std::get_if<Date>(&value)) return to_text(*date);
    if (const auto* const at = std::get_if<Instant>(&value)) return to_local_text(*at);
    if (const auto* const id = std::get_if<ReferenceId>(&value)) return name_of(info, *id);
    const auto* const number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) return {};
    const bool is_choice = info.kind == ValueKind::choice && *number >= 0 &&
                           static_cast<std::size_t>(*number) < info.choices.size();
    return is_choice ? std::string{say(info.choices[static_cast<std::size_t>(*number)])}
                     : std::to_string(*number);
}

std::string PageWords::line_of(const FieldView& field) const {
    // A field of a newer version is not understood, and a personal number is not for a wall.
    if (field.info == nullptr || field.info->finds == Finds::personal_number) return {};
    std::string values;
    for (const ValueView& each : field.values) {
        const std::string value = value_of(*field.info, each.value);
        if (value.empty()) continue;
        // Values in conflict are all shown, as everywhere.
        if (!values.empty()) values += field.conflict ? " / " : ", ";
        values += value;
    }
    if (values.empty()) return {};
    return std::string{say(field.info->title)} + ": " + values;
}

PageItem PageWords::words_of(const ItemView& item) const {
    PageItem words;
    words.compartment = item.compartment;
    const TypeInfo* const type = find_type(item.type);
    if (type != nullptr) words.title = say(type->title);
    for (const FieldView& field : item.fields)
        if (std::string line = line_of(field); !line.empty())
            words.lines.push_back(std::move(line));
    return words;
}

std::string PageWords::title_of(const ItemView& item) const {
    const TypeInfo* const type = find_type(item.type);
    std::string title{type != nullptr ? say(type->title) : std::string_view{"?"}};
    if (const std::string text = item.title(); !text.empty()) title += ": " + text;
    return title;
}

}  // namespace samsyn
