#include "sync-server/hub/registry.hpp"

#include "core/policy/notices.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>
#include <set>

namespace samsyn {
namespace {

constexpr std::string_view may_not_sign = "the author may not sign this";

constexpr std::size_t acts_waiting_per_author_max = 1024;
constexpr std::size_t devices_waiting_per_user_max = 64;

template <class Range>
bool contains(const Range& range, const StatementId& id) {
    return std::find(range.begin(), range.end(), id) != range.end();
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
    // Before anything is built for it: who has nothing to say here costs next to nothing.
    if (opening && !federation_->may_say(statement->header, statement->body))
        return fail(Errc::not_permitted, may_not_sign);
    StatementGraph log = federation_log_;
    log.add(statement);
    auto built = SAMSYN_TRY(Federation::build(log, id_, *hasher_));
    auto federation = std::make_unique<Federation>(std::move(built));
    // What wants a second person is stored and sent to everybody, and waits.
    if (contains(federation->without_effect(), statement->id) &&
        !federation->is_waiting(statement->id))
        return fail(Errc::not_permitted, may_not_sign);
    if (federation->is_waiting(statement->id)) SAMSYN_TRY(check_room_to_wait(*statement));
    // Statements are read in the order of the times that they claim: one that claims an earlier
    // time must not take the place of what is in force. What denies may: with a lost device goes
    // what it confirmed since.
    if (opening) {
        const auto& nothing_before = federation_->without_effect();
        const std::set<StatementId> before{nothing_before.begin(), nothing_before.end()};
        for (const StatementId& lost : federation->without_effect())
            if (lost != statement->id && !before.contains(lost))
                return fail(Errc::not_permitted, "would undo what is in force");
    }
    // Views point to the federation and rest on it: all of them are built again when asked for.
    for (auto& [id, state] : cases_) state.view.reset();
    decisions_.forget_all();
    federation_log_ = std::move(log);
    federation_ = std::move(federation);
    return {};
}

/// What waits is in everybody's log for ever, and all that is built looks at it: nobody leaves more
/// than people could confirm.
Result<void> Registry::check_room_to_wait(const Statement& statement) const {
    const auto* const device = std::get_if<DeviceCertified>(&statement.body);
    std::size_t of_author = 0;
    std::size_t of_user = 0;
    for (const WaitingAct& act : federation_->waiting_acts()) {
        const StatementPtr other = federation_log_.find(act.statement);
        if (!other) continue;
        if (other->header.author == statement.header.author) ++of_author;
        const auto* const rival = std::get_if<DeviceCertified>(&other->body);
        if (device && rival && rival->user == device->user) ++of_user;
    }
    if (of_author < acts_waiting_per_author_max && of_user < devices_waiting_per_user_max)
        return {};
    return fail(Errc::limit_exceeded, "statements that wait for a second person");
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
        return fail(Errc::not_permitted, may_not_sign);
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

}  // namespace samsyn
