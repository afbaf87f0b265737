#pragma once

#include "client-sdk/device/engine.hpp"
#include "core/sync/presence_keeper.hpp"

#include <samsyn/presence.hpp>

#include <map>

namespace samsyn {

/// Where this device's person is, and who else is there, in memory. The engine must outlive it.
class Device::Impl::PresenceBook final : public PresenceKeeper {
public:
    explicit PresenceBook(Impl& my) : my_(my) {}

    Result<void> enter(const ItemId& item, Instant now);
    void leave(const ItemId& item);
    Result<std::vector<PresentView>> at(const ItemId& item, Instant now);

    /// A new session: whoever is here says so in it.
    void begin_session();

    Result<Due> due_presence(Instant now) override;
    std::optional<Instant> next_presence() const override;
    Result<bool> on_presence(const Presence& presence, Instant now) override;

private:
    struct Own {
        CompartmentId compartment;
        Instant since;
        Instant say_next;
        Instant said_at{};     ///< none: not yet
        bool leaving = false;  ///< said once more, and then forgotten
    };

    struct Other {
        UserId user;
        Instant since;
        Instant said;   ///< by the author's clock: nothing older counts
        Instant heard;  ///< by ours
        bool here = true;
    };

    static bool is_there(const Own& own, Instant now);

    Result<std::optional<Presence>> sealed(const ItemId& item, const Own& own, Instant now);

    /// Who was silent for too long is not here any more. True where there is such a one.
    bool forget_silent(Instant now);

    /// What was said, where it is believed.
    Result<std::optional<PresenceSaid>> opened(const Presence& presence, Instant now);

    Impl& my_;
    Instant said_last_{};
    std::map<ItemId, Own> own_;
    std::map<std::pair<ItemId, DeviceId>, Other> others_;
};

}  // namespace samsyn
