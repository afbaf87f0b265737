#include "sync-server/hub/registry.hpp"

#include "core/policy/notices.hpp"
#include "core/policy/recovery_recipient.hpp"
#include "core/wire/recovery_context.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {
namespace {

template <class Range>
bool contains(const Range& range, const StatementId& id) {
    return std::find(range.begin(), range.end(), id) != range.end();
}

/// What the parts of one packet have in common: which key, and who decided upon it when, on what.
Bytes name_of_parts(const KeyPacket& packet) {
    Writer out;
    out.id(packet.compartment);
    out.id(packet.author);
    out.id(packet.nonce);
    out.id(packet.check);
    out.number(packet.statute_version);
    out.instant(packet.instant);
    out.number(packet.part_count);
    for (const StreamHeads& named : packet.heads) {
        encode(out, named.stream);
        out.number(static_cast<std::uint16_t>(named.heads.size()));
        for (const StatementId& head : named.heads) out.id(head);
    }
    return to_bytes(out.view());
}

/// What was destroyed stays so: receipts and verdicts tell how it went, nothing else comes.
bool is_weeded(const StatementGraph& log, const CaseId& id) {
    return std::ranges::any_of(log.in({StreamKind::custody, id, {}}), [](const auto& statement) {
        return std::holds_alternative<CaseWeeded>(statement->body);
    });
}

/// The next instant after `now` at which a participation of the case begins or ends.
Instant next_participation(const CaseView& view, Instant now) {
    Instant next = instant_max;
    const auto consider = [&](Instant instant) {
        if (instant > now) next = std::min(next, instant);
    };
    for (const UnitId& unit : view.roster_units()) {
        for (const auto& added : view.roster(unit).added) {
            consider(added.body.from);
            consider(added.body.until);
        }
    }
    return next;
}

}  // namespace

Result<Registry> Registry::load(Storage& storage, const FederationId& id, const Hasher& hasher) {
    Registry registry{id, hasher};
    bool founded = false;
    const auto keep = [&](const LogEntry& entry) -> Result<void> {
        auto decoded = SAMSYN_TRY(decode_statement(entry.bytes, hasher));
        const auto statement = std::make_shared<const Statement>(std::move(decoded));
        const Stream& stream = statement->header.stream;
        if (std::holds_alternative<Founding>(statement->body)) {
            if (!equal(statement->id.view(), id.view()))
                return fail(Errc::wrong_federation, "server database");
            founded = true;
        }
        registry.note_author(entry.channel, entry.author);
        if (stream.kind == StreamKind::federation)
            registry.federation_log_.add(statement);
        else
            registry.cases_[stream.case_id].log.add(statement);
        return {};
    };
    SAMSYN_TRY(storage.for_each(EntryKind::statement, keep));
    if (!founded) return fail(Errc::not_found, "founding statement in the server database");
    auto federation = SAMSYN_TRY(Federation::build(registry.federation_log_, id, hasher));
    registry.federation_ = std::make_unique<Federation>(std::move(federation));
    const auto keep_packet = [&](const LogEntry& entry) -> Result<void> {
        registry.add(SAMSYN_TRY(decode_packet(entry.bytes, hasher)));
        return {};
    };
    const auto keep_supplement = [&](const LogEntry& entry) -> Result<void> {
        registry.add(SAMSYN_TRY(decode_supplement(entry.bytes, hasher)));
        return {};
    };
    SAMSYN_TRY(storage.for_each(EntryKind::packet, keep_packet));
    SAMSYN_TRY(storage.for_each(EntryKind::supplement, keep_supplement));
    const auto keep_author = [&](const LogEntry& entry) -> Result<void> {
        registry.note_author(entry.channel, entry.author);
        return {};
    };
    SAMSYN_TRY(storage.for_each(EntryKind::escrow, keep_author));
    return registry;
}

const CaseView* Registry::view(const CaseId& id) const {
    const auto found = cases_.find(id);
    if (found == cases_.end()) return nullptr;
    const CaseState& state = found->second;
    if (!state.view) state.view = CaseView::build(id, state.log, *federation_);
    return &*state.view;
}

StatementPtr Registry::find_statement(const CaseId& id, const StatementId& statement) const {
    const auto found = cases_.find(id);
    return found == cases_.end() ? nullptr : found->second.log.find(statement);
}

std::vector<CaseId> Registry::cases() const {
    std::vector<CaseId> ids;
    ids.reserve(cases_.size());
    for (const auto& [id, state] : cases_) ids.push_back(id);
    return ids;
}

