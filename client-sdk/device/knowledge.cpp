#include "client-sdk/device/engine.hpp"
#include "core/policy/second_signature.hpp"

#include <algorithm>

namespace samsyn {

const Federation& Device::Impl::federation() {
    if (federation_stale_) {
        // Views point at `federation_`; they are built again from its new content.
        views_.clear();
        cache_.forget_all();
        auto built = Federation::build(federation_graph, config.federation, ports.hasher);
        federation_ = built ? *std::move(built) : Federation{};  // before the first sync: nobody
        federation_stale_ = false;
    }
    return federation_;
}

const StatementGraph& Device::Impl::graph(const CaseId& case_id) const {
    static const StatementGraph empty;
    const auto found = case_graphs.find(case_id);
    return found == case_graphs.end() ? empty : found->second;
}

const StatementGraph& Device::Impl::graph_of(const Stream& stream) const {
    return stream.kind == StreamKind::federation ? federation_graph : graph(stream.case_id);
}

const CaseView& Device::Impl::view(const CaseId& case_id) {
    const Federation& members = federation();
    const auto found = views_.find(case_id);
    if (found != views_.end()) return found->second;
    return views_.emplace(case_id, CaseView::build(case_id, graph(case_id), members)).first->second;
}

void Device::Impl::remember(StatementPtr statement) {
    touch();
    const Stream& stream = statement->header.stream;
    if (statement->header.author == self)
        newest_own_ = std::max(newest_own_, statement->header.time.instant());
    if (stream.kind == StreamKind::federation) {
        if (federation_graph.add(std::move(statement))) federation_stale_ = true;
        return;
    }
    const CaseId case_id = stream.case_id;
    if (!case_graphs[case_id].add(std::move(statement))) return;
    views_.erase(case_id);
    cache_.forget_case(case_id);
}

Result<void> Device::Impl::check_statement(const Statement& statement) {
    if (const auto* founding = std::get_if<Founding>(&statement.body)) {
        if (same_bytes<FederationId>(statement.id) != config.federation ||
            founding->root_key != config.root_key)
            return fail(Errc::wrong_federation, "founding statement");
        if (!verify_statement(statement, founding->root_key, ports.verifier))
            return fail(Errc::bad_signature, "founding statement");
        return {};
    }
    if (statement.header.federation != config.federation)
        return fail(Errc::wrong_federation, "statement");
    // A device id is the hash of its key, so a key that was once found never changes; only an
    // unknown author is worth building the federation anew.
    const SigningPublicKey* key = federation_.signing_key(statement.header.author);
    if (!key || statement.second) key = federation().signing_key(statement.header.author);
    if (!key) return fail(Errc::unknown_device, "author of a statement");
    // Few have one: the newest federation is asked.
    const SigningPublicKey* second = nullptr;
    if (statement.second) second = SAMSYN_TRY(second_key(statement, federation()));
    if (!verify_statement(statement, *key, ports.verifier, second))
        return fail(Errc::bad_signature, kind_name(statement.body));
    return {};
}

Result<bool> Device::Impl::take_statement(ByteView bytes) {
    auto statement = SAMSYN_TRY(decode_statement(bytes, ports.hasher));
    const bool ours = statement.header.author == self;
    if (graph_of(statement.header.stream).find(statement.id)) {
        if (ours) SAMSYN_TRY(accept_statement(statement.id));
        return false;
    }
    SAMSYN_TRY(check_statement(statement));
    const bool is_new = SAMSYN_TRY(store.put_statement(statement.id, bytes));
    if (!is_new) SAMSYN_TRY(accept_statement(statement.id));  // one that we discarded
    remember(std::make_shared<const Statement>(std::move(statement)));
    return true;
}

const Decision& Device::Impl::decision(const StoredCompartment& compartment,
                                       const Request& request,
                                       const Requester& requester,
                                       Instant now) {
    const Statements statements{federation(), view(compartment.case_id)};
    return cache_.decide(compartment.id,
                         compartment.label,
                         request,
                         requester,
                         statements,
                         current_statute_table(),
                         decision_time(now));
}

bool Device::Impl::may_read(const StoredCompartment& compartment, Instant now) {
    return decision(compartment, Request{}, me(), now).permitted();
}

bool Device::Impl::may_contribute(const StoredCompartment& compartment, Instant now) {
    return may_contribute(compartment, self, now);
}

bool Device::Impl::may_contribute(const StoredCompartment& compartment,
                                  const DeviceId& device,
                                  Instant now) {
    Request request;
    request.action = Action::contribute;
    request.shared_editing_type = true;
    const Requester requester = device == self ? me() : Requester{user_of(device), device};
    return decision(compartment, request, requester, now).permitted();
}

Error Device::Impl::denial(const Decision& decision) const {
    const Errc code =
        decision.outcome == Outcome::needs ? Errc::consent_needed : Errc::not_permitted;
    return {code, decision.reasons.empty() ? "" : std::string{key_of(decision.reasons.front())}};
}

Result<void> Device::Impl::purge_if_denied(const CompartmentId& id, Instant now) {
    KnownCompartment* compartment = find(id);
    if (!compartment) return {};
    const Decision answer = decision(compartment->stored, Request{}, me(), now);
    if (answer.permitted()) return {};
    const Error why = denial(answer);
    const bool escrowed = SAMSYN_TRY(escrow_unsent(compartment->stored, why, now));
    SAMSYN_TRY(park_denied(id, why));  // for what nobody was found to open it
    if (compartment->epochs.empty() && !escrowed) return {};
    touch();
    SAMSYN_TRY(owe_receipt(*compartment, answer, now));
    SAMSYN_TRY(forget_escrow_of(id));
    // What is kept beside the store's tables holds boxes with keys, too.
    SAMSYN_TRY(store.erase_value(key_for("waiting", id)));
    for (const KnownEpoch& epoch : compartment->epochs)
        for (const EpochId& part : epoch.ids())
            for (const std::string_view prefix : {"supplement", "closed"})
                SAMSYN_TRY(store.erase_value(key_for(prefix, part)));
    SAMSYN_TRY(store.purge(id));
    compartment->epochs.clear();
    // Should it be opened again, everything there is comes again.
    rewinds.push_back({.channel = Channel{id}, .number = 0});
    return {};
}

Result<void> Device::Impl::purge_denied(Instant now) {
    for (auto& [id, compartment] : known) SAMSYN_TRY(purge_if_denied(id, now));
    return {};
}

Result<KnownCompartment*> Device::Impl::know(const StoredCompartment& compartment) {
    if (KnownCompartment* found = find(compartment.id); found && !found->epochs.empty())
        return found;
    touch();
    // Stored again where it was purged, too: the store may have dropped its row with the rest.
    SAMSYN_TRY(store.put_compartment(compartment));
    return &known.try_emplace(compartment.id, KnownCompartment{compartment, {}}).first->second;
}

KnownCompartment* Device::Impl::find(const CompartmentId& id) {
    const auto found = known.find(id);
    return found == known.end() ? nullptr : &found->second;
}

UserId Device::Impl::user_of(const DeviceId& device) {
    const Federation::Device* certified = federation().device(device);
    return certified ? certified->certificate.user : UserId{};
}

bool Device::Impl::works_in(const UnitId& unit, Instant now) {
    return federation().works_in(config.user, unit, decision_time(now));
}

}  // namespace samsyn
