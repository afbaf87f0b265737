#pragma once

#include "core/model/change.hpp"
#include "core/model/label.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace samsyn {

/// What a field's values are.
enum class ValueKind : std::uint8_t {
    text,
    integer,
    boolean,
    date,
    instant,
    user,
    unit,
    person,
    item,
    choice,
    file,     ///< an attached file: its `AttachedFile`, encoded (core/attachment)
    document  ///< a text that several people write at once; its values are runs (core/text)
};

/// A word in the two languages of the screens.
struct Words {
    std::string_view en;
    std::string_view sv;
};

/// What a field is to a search across all cases, which goes by name and personal number only
/// (C-51).
enum class Finds : std::uint8_t { nothing, name, personal_number };

/// One row of the schema: a field of an item type.
struct FieldInfo {
    FieldNumber number{};
    std::string_view key;  ///< the stable English name in commands and JSON, snake_case
    Words title;
    ValueKind kind{};
    bool required = false;
    bool searchable = false;
    bool last_wins = false;               ///< concurrent values are no conflict
    std::span<const Words> choices = {};  ///< for `choice`: the value is the index, as an integer
    Finds finds = Finds::nothing;         ///< what a search across all cases may compare it with
    bool whereabouts = false;  ///< tells where somebody can be found: none of a protected person
};

/// One item type: its fields and the label that follows from it.
struct TypeInfo {
    ItemType type{};
    std::string_view key;
    Words title;
    Category category{};  ///< unless the person says what it is about
    Sensitivity sensitivity{};
    bool shared_editing =
        false;  ///< plan, meeting, commitment: a permitted other unit may change it
    std::span<const FieldInfo> fields;
};

/// The one declarative table that validation, command line, screens, export and docs read.
/// `schema_version` grows with every change to it.
inline constexpr std::uint16_t schema_version = 8;
std::span<const TypeInfo> schema();

/// Null where this version does not know the type, field or key.
const TypeInfo* find_type(ItemType type);
const TypeInfo* find_type(std::string_view key);
const FieldInfo* find_field(const TypeInfo& type, FieldNumber number);
const FieldInfo* find_field(const TypeInfo& type, std::string_view key);

/// What a category, sensitivity or regime is called. `key` is the stable English word of commands.
std::string_view key_of(Category category);
Words title_of(Category category);
std::optional<Category> find_category(std::string_view key);
std::string_view key_of(Regime regime);
std::optional<Regime> find_regime(std::string_view key);
std::string_view key_of(Sensitivity sensitivity);
std::optional<Sensitivity> find_sensitivity(std::string_view key);

/// How sensitive items of a category are unless the person says otherwise.
Sensitivity usual_sensitivity(Category category);

/// Checks a change that creates an item: known type, known fields, values of the right kind, all
/// required ones present. Errors: `invalid_argument` naming the field.
Result<void> validate_new(const Change& change);

/// Checks a change of an existing item: as above, without the required fields.
Result<void> validate_edit(const Change& change);

}  // namespace samsyn