const Registry::Compartment* Registry::compartment(const CompartmentId& id) const {
    const auto found = compartments_.find(id);
    return found == compartments_.end() ? nullptr : &found->second;
}

std::vector<CompartmentId> Registry::compartments_of(const CaseId& id) const {
    const auto found = compartments_of_.find(id);
    return found == compartments_of_.end() ? std::vector<CompartmentId>{} : found->second;
}

const Registry::Epoch* Registry::epoch(const EpochId& id) const {
    const auto found = packets_.find(id);
    return found == packets_.end() ? nullptr : found->second.get();
}

bool Registry::is_for(const Hash& supplement, const DeviceId& device) const {
    const auto found = supplements_.find(supplement);
    return found != supplements_.end() && (found->second == device || found->second.is_none());
}

Result<void> Registry::add(const StatementPtr& statement) {
    return statement->header.stream.kind == StreamKind::federation ? add_to_federation(statement)
                                                                   : add_to_case(statement);
}

Result<void> Registry::add_to_federation(const StatementPtr& statement) {
    const bool opening = opens(statement->body);
    if (opening && federation_->is_suspended(statement->header.author))
        return fail(Errc::not_permitted, "the author's device is suspended");
    StatementGraph log = federation_log_;
    log.add(statement);
    auto built = SAMSYN_TRY(Federation::build(log, id_, *hasher_));
    auto federation = std::make_unique<Federation>(std::move(built));
    // What wants a second person is stored and sent to everybody, and waits.
    if (contains(federation->without_effect(), statement->id) &&
        !federation->is_waiting(statement->id))
        return fail(Errc::not_permitted, "the author may not sign this");
    // Statements are read in the order of the times that they claim: one that claims an earlier
    // time must not take the place of what is in force. What denies may: with a lost device goes
    // what it confirmed since.
    for (const StatementId& lost : federation->without_effect())
        if (opening && lost != statement->id && !contains(federation_->without_effect(), lost))
            return fail(Errc::not_permitted, "would undo what is in force");
    // Views point to the federation and rest on it: all of them are built again when asked for.
    for (auto& [id, state] : cases_) state.view.reset();
    decisions_.forget_all();
    federation_log_ = std::move(log);
    federation_ = std::move(federation);
    return {};
}

Result<void> Registry::add_to_case(const StatementPtr& statement) {
    const CaseId id = statement->header.stream.case_id;
    const auto found = cases_.find(id);
    CaseState candidate;
    if (found != cases_.end()) candidate.log = found->second.log;
    const CaseView* const before = view(id);
    const CaseView nothing = CaseView::build(id, {}, *federation_);
    SAMSYN_TRY(may_publish(
        statement->header, statement->body, before == nullptr ? nothing : *before, *federation_));
    const bool notice = statement->header.stream.kind == StreamKind::notice;
    if (!notice && is_weeded(candidate.log, id))
        return fail(Errc::not_permitted, "the case is weeded");
    candidate.log.add(statement);
    candidate.view = CaseView::build(id, candidate.log, *federation_);
    if (contains(candidate.view->without_effect(), statement->id))
        return fail(Errc::not_permitted, "the author may not sign this");
    cases_[id] = std::move(candidate);
    decisions_.forget_case(id);
    note_author({statement->header.stream}, statement->header.author);
    return {};
}

void Registry::note_author(const Channel& channel, const DeviceId& device) {
    const auto* const stream = std::get_if<Stream>(&channel.name);
    if (stream != nullptr && stream->kind == StreamKind::notice)
        notice_authors_[*stream].insert(device);
}

std::vector<Stream> Registry::rosters_once_of(const CaseId& id, const DeviceId& device) const {
    const auto found = cases_.find(id);
    const UserId user = federation_->user_of(device);
    std::vector<Stream> rosters;
    if (found == cases_.end() || user.is_none()) return rosters;
    const StatementGraph& log = found->second.log;
    for (const Stream& stream : log.streams()) {
        if (stream.kind != StreamKind::roster || !federation_->ever_acted_in(device, stream.unit))
            continue;
        const auto adds = [&](const StatementPtr& statement) {
            const auto* const added = std::get_if<ParticipantAdded>(&statement->body);
            return added != nullptr && added->user == user;
        };
        if (std::ranges::any_of(log.in(stream), adds)) rosters.push_back(stream);
    }
    return rosters;
}

