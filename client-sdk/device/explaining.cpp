#include "client-sdk/device/engine.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Fills in what a kind says about persons and units, by the names of its members: a kind that has
/// none of them is told by its key, author and time alone.
template <class Body>
void tell(StatementView& view, const Body& body) {
    if constexpr (requires { body.grantor; }) view.decider = body.grantor;
    if constexpr (requires { body.decider; }) view.decider = body.decider;
    if constexpr (requires { body.guardian; }) view.decider = body.guardian;
    if constexpr (requires { body.representative; }) view.decider = body.representative;
    if constexpr (requires { body.principal; }) view.decider = body.principal;
    if constexpr (requires { body.subject; }) view.subject = body.subject;
    if constexpr (requires { body.child; }) view.subject = body.child;
    if constexpr (requires { body.recipient.unit; }) view.recipient = body.recipient.unit;
    if constexpr (requires { body.recipient->unit; })
        if (body.recipient) view.recipient = body.recipient->unit;
    if constexpr (requires { body.until; }) view.until = body.until;
    if constexpr (requires { body.not_after; }) view.until = body.not_after;
}

StatementView told(const Statement& statement, const UserId& by) {
    StatementView view{.id = statement.id,
                       .kind = kind_name(statement.body),
                       .by = by,
                       .at = statement.header.time.instant()};
    if (const auto& stream = statement.header.stream; stream.kind == StreamKind::disclosing)
        view.disclosing = stream.unit;
    std::visit([&](const auto& body) { tell(view, body); }, statement.body);
    return view;
}

/// True where the device receives the roster of a unit in which the user works: only then can it
/// know whether they take part.
bool hears_of(const UserId& user,
              const std::vector<Stream>& received,
              const Federation& federation,
              Instant at) {
    return std::ranges::any_of(received, [&](const Stream& stream) {
        return stream.kind == StreamKind::roster && federation.works_in(user, stream.unit, at);
    });
}

/// When the device signed that it has purged the compartment, if that was after `given`.
std::optional<Instant> purge_confirmed(const StatementGraph& graph,
                                       const Stream& notices,
                                       const CompartmentId& compartment,
                                       const DeviceId& device,
                                       Instant given) {
    std::optional<Instant> confirmed;
    for (const auto& statement : graph.in(notices)) {
        const auto* receipt = std::get_if<PurgeReceipt>(&statement->body);
        if (!receipt || statement->header.author != device || receipt->purged_at < given ||
            !std::ranges::binary_search(receipt->compartments, compartment))
            continue;
        confirmed = receipt->purged_at;
    }
    return confirmed;
}

}  // namespace

Result<AccessAnswer> Device::explain(const CompartmentId& compartment,
                                     const Requester& requester,
                                     const Request& request) {
    Impl& my = *impl_;
    const KnownCompartment* known = my.find(compartment);
    if (!known) return fail(Errc::not_found, "compartment");
    const CaseId& case_id = known->stored.case_id;
    const Instant at = my.decision_time(my.now());

    AccessAnswer answer{.requester = requester};
    const auto received = streams_for(my.self, my.view(case_id), my.federation(), at);
    // Who leads the case, or works in its team, signs the rosters and so knows them.
    const bool own = requester.user == my.config.user;
    const bool may_know = my.may_read(known->stored, my.now()) &&
                          (hears_of(requester.user, received, my.federation(), at) ||
                           my.view(case_id).is_lead_or_team(my.self, at));
    answer.known = own || case_id == directory_case || may_know;
    if (!answer.known) return answer;
    answer.decision = my.decision(known->stored, request, requester, my.now());
    for (const StatementId& id : answer.decision.by)
        if (const auto statement = my.graph(case_id).find(id))
            answer.by.push_back(told(*statement, my.user_of(statement->header.author)));
    return answer;
}

Result<std::vector<StatementView>> Device::statements(const CaseId& case_id) {
    Impl& my = *impl_;
    const StatementGraph& graph = my.graph(case_id);
    if (graph.size() == 0) return fail(Errc::not_found, "case");
    std::vector<StatementView> views;
    for (const Stream& stream : graph.streams())
        for (const auto& statement : graph.in(stream))
            views.push_back(told(*statement, my.user_of(statement->header.author)));
    std::ranges::sort(views, std::ranges::greater{}, [](const StatementView& view) {
        return std::pair{view.at, view.id};
    });
    return views;
}

Result<std::optional<Viewer>> Device::viewer(const CaseId& case_id, const PersonId& person) {
    Impl& my = *impl_;
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    const CustodyFacts& facts = my.view(case_id).custody();
    const auto kind = [&](ViewerKind of) { return std::optional{Viewer{of, person}}; };
    for (const auto& custody : facts.custody) {
        if (std::ranges::binary_search(custody.body.guardians, person))
            return kind(ViewerKind::guardian);
        if (custody.body.child == person) return kind(ViewerKind::subject);
    }
    if (facts.adults.contains(person)) return kind(ViewerKind::subject);
    for (const auto& statement : my.graph(case_id).in(custody_stream(case_id)))
        if (const auto* mandate = std::get_if<Mandate>(&statement->body))
            if (mandate->agent == person) return kind(ViewerKind::mandate_holder);
    return std::nullopt;
}

Result<std::vector<HolderView>> Device::copy_holders(const CompartmentId& compartment) {
    Impl& my = *impl_;
    const KnownCompartment* known = my.find(compartment);
    if (!known) return fail(Errc::not_found, "compartment");
    const StoredCompartment& stored = known->stored;
    const Decision& mine = my.decision(stored, Request{}, my.me(), my.now());
    if (!mine.permitted()) return std::unexpected{my.denial(mine)};

    std::map<DeviceId, Instant> given;  // to whom, when last
    for (const KnownEpoch& epoch : known->epochs) {
        const auto note = [&](const DeviceId& device) {
            Instant& last = given[device];
            last = std::max(last, epoch.packet.instant);
        };
        for (const DeviceId& device : epoch.recipients()) note(device);
        for (const DeviceId& device : epoch.given_to) note(device);
    }
    const auto permitted = my.permitted(stored, my.now());
    const Stream notices{StreamKind::notice, stored.case_id, stored.label.disclosing.unit};
    std::vector<HolderView> views;
    views.reserve(given.size());
    for (const auto& [device, last] : given) {
        HolderView view{.device = device, .user = my.user_of(device)};
        view.permitted = std::ranges::binary_search(permitted, device);
        const auto* certified = my.federation().device(device);
        view.revoked = certified && certified->revoked;
        if (!view.permitted)
            view.confirmed =
                purge_confirmed(my.graph(stored.case_id), notices, stored.id, device, last);
        views.push_back(view);
    }
    return views;
}

}  // namespace samsyn
