#pragma once

#include <samsyn/views.hpp>

#include <optional>

namespace samsyn {

/// A field of an item by its key; null where nothing stands in it.
const FieldView* field_of(const ItemView& item, std::string_view key);

/// The shown value of a register; none where it is empty or of another kind than its field has:
/// whatever wrote it may not have been this program.
template <class T>
std::optional<T> value_in(const ItemView& item, std::string_view key) {
    const FieldView* field = field_of(item, key);
    if (field == nullptr) return std::nullopt;
    const auto* value = std::get_if<T>(&field->values.front().value);
    return value == nullptr ? std::nullopt : std::optional<T>{*value};
}

/// The same, of a field that refers to something.
template <class IdType>
std::optional<IdType> reference_in(const ItemView& item, std::string_view key) {
    const auto id = value_in<ReferenceId>(item, key);
    if (!id) return std::nullopt;
    return IdType::from(id->view());
}

/// The value of a field that refers to something.
template <class IdType>
Value reference_to(const IdType& id) {
    return Value{ReferenceId::from(id.view())};
}

/// The elements of a set.
template <class T>
std::vector<T> elements_of(const ItemView& item, std::string_view key) {
    std::vector<T> elements;
    if (const FieldView* field = field_of(item, key))
        for (const ValueView& each : field->values)
            if (const T* value = std::get_if<T>(&each.value)) elements.push_back(*value);
    return elements;
}

template <class IdType>
std::vector<IdType> ids_in(const ItemView& item, std::string_view key) {
    std::vector<IdType> ids;
    for (const ReferenceId& id : elements_of<ReferenceId>(item, key))
        ids.push_back(IdType::from(id.view()));
    return ids;
}

}  // namespace samsyn