bool Registry::ends_place(const LogEntry& entry, const DeviceId& device) const {
    const auto* const stream = std::get_if<Stream>(&entry.channel.name);
    if (stream == nullptr || entry.kind != EntryKind::statement) return false;
    const auto found = cases_.find(stream->case_id);
    if (found == cases_.end()) return false;
    const StatementGraph& log = found->second.log;
    const UserId user = federation_->user_of(device);
    const StatementPtr statement = log.find(StatementId::from(entry.hash.view()));
    if (!statement) return false;
    if (const auto* const removed = std::get_if<ParticipantRemoved>(&statement->body))
        return removed->user == user;
    const auto* const ended = std::get_if<Ended>(&statement->body);
    const StatementPtr target = ended == nullptr ? nullptr : log.find(ended->statement);
    if (!target) return false;
    const auto* const added = std::get_if<ParticipantAdded>(&target->body);
    return added != nullptr && added->user == user;
}

std::vector<Stream> Registry::notices_by(const CaseId& id, const DeviceId& device) const {
    std::vector<Stream> streams;
    const Stream first{StreamKind::notice, id, {}};
    for (auto at = notice_authors_.lower_bound(first);
         at != notice_authors_.end() && at->first.case_id == id;
         ++at)
        if (at->second.contains(device)) streams.push_back(at->first);
    return streams;
}

void Registry::add(const KeyPacket& packet) {
    if (compartments_.try_emplace(packet.compartment, Compartment{packet.case_id, packet.label})
            .second)
        compartments_of_[packet.case_id].push_back(packet.compartment);
    // A packet of its own is an epoch of its own, even where it claims the key of another: else its
    // recipients would hold what they were never given.
    std::shared_ptr<Epoch> key;
    if (packet.part_count > 1) key = keys_in_parts_[name_of_parts(packet)];
    if (!key) key = std::make_shared<Epoch>();
    if (packet.part_count > 1) keys_in_parts_[name_of_parts(packet)] = key;
    if (key->holders.empty()) epochs_of_[packet.compartment].push_back(key);
    key->compartment = packet.compartment;
    key->instant = std::max(key->instant, packet.instant);
    key->is_recoverable = packet.recovery_box.has_value();
    for (const SealedKey& sealed : packet.keys) key->holders.insert(sealed.device);
    packets_[packet.id] = std::move(key);
}

void Registry::add(const Supplement& supplement) {
    for (const auto& old : supplement.keys) {
        const auto found = packets_.find(old.epoch);
        if (found == packets_.end()) continue;
        if (is_rewrapping(supplement))
            found->second->is_recoverable = true;
        else
            found->second->holders.insert(supplement.recipient);
    }
    supplements_[supplement.id] = supplement.recipient;
}

Registry::Permission Registry::may(const CompartmentId& compartment_id,
                                   const Request& request,
                                   const DeviceId& device,
                                   Instant now) const {
    const Compartment* const info = compartment(compartment_id);
    if (info == nullptr) return {};
    return may(compartment_id, *info, request, device, now);
}

Registry::Permission Registry::may(const CompartmentId& compartment_id,
                                   const Compartment& info,
                                   const Request& request,
                                   const DeviceId& device,
                                   Instant now) const {
    const CaseView* const case_view = view(info.case_id);
    const Federation::Device* const known = federation_->device(device);
    if (case_view == nullptr || known == nullptr) return {};
    const Decision& decision = decisions_.decide(compartment_id,
                                                 info.label,
                                                 request,
                                                 {known->certificate.user, device},
                                                 {*federation_, *case_view},
                                                 current_statute_table(),
                                                 now);
    return {decision.permitted(), decision.valid_until};
}

Decision Registry::decide_read(const CompartmentId& id, const DeviceId& device, Instant now) const {
    const Compartment* const info = compartment(id);
    const Federation::Device* const known = federation_->device(device);
    const CaseView* const case_view = info == nullptr ? nullptr : view(info->case_id);
    if (case_view == nullptr || known == nullptr) return {};
    return decisions_.decide(id,
                             info->label,
                             Request{},
                             {known->certificate.user, device},
                             {*federation_, *case_view},
                             current_statute_table(),
                             now);
}

Registry::Streams Registry::streams_of(const CaseId& id,
                                       const DeviceId& device,
                                       Instant now) const {
    const CaseView* const case_view = view(id);
    const Federation::Device* const known = federation_->device(device);
    if (case_view == nullptr || known == nullptr || known->certificate.user.is_none()) return {};
    auto streams = streams_for(device, *case_view, *federation_, now);
    const auto reports =
        intake_streams_for(device, cases_.at(id).log, *case_view, *federation_, now);
    streams.insert(streams.end(), reports.begin(), reports.end());
    return {std::move(streams), next_participation(*case_view, now)};
}

