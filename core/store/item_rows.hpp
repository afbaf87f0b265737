#pragma once

#include "core/store/device_store.hpp"

namespace samsyn {

/// Fills in the state and the restaters of the item in a row of `items`.
Result<void> load_state(Database& db, std::int64_t row, StoredItem& item);

/// A value as `writes` holds it. Errors: `malformed`.
Result<Value> stored_value(ByteView bytes);

}  // namespace samsyn
