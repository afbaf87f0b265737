#pragma once

#include "core/model/schema.hpp"
#include "core/text/text_run.hpp"

#include <samsyn/views.hpp>

namespace samsyn {

/// What a person wrote in a change, so that it can be read although the item may not be here.
inline std::vector<ParkedView::Text> texts_of(const Change& change) {
    const TypeInfo* type = find_type(change.header.type);
    std::vector<ParkedView::Text> texts;
    for (std::size_t i = 0; i < change.values.size(); ++i) {
        const auto* text = std::get_if<std::string>(&change.values[i]);
        const auto* bytes = std::get_if<Bytes>(&change.values[i]);
        const auto run = bytes ? decode_text_run(*bytes) : fail(Errc::not_found);
        if (!text && !run) continue;
        const FieldInfo* field = type ? find_field(*type, change.header.writes[i].field) : nullptr;
        texts.push_back(
            {field ? std::string{field->key} : std::string{}, text ? *text : run->content});
    }
    return texts;
}

}  // namespace samsyn
