#pragma once

#include "tests/support/forwarding_storage.hpp"

#include <functional>

namespace samsyn::sim {

/// A storage that tells what it was given, and can be made to lie.
class ObservedStorage final : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    std::function<void(const LogEntry&)> on_append = [](const LogEntry&) {};

    /// A planted bug: says "stored" and keeps nothing, for the entries that this picks.
    std::function<bool(const LogEntry&)> loses = [](const LogEntry&) { return false; };

    Result<EntryNumber> append(const LogEntry& entry) override {
        on_append(entry);
        if (loses(entry)) return EntryNumber{1};
        return ForwardingStorage::append(entry);
    }
};

}  // namespace samsyn::sim
