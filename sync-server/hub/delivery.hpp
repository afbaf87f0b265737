#pragma once

#include "sync-server/hub/registry.hpp"

#include <set>

namespace samsyn {

/// What one authenticated link has got, and what it may get next: its cursors, and the channels
/// that are worth a look. Holds no entries: what leaves is read and decided upon when it is asked
/// for (the policy fence). Not thread-safe.
class Delivery {
public:
    explicit Delivery(const DeviceId& device) : device_(device) {}

    const DeviceId& device() const { return device_; }

    /// Moves the named cursors. Channels that this device may not receive now are ignored, whether
    /// they exist or not: naming one costs nothing to remember, and tells nothing.
    void resume(const Resume& resume, const Registry& registry, Instant now);

    /// How many channels are remembered.
    std::size_t cursor_count() const { return cursors_.size(); }

    /// Something was stored in the channel. True where this device may be concerned.
    bool on_stored(const Channel& channel, const Registry& registry, Instant now);

    /// True once a decision may have changed by itself.
    bool is_due(Instant now) const { return now >= recheck_at_; }

    enum class Phase { statements, everything };

    /// The next `Deliver` or `Withdrawn`, federation log first, then the streams of cases, then
    /// compartments; none when nothing of the phase is left. Errors: of the storage.
    Result<std::optional<Message>> next(Phase phase,
                                        const Registry& registry,
                                        Storage& storage,
                                        std::size_t bytes_max,
                                        Instant now);

private:
    void refresh(const Registry& registry, Instant now);
    void refresh_case(const CaseId& id, const Registry& registry, Instant now);
    bool may_receive(const Channel& channel, const Registry& registry, Instant now);
    bool may_read(const CompartmentId& compartment, const Registry& registry, Instant now);
    Result<bool> is_for_device(const LogEntry& entry,
                               const Registry& registry,
                               Storage& storage,
                               Instant now) const;
    Result<std::optional<Message>> serve(const Channel& channel,
                                         const Registry& registry,
                                         Storage& storage,
                                         std::size_t bytes_max,
                                         Instant now);

    /// What a device must hear of a roster that it receives no more: that its user is not on it.
    Result<std::optional<Message>> farewell(const Channel& channel,
                                            const Registry& registry,
                                            Storage& storage,
                                            std::size_t bytes_max);

    DeviceId device_;
    /// Of channels of which something was delivered, or that were permitted when they were named.
    std::map<Channel, EntryNumber> cursors_;
    std::set<Channel> pending_;                 ///< streams sort before compartments
    std::set<CaseId> stale_cases_;              ///< whose rights must be looked at again
    std::map<Channel, EntryNumber> farewells_;  ///< how far these were looked through
    bool all_stale_ = true;
    Instant recheck_at_ = instant_max;
};

}  // namespace samsyn
