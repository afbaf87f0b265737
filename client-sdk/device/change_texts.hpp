#pragma once

#include "core/model/schema.hpp"

#include <samsyn/views.hpp>

namespace samsyn {

/// What a person wrote in a change, so that it can be read although the item may not be here.
inline std::vector<ParkedView::Text> texts_of(const Change& change) {
    const TypeInfo* type = find_type(change.header.type);
    std::vector<ParkedView::Text> texts;
    for (std::size_t i = 0; i < change.values.size(); ++i) {
        const auto* text = std::get_if<std::string>(&change.values[i]);
        if (!text) continue;
        const FieldInfo* field = type ? find_field(*type, change.header.writes[i].field) : nullptr;
        texts.push_back({field ? std::string{field->key} : std::string{}, *text});
    }
    return texts;
}

}  // namespace samsyn
