#include "core/policy/leaving.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace samsyn {

namespace {

bool leads(const UserId& user, const RosterFacts& roster, Instant at) {
    const auto duty = roster.duty_of(user, at);
    return duty == Duty::lead || duty == Duty::coordinator;
}

bool is_case_lead(const UserId& user, const CaseView& view) {
    const auto& opened = view.custody().opened;
    return opened && opened->body.lead == user;
}

bool has_lead(const UnitId& unit, const CaseView& view, const Federation& federation, Instant at) {
    const RosterFacts& roster = view.roster(unit);
    return std::ranges::any_of(roster.added, [&](const auto& addition) {
        return leads(addition.body.user, roster, at) &&
               federation.works_in(addition.body.user, unit, at);
    });
}

template <class Keep>
std::vector<DeviceId> those(const std::vector<DeviceId>& devices, Keep keep) {
    std::vector<DeviceId> kept;
    std::ranges::copy_if(devices, std::back_inserter(kept), keep);
    return kept;
}

/// When something took this device's ground away: instants from `after` to `now`, of which the
/// first is when it lost it, since at `after` it was still permitted.
class Losses {
public:
    Losses(Instant after, Instant now) : after_(after), now_(now), first_(instant_max) {}

    void consider(Instant at) {
        if (at >= after_ && at <= now_) first_ = std::min(first_, at);
    }

    Instant first() const { return first_ == instant_max ? after_ : first_; }

private:
    Instant after_;
    Instant now_;
    Instant first_;
};

bool concerns(const Closing& closing, const Label& label, std::span<const UnitId> units) {
    if (closing.disclosing && *closing.disclosing != label.disclosing.unit) return false;
    if (closing.recipient && std::ranges::find(units, closing.recipient->unit) == units.end())
        return false;
    return closing.categories.empty() || closing.categories.contains(label.category);
}

/// Where the unit of an open-ended participation is what the device's user works in.
std::vector<UnitId> units_of(const UserId& user, const CaseView& view) {
    std::vector<UnitId> units;
    for (const UnitId& unit : view.roster_units())
        if (std::ranges::any_of(view.roster(unit).added,
                                [&](const auto& added) { return added.body.user == user; }))
            units.push_back(unit);
    return units;
}

Instant lost_at(const KeyHolding& holding,
                const UserId& user,
                const StatementGraph& case_graph,
                const StatementGraph& federation_graph,
                const CaseView& view,
                Instant now) {
    Losses losses{holding.newest, now};
    const auto units = units_of(user, view);
    const auto said = [&](const StatementPtr& statement) {
        const Instant at = statement->header.time.instant();
        const StatementBody& body = statement->body;
        if (const auto* closing = std::get_if<Closing>(&body);
            closing && concerns(*closing, holding.label, units))
            losses.consider(at);
        if (const auto* removed = std::get_if<ParticipantRemoved>(&body);
            removed && removed->user == user)
            losses.consider(at);
        if (const auto* added = std::get_if<ParticipantAdded>(&body); added && added->user == user)
            losses.consider(added->until);
        if (const auto* consent = std::get_if<Consent>(&body);
            consent && consent->disclosing == holding.label.disclosing.unit &&
            consent->categories.contains(holding.label.category))
            losses.consider(consent->not_after);
        if (std::holds_alternative<Ended>(body) || std::holds_alternative<CaseClosed>(body) ||
            std::holds_alternative<ProtectionMark>(body) ||
            std::holds_alternative<GuardianSuspended>(body))
            losses.consider(at);
        if (const auto* revoked = std::get_if<DeviceRevoked>(&body);
            revoked && revoked->device == holding.device)
            losses.consider(at);
        if (const auto* left = std::get_if<UserRemoved>(&body); left && left->user == user)
            losses.consider(left->from);
    };
    for (const Stream& stream : case_graph.streams())
        if (stream.kind != StreamKind::notice)
            for (const StatementPtr& statement : case_graph.in(stream)) said(statement);
    for (const StatementPtr& statement : federation_graph.in(Stream{})) said(statement);
    return losses.first();
}

/// The newest statement that may have let this device in again: keys from before it may have come
/// back with it, whatever a receipt said earlier.
Instant let_in_at(const KeyHolding& holding,
                  const UserId& user,
                  const StatementGraph& case_graph,
                  const CaseView& view,
                  Instant now) {
    const auto units = units_of(user, view);
    const UnitId& unit = holding.label.disclosing.unit;
    Instant newest = holding.newest;
    const auto opens_for = [&](const StatementPtr& statement) {
        const StatementBody& body = statement->body;
        if (const auto* consent = std::get_if<Consent>(&body))
            return consent->disclosing == unit &&
                   consent->categories.contains(holding.label.category) &&
                   std::ranges::find(units, consent->recipient.unit) != units.end();
        if (const auto* added = std::get_if<ParticipantAdded>(&body)) return added->user == user;
        return std::holds_alternative<Confirmation>(body) && statement->header.stream.unit == unit;
    };
    for (const Stream& stream : case_graph.streams())
        for (const StatementPtr& statement : case_graph.in(stream))
            if (const Instant at = statement->header.time.instant();
                at <= now && opens_for(statement))
                newest = std::max(newest, at);
    return newest;
}

using Receipts = std::map<std::pair<DeviceId, CompartmentId>, Instant>;

/// The newest receipt of each device for each compartment, of those that count.
Receipts receipts_in(const StatementGraph& graph, const Federation& federation) {
    Receipts newest;
    for (const Stream& stream : graph.streams()) {
        if (stream.kind != StreamKind::notice) continue;
        for (const StatementPtr& statement : graph.in(stream)) {
            const auto* receipt = std::get_if<PurgeReceipt>(&statement->body);
            const DeviceId& author = statement->header.author;
            if (!receipt || !federation.counts(author, statement->header.counter)) continue;
            for (const CompartmentId& compartment : receipt->compartments) {
                Instant& at = newest[{author, compartment}];
                at = std::max(at, receipt->purged_at);
            }
        }
    }
    return newest;
}

}  // namespace

