// ClientSession: who is here, told and heard.

#include "core/sync/client_session.hpp"

namespace samsyn {

PresenceKeeper* ClientSession::presence_keeper() const {
    const bool can = phase_ == Phase::live && !hands_in();
    return can ? ports_.ledger.presence_keeper() : nullptr;
}

/// True where something was said.
Result<bool> ClientSession::tell_presence(Instant now) {
    PresenceKeeper* const keeper = presence_keeper();
    if (keeper == nullptr) return false;
    const PresenceKeeper::Due due = SAMSYN_TRY(keeper->due_presence(now));
    for (const Presence& presence : due.say) send(presence);
    if (due.changed) outputs_.emplace_back(Changed{});
    return !due.say.empty();
}

/// Of a session that is not live it is early, and comes again.
Result<void> ClientSession::handle(const Presence& presence, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (hands_in()) return fail(Errc::unexpected_message, "presence");
    PresenceKeeper* const keeper = presence_keeper();
    if (keeper == nullptr) return {};
    if (SAMSYN_TRY(keeper->on_presence(presence, now))) outputs_.emplace_back(Changed{});
    (void)SAMSYN_TRY(tell_presence(now));
    return {};
}

}  // namespace samsyn
