#pragma once

#include <samsyn/views.hpp>

#include <algorithm>

namespace samsyn {

/// The field of a view, by its key; null where nothing stands in it.
inline const FieldView* field_of(const ItemView& item, std::string_view key) {
    const auto found = std::ranges::find_if(item.fields, [&](const FieldView& field) {
        return field.info != nullptr && field.info->key == key && !field.values.empty();
    });
    return found == item.fields.end() ? nullptr : &*found;
}

/// The shown value of a register, if it is a `T`.
template <class T>
std::optional<T> shown_as(const ItemView& item, std::string_view key) {
    const FieldView* const field = field_of(item, key);
    const T* const value =
        field == nullptr ? nullptr : std::get_if<T>(&field->values.front().value);
    return value == nullptr ? std::nullopt : std::optional{*value};
}

/// The same for a reference.
template <class IdType>
std::optional<IdType> shown_id(const ItemView& item, std::string_view key) {
    const auto id = shown_as<ReferenceId>(item, key);
    return id ? std::optional{IdType::from(id->view())} : std::nullopt;
}

/// The elements of a set.
template <class T>
std::vector<T> elements_of(const ItemView& item, std::string_view key) {
    std::vector<T> elements;
    if (const FieldView* const field = field_of(item, key))
        for (const ValueView& each : field->values)
            if (const T* const value = std::get_if<T>(&each.value)) elements.push_back(*value);
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
