// Recovery of an organisation's keys: which packets are sealed for it, and what it may open.

#include "client-sdk/device/engine.hpp"
#include "core/policy/recovery_recipient.hpp"
#include "core/wire/recovery_context.hpp"

#include <samsyn/recovery.hpp>

#include <algorithm>

namespace samsyn {

/// One opening under way.
struct Recovering {
    OrganisationId organisation;
    std::uint32_t generation = 0;
    Sealer& opener;
    Instant now;
    RecoveredView done{};
};

namespace {

constexpr std::size_t generations_then_max = 256;
constexpr std::size_t recovery_reason_bytes_max = 1000;

std::string recovered_key(const CompartmentId& compartment) {
    return key_for("recovered", compartment);
}

/// Calls `visit(statement, body)` for every statement of this kind in the federation log.
template <class Body, class Visit>
void each_said(const StatementGraph& log, Visit visit) {
    for (const StatementPtr& statement : log.in(Stream{}))
        if (const auto* body = std::get_if<Body>(&statement->body)) visit(*statement, *body);
}

}  // namespace

// --- What packets are sealed for -----------------------------------------------------------------

std::optional<std::uint32_t> Device::Impl::recovery_generation(const KeyPacket& packet) {
    const auto named = std::pair{federation_heads_of(packet), packet.label.disclosing.organisation};
    const auto found = generations_then.find(named);
    if (found != generations_then.end()) return found->second;
    const auto then = federation_graph.at(named.first);
    if (!then) return std::nullopt;
    const auto members = Federation::build(*then, config.federation, ports.hasher);
    if (!members) return std::nullopt;
    const RecoveryKey* key = recovery_recipient(packet.label, *members);
    if (generations_then.size() >= generations_then_max) generations_then.clear();
    return generations_then[named] = key ? key->generation : 0;
}

bool Device::Impl::is_recoverable(const KeyPacket& packet) {
    const RecoveryKey* wanted = recovery_recipient(packet.label, federation());
    if (!wanted) return !packet.recovery_box;
    if (!packet.recovery_box) return false;
    const std::uint32_t generation = wanted->generation;
    const auto sealed_for = recovery_generation(packet);
    return !sealed_for || *sealed_for == generation;
}

// --- Opening -------------------------------------------------------------------------------------

Result<void> Device::Impl::require_recovery(const OrganisationId& organisation,
                                            std::uint32_t generation) {
    SAMSYN_TRY(require_lease());
    const Instant now = this->now();
    if (!lease(now).may_make_keys()) return fail(Errc::lease_ended, "sync before a recovery");
    const Federation& members = federation();
    if (members.may_recover(self, organisation, generation, decision_time(now))) return {};
    std::string_view why = recovery_not_permitted;
    each_said<RecoveryUsed>(federation_graph, [&](const Statement& statement, const auto& use) {
        if (use.device != self || use.organisation != organisation || use.generation != generation)
            return;
        if (members.is_waiting(statement.id))
            why = recovery_waits;
        else if (use.until <= decision_time(now))
            why = recovery_ended;
    });
    return fail(Errc::not_permitted, why);
}

Result<bool> Device::Impl::try_recovery_box(KnownEpoch& epoch,
                                            ByteView box,
                                            const Hash& context,
                                            Recovering& recovering) {
    const auto key = recovering.opener.open_key(box, context);
    const auto gained =
        key ? gain_key(epoch, *key, recovering.now) : Result<void>{std::unexpected{key.error()}};
    if (gained) return true;
    if (is_storage_fault(gained.error())) return std::unexpected{gained.error()};
    return false;
}

/// The packet's own box, and then those by which its key was wrapped anew. Several, so that a false
/// one does not keep a true one out.
Result<bool> Device::Impl::recover_epoch(KnownEpoch& epoch, Recovering& recovering) {
    const KeyPacket& packet = epoch.packet;
    const OrganisationId& whose = recovering.organisation;
    bool for_this_one = false;
    bool opened = false;
    if (packet.recovery_box) {
        const auto sealed_for = recovery_generation(packet);
        for_this_one = !sealed_for || *sealed_for == recovering.generation;
        const Hash context = recovery_context(packet, whose, recovering.generation, ports.hasher);
        opened = SAMSYN_TRY(try_recovery_box(epoch, *packet.recovery_box, context, recovering));
    }
    for (const RewrappedBox& one : SAMSYN_TRY(rewrapped(packet.id))) {
        if (opened) break;
        if (one.generation != recovering.generation) continue;
        for_this_one = true;
        const Hash context =
            rewrapping_context(packet.compartment, packet.id, whose, one.generation, ports.hasher);
        opened = SAMSYN_TRY(try_recovery_box(epoch, one.box, context, recovering));
    }
    if (opened) {
        ++recovering.done.keys;
    } else if (for_this_one) {
        ++recovering.done.broken;
        SAMSYN_TRY(note_fault({Errc::not_authentic, "a recovery box that does not open"}));
    } else {
        ++recovering.done.older;
    }
    return opened;
}

Result<void> Device::Impl::recover_compartment(KnownCompartment& compartment,
                                               Recovering& recovering) {
    const StoredCompartment& stored = compartment.stored;
    const Label& label = stored.label;
    if (label.disclosing.organisation != recovering.organisation) return {};
    const auto lacks = [](const KnownEpoch& epoch) { return !epoch.has_key; };
    if (std::ranges::none_of(compartment.epochs, lacks)) return {};

    // As far back as anybody could give it by a supplement, and no further.
    std::optional<StatementId> ground;
    bool reaches = may_read(stored, recovering.now);
    const bool own =
        label.category == Category::directory ||
        federation().acts_in(self, label.disclosing.unit, decision_time(recovering.now));
    if (reaches && !own) {
        const Opening opening = opening_for(stored, self, recovering.now);
        reaches = opening.reach == Reach::history && !opening.by.empty();
        if (reaches) ground = opening.by.front();
    }
    if (!reaches) {
        ++recovering.done.shut;
        return {};
    }

    bool some = false;
    for (KnownEpoch& epoch : compartment.epochs)
        if (lacks(epoch)) some = SAMSYN_TRY(recover_epoch(epoch, recovering)) || some;
    if (!some) return {};
    ++recovering.done.compartments;
    touch();
    SAMSYN_TRY(store.put_value(recovered_key(stored.id), as_bytes("1")));
    return give_history(compartment, self, ground);
}

Result<bool> Device::Impl::is_first_return(const Supplement& supplement) {
    if (supplement.author != self || supplement.recipient != self) return false;
    const std::string key = recovered_key(supplement.compartment);
    if (!SAMSYN_TRY(store.value(key))) return false;
    touch();
    SAMSYN_TRY(store.erase_value(key));
    return true;
}

Result<void> Recovery::check_open(const OrganisationId& organisation, std::uint32_t generation) {
    return device_.impl_->require_recovery(organisation, generation);
}

Result<RecoveredView> Recovery::open(const OrganisationId& organisation,
                                     std::uint32_t generation,
                                     Sealer& opener) {
    Device::Impl& my = *device_.impl_;
    SAMSYN_TRY(my.require_recovery(organisation, generation));
    return my.transact([&]() -> Result<RecoveredView> {
        Recovering recovering{organisation, generation, opener, my.now()};
        std::vector<CompartmentId> ids;
        ids.reserve(my.known.size());
        for (const auto& [id, compartment] : my.known) ids.push_back(id);
        for (const CompartmentId& id : ids)
            if (KnownCompartment* compartment = my.find(id))
                SAMSYN_TRY(my.recover_compartment(*compartment, recovering));
        return recovering.done;
    });
}

// --- What administrators say ---------------------------------------------------------------------

std::optional<RecoveryKeyView> Recovery::key(const OrganisationId& organisation,
                                             std::uint32_t generation) {
    Device::Impl& my = *device_.impl_;
    const RecoveryKey* found = my.federation().recovery_key(organisation, generation);
    if (!found) return std::nullopt;
    RecoveryKeyView view;
    view.organisation = organisation;
    view.generation = found->generation;
    view.key = found->key;
    view.threshold = found->threshold;
    view.commitments = found->commitments;
    each_said<RecoveryKeyCertified>(my.federation_graph,
                                    [&](const Statement& statement, const auto& said) {
                                        if (said.organisation == organisation &&
                                            said.generation == generation && said.key == view.key)
                                            view.since = statement.header.time.instant();
                                    });
    view.due = view.since + recovery_key_age_max;
    view.administered = my.federation().is_administrator(my.self, organisation);
    return view;
}

std::vector<RecoveryKeyView> Recovery::keys() {
    std::vector<RecoveryKeyView> views;
    std::vector<OrganisationId> ids;
    for (const auto& [id, admitted] : device_.impl_->federation().organisations())
        ids.push_back(id);
    for (const OrganisationId& id : ids)
        if (const RecoveryKey* newest = device_.impl_->federation().recovery_key(id))
            if (auto view = key(id, newest->generation)) views.push_back(*std::move(view));
    return views;
}

std::vector<OrganisationId> Recovery::missing() {
    const Federation& members = device_.impl_->federation();
    std::vector<OrganisationId> ids;
    for (const auto& [id, admitted] : members.organisations())
        if (!members.recovery_key(id) && members.is_administrator(device_.impl_->self, id))
            ids.push_back(id);
    return ids;
}

std::vector<RecoveryUseView> Recovery::uses() {
    Device::Impl& my = *device_.impl_;
    const Federation& members = my.federation();
    std::vector<RecoveryUseView> views;
    each_said<RecoveryUsed>(my.federation_graph, [&](const Statement& statement, const auto& use) {
        views.push_back(
            {.statement = statement.id,
             .organisation = use.organisation,
             .generation = use.generation,
             .device = use.device,
             .until = use.until,
             .waits = members.is_waiting(statement.id),
             .in_force = members.may_recover(
                 use.device, use.organisation, use.generation, my.decision_time(my.now()))});
    });
    return views;
}

std::uint32_t Recovery::next_generation(const OrganisationId& organisation) {
    const RecoveryKey* newest = device_.impl_->federation().recovery_key(organisation);
    return newest ? newest->generation + 1 : 1;
}

Result<StatementId> Recovery::certify(const RecoveryKeyCertified& key) {
    Device::Impl& my = *device_.impl_;
    if (key.generation != next_generation(key.organisation))
        return fail(Errc::conflict, "generation of the recovery key");
    if (!my.ports.verifier.can_seal_to(key.key)) return fail(Errc::weak_key, "recovery key");
    return my.transact([&]() -> Result<StatementId> { return my.author(Stream{}, key); });
}

Result<StatementId> Recovery::permit(const OrganisationId& organisation,
                                     const DeviceId& device,
                                     std::string_view reason,
                                     std::chrono::hours how_long) {
    Device::Impl& my = *device_.impl_;
    const RecoveryKey* newest = my.federation().recovery_key(organisation);
    if (!newest) return fail(Errc::not_found, "recovery key of the organisation");
    if (!my.federation().device(device)) return fail(Errc::not_found, "device");
    if (reason.empty() || reason.size() > recovery_reason_bytes_max || !is_utf8(as_bytes(reason)))
        return fail(Errc::invalid_argument, "reason");
    if (how_long < std::chrono::hours{1} || how_long > recovery_use_max)
        return fail(Errc::invalid_argument, "hours: 1 to 72");
    const std::uint32_t generation = newest->generation;
    return my.transact([&]() -> Result<StatementId> {
        Bytes salted = to_bytes(random_id<Nonce>(my.ports.random).view());
        const ByteView text = as_bytes(reason);
        salted.insert(salted.end(), text.begin(), text.end());
        RecoveryUsed use;
        use.organisation = organisation;
        use.generation = generation;
        use.device = device;
        use.reason = my.ports.hasher.hash(Domain::evidence, {salted});
        use.until = my.corrected(my.now()) + how_long;
        const StatementId id = SAMSYN_TRY(my.author(Stream{}, use));
        SAMSYN_TRY(my.store.put_value(key_for("recovery.reason", id), salted));
        return id;
    });
}

}  // namespace samsyn