bool Registry::permits_all(const CompartmentId& id,
                           const Compartment& info,
                           std::span<const DeviceId> devices,
                           Instant now) const {
    return std::all_of(devices.begin(), devices.end(), [&](const DeviceId& device) {
        return may(id, info, Request{}, device, now).permitted;
    });
}

bool Registry::is_open(const Epoch& epoch, Instant now) const {
    const Compartment* const info = compartment(epoch.compartment);
    if (info == nullptr) return false;
    const std::vector<DeviceId> devices{epoch.holders.begin(), epoch.holders.end()};
    return permits_all(epoch.compartment, *info, devices, now);
}

bool Registry::is_open(const KeyPacket& packet, Instant now) const {
    std::vector<DeviceId> devices;
    devices.reserve(packet.keys.size());
    for (const SealedKey& sealed : packet.keys) devices.push_back(sealed.device);
    return permits_all(packet.compartment, {packet.case_id, packet.label}, devices, now);
}

Result<const Federation*> Registry::federation_at(const std::vector<StatementId>& heads) const {
    if (!newest_at_ || newest_at_->heads != heads) {
        const StatementGraph log = SAMSYN_TRY(federation_log_.at(heads));
        auto federation = SAMSYN_TRY(Federation::build(log, id_, *hasher_));
        newest_at_ = std::make_unique<AtHeads>(heads, std::move(federation));
    }
    return &newest_at_->federation;
}

Result<void> Registry::check_recipients(const KeyPacket& packet) const {
    const auto state = cases_.find(packet.case_id);
    if (state == cases_.end()) return fail(Errc::missing_parent, "case of the packet");
    std::vector<StatementId> federation_heads;
    std::vector<StatementId> case_heads;
    for (const StreamHeads& named : packet.heads) {
        const bool federal = named.stream.kind == StreamKind::federation;
        if (!federal && named.stream.case_id != packet.case_id)
            return fail(Errc::malformed, "heads of another case");
        auto& heads = federal ? federation_heads : case_heads;
        heads.insert(heads.end(), named.heads.begin(), named.heads.end());
    }
    const StatuteTable* const table = find_statute_table(packet.statute_version);
    if (table == nullptr) return fail(Errc::update_needed, "statute table of the packet");

    const Federation* const federation = SAMSYN_TRY(federation_at(federation_heads));
    const StatementGraph log = SAMSYN_TRY(state->second.log.at(case_heads));
    const CaseView case_view = CaseView::build(packet.case_id, log, *federation);
    for (const Stream& stream : streams_of_decision(packet.case_id, packet.label, case_view)) {
        const bool is_named = std::ranges::count(packet.heads, stream, &StreamHeads::stream) > 0;
        const bool federal = stream.kind == StreamKind::federation;
        const StatementGraph& all = federal ? federation_log_ : state->second.log;
        if (!is_named && !all.in(stream).empty())
            return fail(Errc::missing_parent, "heads of a stream that the decision reads");
    }
    // What is in the box nobody can check who has no share. That it is there, or is not, anybody.
    const bool wants_recovery = recovery_recipient(packet.label, *federation) != nullptr;
    if (packet.recovery_box.has_value() != wants_recovery)
        return fail(Errc::not_permitted,
                    wants_recovery ? "recovery box is missing" : "recovery box for nobody");
    const std::vector<DeviceId> permitted =
        permitted_devices(packet.label, {*federation, case_view}, *table, packet.instant);

    // Part n of a packet takes the n-th stretch of 300 of the permitted devices.
    const std::size_t part_count = std::max<std::size_t>(
        1, (permitted.size() + packet_recipients_max - 1) / packet_recipients_max);
    if (packet.part_count != part_count || packet.part >= part_count)
        return fail(Errc::not_permitted, "parts of the packet");
    const std::size_t from = packet.part * packet_recipients_max;
    const std::size_t count = std::min(packet_recipients_max, permitted.size() - from);
    if (packet.keys.size() != count)
        return fail(Errc::not_permitted, "recipients differ from the policy");
    for (std::size_t i = 0; i < count; ++i) {
        const SealedKey& sealed = packet.keys[i];
        if (sealed.device != permitted[from + i])
            return fail(Errc::not_permitted, "recipients differ from the policy");
        const Federation::Device* const device = federation->device(sealed.device);
        const std::uint32_t newest = device == nullptr ? 0 : device->certificate.sealing_epoch;
        if (sealed.sealing_epoch > newest || sealed.sealing_epoch + 1 < newest)
            return fail(Errc::malformed, "sealing key of a recipient");
    }
    return {};
}

}  // namespace samsyn
