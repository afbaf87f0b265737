#pragma once

#include "core/base/result.hpp"
#include "core/model/change.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// Well-formed UTF-8 in normal form C (UAX #15), at most so many bytes. Errors:
/// `invalid_argument`, `limit_exceeded`, both naming `name`.
Result<std::string> clean_text(std::string_view text,
                               std::string_view name,
                               std::size_t bytes_max = value_text_bytes_max);

/// Of a text that several write, as one request brings it.
inline constexpr std::size_t document_bytes_max = 256 * 1024;

/// A text folded for comparing names: ASCII and Å Ä Ö in lower case, all else as it is.
std::string folded(std::string_view text);

/// The arguments of one request, from a stranger. Every error is `invalid_argument` (or
/// `limit_exceeded`) with the argument's name as context. Must not outlive the JSON.
class Arguments {
public:
    /// `required` and `optional`: names with spaces between. Errors: what is missing, all of it;
    /// what is not known here.
    static Result<Arguments> from(const nlohmann::json& args,
                                  std::string_view required,
                                  std::string_view optional);

    /// True where the argument is there and not null.
    bool has(std::string_view name) const;

    /// Not empty.
    Result<std::string> text(std::string_view name) const;
    /// Of a text that several write: not brought into normal form, may be empty, at most
    /// `document_bytes_max` bytes.
    Result<std::string> document(std::string_view name) const;
    Result<std::string> text_or(std::string_view name, std::string_view otherwise) const;
    Result<std::int64_t> integer_or(std::string_view name,
                                    std::int64_t least,
                                    std::int64_t most,
                                    std::int64_t otherwise) const;
    Result<bool> boolean_or(std::string_view name, bool otherwise) const;

    /// "2026-06-30".
    Result<Date> date(std::string_view name) const;

    /// A list of texts, or one text; empty where the argument is missing. At most 64.
    Result<std::vector<std::string>> texts(std::string_view name) const;

    /// The elements of a list, or the one value; empty where missing. At most 64.
    Result<std::vector<nlohmann::json>> elements(std::string_view name) const;

    /// Null where missing.
    const nlohmann::json* find(std::string_view name) const;

private:
    explicit Arguments(const nlohmann::json& args) : args_(&args) {}

    const nlohmann::json* args_;
};

}  // namespace samsyn