std::vector<DeviceId> escrow_recipients(const Label& label,
                                        const Statements& statements,
                                        const StatuteTable& table,
                                        Instant now) {
    const Federation& federation = statements.federation;
    const CaseView& view = statements.case_view;
    const UnitId& unit = label.disclosing.unit;
    const RosterFacts& roster = view.roster(unit);
    const auto readers = permitted_devices(label, statements, table, now);
    auto found = those(readers, [&](const DeviceId& device) {
        return federation.acts_in(device, unit, now) &&
               leads(federation.user_of(device), roster, now);
    });
    if (found.empty())
        found = those(readers, [&](const DeviceId& device) {
            return federation.acts_in(device, unit, now) &&
                   roster.participates(federation.user_of(device), now);
        });
    return found;
}

bool may_judge_escrow(const DeviceId& device,
                      const UnitId& unit,
                      const CaseView& view,
                      const Federation& federation,
                      Instant at) {
    const UserId user = federation.user_of(device);
    if (user.is_none()) return false;
    if (is_case_lead(user, view)) return federation.acted_somewhere(device, at);
    if (!federation.acted_in(device, unit, at)) return false;
    const RosterFacts& roster = view.roster(unit);
    if (leads(user, roster, at)) return true;
    return roster.participates(user, at) && !has_lead(unit, view, federation, at);
}

bool took_part_once(const DeviceId& device, const CaseView& view, const Federation& federation) {
    if (view.was_lead_or_team(device)) return true;
    return std::ranges::any_of(view.roster_units(), [&](const UnitId& id) {
        const auto* unit = federation.unit(id);
        return unit && federation.ever_acted_in(device, id) &&
               std::ranges::any_of(view.roster(id).added, [&](const auto& addition) {
                   return federation.is_device_of(device, addition.body.user, unit->organisation);
               });
    });
}

std::vector<Unconfirmed> unconfirmed(std::span<const KeyHolding> holdings,
                                     const StatementGraph& case_graph,
                                     const StatementGraph& federation_graph,
                                     const Statements& statements,
                                     const StatuteTable& table,
                                     Instant now) {
    const Federation& federation = statements.federation;
    const Receipts receipts = receipts_in(case_graph, federation);
    std::map<CompartmentId, std::vector<DeviceId>> permitted;
    std::map<std::pair<DeviceId, UnitId>, Unconfirmed> found;
    for (const KeyHolding& holding : holdings) {
        const auto [readers, first] = permitted.try_emplace(holding.compartment);
        if (first) readers->second = permitted_devices(holding.label, statements, table, now);
        if (std::ranges::binary_search(readers->second, holding.device)) continue;
        const UserId user = federation.user_of(holding.device);
        KeyHolding last = holding;
        last.newest = let_in_at(holding, user, case_graph, statements.case_view, now);
        const auto receipt = receipts.find({holding.device, holding.compartment});
        if (receipt != receipts.end() && receipt->second >= last.newest) continue;

        const Instant since =
            lost_at(last, user, case_graph, federation_graph, statements.case_view, now);
        const UnitId& unit = holding.label.disclosing.unit;
        const auto* device = federation.device(holding.device);
        const auto [row, fresh] = found.try_emplace({holding.device, unit});
        Unconfirmed& one = row->second;
        if (fresh)
            one = {.device = holding.device,
                   .user = user,
                   .unit = unit,
                   .compartments = {},
                   .since = since,
                   .lease_ends = {},
                   .revoked = device && device->revoked};
        one.since = std::min(one.since, since);
        // By the units of then, and of now: it may not have heard of a change.
        const auto lease = std::max(federation.reading_lease(holding.device, since),
                                    federation.reading_lease(holding.device, now));
        one.lease_ends = std::max(one.lease_ends, since + lease);
        one.compartments.push_back(holding.compartment);
    }
    std::vector<Unconfirmed> rows;
    for (auto& [key, row] : found) {
        std::ranges::sort(row.compartments);
        const auto doubles = std::ranges::unique(row.compartments);
        row.compartments.erase(doubles.begin(), doubles.end());
        rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, [](const Unconfirmed& row) {
        return std::tuple{row.since, row.device, row.unit};
    });
    return rows;
}

ReadAgainstNotice classify_read(Instant read, Instant closed_at, Instant noticed_at) {
    if (read < closed_at) return ReadAgainstNotice::before;
    return read < noticed_at ? ReadAgainstNotice::before_notice : ReadAgainstNotice::after_notice;
}

}  // namespace samsyn
