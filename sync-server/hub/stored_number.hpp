#pragma once

#include "core/base/codec.hpp"
#include "sync-server/storage/storage.hpp"

namespace samsyn {

/// A number among the storage's settings; 0 where there is none. Errors: of the storage;
/// `truncated` where something else stands there.
inline Result<std::uint64_t> stored_number(Storage& storage, std::string_view key) {
    const auto bytes = SAMSYN_TRY(storage.value(key));
    if (!bytes) return 0;
    Reader in{*bytes};
    return in.number<std::uint64_t>(key);
}

/// In the transaction that is open.
inline Result<void> put_stored_number(Storage& storage,
                                      std::string_view key,
                                      std::uint64_t number) {
    Writer out;
    out.number(number);
    return storage.put_value(key, out.view());
}

}  // namespace samsyn
