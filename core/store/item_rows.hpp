#pragma once

#include "core/store/device_store.hpp"
#include "core/text/text_document.hpp"

namespace samsyn {

/// Fills in the state and the restaters of the item in a row of `items`.
Result<void> load_state(Database& db, std::int64_t row, StoredItem& item);

/// A value as `writes` holds it. Errors: `malformed`.
Result<Value> stored_value(ByteView bytes);

/// A change as tables hold it. Errors: `truncated`, `limit_exceeded`, `malformed`.
Bytes encode_change(const Change& change);
Result<Change> decode_change(ByteView bytes);

/// Where the writes of one field live.
struct WritePlace {
    std::int64_t row;    ///< of the item
    std::int64_t field;  ///< its number
};

/// Adds a run of a text, or announces one that is still being written (`Bytes{}`). True if new.
Result<bool> add_run(Database& db,
                     const WritePlace& place,
                     const Version& version,
                     const Value& value);

/// The text of a field, as far as its runs are in it.
Result<std::string> stored_text(Database& db, const WritePlace& place);

}  // namespace samsyn
