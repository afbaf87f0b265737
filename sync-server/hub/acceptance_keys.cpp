// Acceptance: packets and supplements.

#include "core/policy/recovery_recipient.hpp"
#include "core/wire/recovery_context.hpp"
#include "sync-server/hub/acceptance.hpp"

#include <algorithm>

namespace samsyn {
namespace {

/// Who may start an epoch or hand on old keys: the disclosing unit, and who may change anything.
constexpr Request contributing = [] {
    Request request;
    request.action = Action::contribute;
    request.shared_editing_type = true;
    return request;
}();

}  // namespace

Checked<Acceptance::Verified<KeyPacket>> Acceptance::verified_packet(ByteView bytes) const {
    KeyPacket packet = SAMSYN_TRY(or_refuse(decode_packet(bytes, ports_.hasher)));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of_author(packet.federation, packet.author));
    if (!verify_packet(packet, *key, ports_.verifier)) return refuse(Errc::bad_signature, "packet");
    if (packet.compartment != compartment_id(ports_.hasher, packet.case_id, packet.label))
        return refuse(Errc::malformed, "compartment of the packet");
    LogEntry entry{{packet.compartment},
                   0,
                   EntryKind::packet,
                   Hash::from(packet.id.view()),
                   packet.author,
                   packet.counter,
                   {},
                   to_bytes(bytes)};
    return Verified<KeyPacket>{std::move(packet), std::move(entry)};
}

Checked<Acceptance::Verified<Supplement>> Acceptance::verified_supplement(ByteView bytes) const {
    Supplement supplement = SAMSYN_TRY(or_refuse(decode_supplement(bytes, ports_.hasher)));
    const SigningPublicKey* const key =
        SAMSYN_TRY(key_of_author(supplement.federation, supplement.author));
    if (!verify_supplement(supplement, *key, ports_.verifier))
        return refuse(Errc::bad_signature, "supplement");
    LogEntry entry{{supplement.compartment},
                   0,
                   EntryKind::supplement,
                   supplement.id,
                   supplement.author,
                   supplement.counter,
                   {},
                   to_bytes(bytes)};
    return Verified<Supplement>{std::move(supplement), std::move(entry)};
}

Checked<Verdict> Acceptance::accept_packet(ByteView bytes) {
    auto verified = SAMSYN_TRY(verified_packet(bytes));
    const KeyPacket& packet = verified.said;
    SAMSYN_TRY(admit(verified.entry));
    SAMSYN_TRY(check_clock(packet.instant));
    const Registry& registry = ports_.registry;
    const Registry::Compartment info{packet.case_id, packet.label};
    if (!registry.may(packet.compartment, info, contributing, packet.author, now_).permitted)
        return refuse(Errc::not_permitted, "author of the packet");
    SAMSYN_TRY(or_refuse(registry.check_recipients(packet)));
    if (!registry.is_open(packet, now_))
        return answer(AnswerOutcome::stale_epoch, "a recipient is no longer permitted");
    return store_keys(std::move(verified));
}

Checked<Verdict> Acceptance::accept_supplement(ByteView bytes) {
    auto verified = SAMSYN_TRY(verified_supplement(bytes));
    SAMSYN_TRY(admit(verified.entry));
    SAMSYN_TRY(check_supplement(verified.said));
    return store_keys(std::move(verified));
}

Checked<void> Acceptance::check_supplement(const Supplement& supplement) const {
    const Registry& registry = ports_.registry;
    const Registry::Compartment* const info = registry.compartment(supplement.compartment);
    // One refusal for "not yours" and "not there".
    if (info == nullptr ||
        !registry.may(supplement.compartment, contributing, supplement.author, now_).permitted)
        return refuse(Errc::not_permitted, "author of the supplement");
    if (is_rewrapping(supplement)) return check_rewrapping(supplement, *info);
    const Federation::Device* const recipient = registry.federation().device(supplement.recipient);
    if (recipient == nullptr ||
        !registry.may(supplement.compartment, {}, supplement.recipient, now_).permitted)
        return refuse(Errc::not_permitted, "recipient of the supplement");
    const std::uint32_t newest = recipient->certificate.sealing_epoch;
    if (supplement.sealing_epoch > newest || supplement.sealing_epoch + 1 < newest)
        return refuse(Errc::malformed, "sealing key of the recipient");
    // Whoever two persons let put the recovery key together gives itself what that opens.
    const bool recovers =
        supplement.author == supplement.recipient &&
        may_recover_something(
            supplement.author, info->label.disclosing.organisation, registry.federation(), now_);
    for (const auto& old : supplement.keys) {
        const Registry::Epoch* const epoch = registry.epoch(old.epoch);
        if (epoch == nullptr || epoch->compartment != supplement.compartment)
            return refuse(Errc::not_permitted, "epoch in the supplement");
        if (!epoch->holders.contains(supplement.author) && !(recovers && epoch->is_recoverable))
            return refuse(Errc::not_permitted, "epoch in the supplement");
    }
    return check_ground(supplement, *info, supplement.recipient);
}

/// For the newest recovery key of the organisation, by those whose secrecy it is. Whether the boxes
/// open nobody here can tell.
Checked<void> Acceptance::check_rewrapping(const Supplement& supplement,
                                           const Registry::Compartment& compartment) const {
    const Registry& registry = ports_.registry;
    const RecoveryKey* const key = recovery_recipient(compartment.label, registry.federation());
    if (key == nullptr || key->generation != supplement.sealing_epoch || supplement.ground)
        return refuse(Errc::not_permitted, "recovery key of the supplement");
    if (compartment.case_id != directory_case &&
        !registry.federation().acts_in(supplement.author, compartment.label.disclosing.unit, now_))
        return refuse(Errc::not_permitted, "author of the supplement");
    for (const auto& old : supplement.keys) {
        const Registry::Epoch* const epoch = registry.epoch(old.epoch);
        if (epoch == nullptr || epoch->compartment != supplement.compartment ||
            !epoch->holders.contains(supplement.author))
            return refuse(Errc::not_permitted, "epoch in the supplement");
    }
    return {};
}

/// The own unit and the directory need no ground; anybody else a consent on which reading rests
/// now. Of several consents that open together the one that reaches least decides: all must say
/// *history*.
Checked<void> Acceptance::check_ground(const Supplement& supplement,
                                       const Registry::Compartment& compartment,
                                       const DeviceId& recipient) const {
    const Federation& federation = ports_.registry.federation();
    const UnitId disclosing = compartment.label.disclosing.unit;
    if (!supplement.ground) {
        if (compartment.case_id == directory_case ||
            federation.acts_in(recipient, disclosing, now_))
            return {};
        return refuse(Errc::not_permitted, "supplement without a ground");
    }
    const Decision decision = ports_.registry.decide_read(supplement.compartment, recipient, now_);
    if (!decision.permitted() || !std::ranges::binary_search(decision.by, *supplement.ground))
        return refuse(Errc::not_permitted, "ground of the supplement");
    const CaseView* const view = ports_.registry.view(compartment.case_id);
    SAMSYN_ASSERT(view != nullptr);  // the compartment's packet was accepted in this case
    for (const auto& consent : view->disclosing(disclosing).consents)
        if (std::ranges::binary_search(decision.by, consent.id) &&
            consent.body.reach != Reach::history)
            return refuse(Errc::not_permitted, "reach of the ground");
    return {};
}

}  // namespace samsyn
