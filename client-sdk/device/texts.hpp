#pragma once

#include "core/model/schema.hpp"

namespace samsyn {

/// A change's values must fit one sealed body of 40 KiB after padding (at most 12 %).
inline constexpr std::size_t values_bytes_max = 35 * 1024;

inline bool is_text(const FieldInfo& field) {
    return merge_kind(field.number) == MergeKind::text;
}

/// The value of a text's write until it is sealed (`take_texts`).
inline const Value being_written{Bytes{}};

}  // namespace samsyn
