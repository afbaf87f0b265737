// Device as the ledger of its session.

#include "client-sdk/device/attachment_book.hpp"
#include "client-sdk/device/fleet_book.hpp"
#include "client-sdk/device/presence_book.hpp"

#include <samsyn/enrolment.hpp>

#include <algorithm>

namespace samsyn {

FederationId Device::federation() const {
    return impl_->config.federation;
}

UserId Device::user() const {
    return impl_->config.user;
}

DeviceId Device::device() const {
    return impl_->self;
}

std::vector<StatementId> Device::federation_heads() const {
    return impl_->accepted_heads(Stream{});
}

Signature Device::sign_proof(ByteView signed_part) {
    return impl_->ports.signer.sign(Domain::session_device, signed_part);
}

bool Device::trusts_server(const SigningPublicKey& key) const {
    return key == impl_->config.server_key || impl_->federation().is_server(key);
}

std::vector<Resume::Cursor> Device::cursors(const Incarnation& incarnation) const {
    auto cursors = impl_->store.cursors(incarnation);
    // Without them everything is delivered again, which is slow and harmless.
    return cursors ? *std::move(cursors) : std::vector<Resume::Cursor>{};
}

Result<void> Device::on_welcome(const Welcome& welcome) {
    Impl& my = *impl_;
    if (my.read_only) return std::unexpected{*my.read_only};
    const auto last = SAMSYN_TRY(my.store.last_counter());
    if (welcome.greatest_counter > last)
        return fail(Errc::counter_reused, "the server knows later work of this device");
    my.stale_answers.clear();
    my.rewinds.clear();  // the cursors of this session say it
    my.attentive = true;
    my.everything_here = false;
    my.fleet_book().begin_session();
    my.presence_book().begin_session();
    return my.attachment_book().begin_session();
}

Result<std::vector<Outgoing>> Device::outgoing_after(std::uint64_t counter,
                                                     std::size_t bytes_max,
                                                     Instant now) {
    Impl& my = *impl_;
    if (const auto owed = SAMSYN_TRY(my.store.value(key_receipts)); owed && !owed->empty()) {
        const auto confirmed =
            my.transact([&]() -> Result<void> { return my.write_receipts(now); });
        if (!confirmed) return std::unexpected{confirmed.error()};
    }
    // Content is sealed once everything has been delivered: then the epochs that others have
    // started are known, and ours are not one more beside them. Statements go at once.
    if (my.everything_here) {
        const auto sealed = my.transact([&]() -> Result<void> {
            SAMSYN_TRY(my.keep_epochs(now));
            SAMSYN_TRY(my.seal_pending(now));
            return my.restate_due(now);  // the server knows by then what is restated
        });
        if (!sealed) return std::unexpected{sealed.error()};
    }
    std::vector<Outgoing> outgoing;
    for (StoredOutgoing& stored : SAMSYN_TRY(my.store.outgoing_after(counter, bytes_max)))
        outgoing.push_back({stored.counter, stored.kind, std::move(stored.bytes)});
    return outgoing;
}

Result<void> Device::on_withdrawn(const Channel& channel, Instant now) {
    Impl& my = *impl_;
    const auto* compartment = std::get_if<CompartmentId>(&channel.name);
    if (!compartment) return {};
    return my.transact([&]() -> Result<void> { return my.purge_if_denied(*compartment, now); });
}

Result<void> Device::on_caught_up(Instant server_time, CaughtUp::Phase phase, Instant now) {
    Impl& my = *impl_;
    const auto learned = my.transact([&]() -> Result<void> {
        if (SAMSYN_TRY(my.learn_time(server_time, now))) SAMSYN_TRY(my.purge_denied(now));
        if (phase != CaughtUp::Phase::everything) return {};
        if (!my.everything_here) my.stale_answers.clear();
        my.everything_here = true;
        return my.put_instant(key_synced, my.corrected(now));
    });
    if (!learned || phase != CaughtUp::Phase::everything) return learned;
    return Inviting{*this}.forget_expired();
}

std::vector<Resume::Cursor> Device::take_rewinds() {
    return std::exchange(impl_->rewinds, {});
}

}  // namespace samsyn
