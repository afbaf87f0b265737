#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

std::string Device::Impl::title_of_case(const CaseId& case_id, const std::vector<ItemView>& items) {
    for (const ItemView& item : items) {
        if (item.type != ItemType::person) continue;
        if (std::string family = item.text("family"); !family.empty()) return family;
    }
    // Before the first person: what the device that opened the case keeps.
    const auto local = store.value(key_for("title", case_id));
    return local && *local ? std::string{as_text(**local)} : std::string{};
}

Result<std::vector<CaseSummary>> Device::cases() {
    Impl& my = *impl_;
    SAMSYN_TRY(my.note_read());
    std::vector<CaseSummary> summaries;
    for (const auto& [id, graph] : my.case_graphs) {
        const CustodyFacts& facts = my.view(id).custody();
        const auto& opened = facts.opened;
        if (!opened) continue;
        const auto items = SAMSYN_TRY(my.readable_items(id));
        CaseSummary summary;
        summary.id = id;
        summary.title = my.title_of_case(id, items);
        summary.model = opened->body.model;
        summary.lead = opened->body.lead;
        summary.opened_at = opened->time.instant();
        summary.closed = facts.closed || facts.weeded;
        summary.items = items.size();
        summary.conflicts =
            static_cast<std::size_t>(std::ranges::count_if(items, &ItemView::conflict));
        summaries.push_back(std::move(summary));
    }
    return summaries;
}

Result<std::vector<PersonView>> Device::persons(const CaseId& case_id) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.note_read());
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    const CustodyFacts& facts = my.view(case_id).custody();
    const Instant at = my.decision_time(my.now());

    std::map<PersonId, PersonView> persons;
    const auto person = [&](const PersonId& id) -> PersonView& {
        PersonView& view = persons[id];
        view.id = id;
        return view;
    };
    for (const ItemView& item : SAMSYN_TRY(my.readable_items(case_id)))
        if (item.type == ItemType::person)
            person(same_bytes<PersonId>(item.id)).name = item.text("name");
    for (const PersonId& adult : facts.adults) person(adult).adult = true;
    for (const auto& custody : facts.custody) {
        // In the order of their times: the newest word stands, as it does for `decide`.
        PersonView& child = person(custody.body.child);
        child.guardians = custody.body.guardians;
        child.adult = child.adult || custody.body.adult_at <= at;
        for (const PersonId& guardian : custody.body.guardians) person(guardian).adult = true;
    }
    std::vector<PersonView> views;
    views.reserve(persons.size());
    for (auto& [id, view] : persons) views.push_back(std::move(view));
    return views;
}

Result<std::vector<Device::ParticipantView>> Device::participants(const CaseId& case_id) {
    Impl& my = *impl_;
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    const CaseView& facts = my.view(case_id);
    const Instant at = my.decision_time(my.now());
    std::vector<ParticipantView> views;
    for (const UnitId& unit : facts.roster_units()) {
        const RosterFacts& roster = facts.roster(unit);
        std::set<UserId> seen;
        for (const auto& added : roster.added) {
            const UserId& user = added.body.user;
            if (!roster.participates(user, at) || !seen.insert(user).second) continue;
            views.push_back({user, unit, roster.duty_of(user, at).value_or(added.body.duty)});
        }
    }
    return views;
}

namespace {

bool overlaps(const Closing& closing, const Consent& consent) {
    if (closing.decider != consent.grantor || closing.subject != consent.subject) return false;
    if (closing.disclosing && *closing.disclosing != consent.disclosing) return false;
    if ((closing.categories.bits & consent.categories.bits) == 0) return false;
    if (!closing.recipient) return true;
    const Recipient& scope = *closing.recipient;
    if (scope.unit != consent.recipient.unit) return false;
    if (scope.user && consent.recipient.user && *scope.user != *consent.recipient.user)
        return false;
    return !(scope.role && consent.recipient.role && *scope.role != *consent.recipient.role);
}

/// What stands against or for a consent, as its row in a list shows it. Access itself is `decide`'s
/// business alone.
void judge(ConsentView& view, const CaseView& facts, HybridTime given) {
    const DisclosingFacts& stream = facts.disclosing(view.consent.disclosing);
    std::set<StatementId> named{view.consent.names.begin(), view.consent.names.end()};
    for (const auto& confirmation : stream.confirmations) {
        if (confirmation.body.consent != view.id) continue;
        view.confirmed = true;
        named.insert(confirmation.body.names.begin(), confirmation.body.names.end());
    }
    const auto stands = [&](const Signed<Closing>& closing) {
        return overlaps(closing.body, view.consent) && !named.contains(closing.id);
    };
    view.closed = std::ranges::any_of(stream.closings, stands) ||
                  std::ranges::any_of(facts.custody().closings, stands) ||
                  !facts.custody().outlives_closing(given);
}

}  // namespace

Result<std::vector<ConsentView>> Device::consents(const CaseId& case_id) {
    Impl& my = *impl_;
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    const CaseView& facts = my.view(case_id);
    const Instant at = my.decision_time(my.now());
    std::vector<ConsentView> views;
    for (const UnitId& unit : facts.disclosing_units()) {
        for (const auto& consent : facts.disclosing(unit).consents) {
            ConsentView view;
            view.id = consent.id;
            view.case_id = case_id;
            view.consent = consent.body;
            view.recorded_by = my.user_of(consent.author);
            view.recorded_at = consent.time.instant();
            view.confirmed = my.federation().works_in(view.recorded_by, unit, at);
            judge(view, facts, consent.time);
            view.in_force = view.confirmed && !view.closed && consent.body.not_before <= at &&
                            at < consent.body.not_after;
            views.push_back(std::move(view));
        }
    }
    std::ranges::sort(views, {}, &ConsentView::recorded_at);
    return views;
}

Result<std::vector<ClosingView>> Device::closings(const CaseId& case_id) {
    Impl& my = *impl_;
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    const CaseView& facts = my.view(case_id);
    std::vector<ClosingView> views;
    const auto add = [&](const std::vector<Signed<Closing>>& closings) {
        for (const auto& closing : closings)
            views.push_back({.id = closing.id,
                             .case_id = case_id,
                             .closing = closing.body,
                             .recorded_by = my.user_of(closing.author),
                             .recorded_at = closing.time.instant()});
    };
    add(facts.custody().closings);
    for (const UnitId& unit : facts.disclosing_units()) add(facts.disclosing(unit).closings);
    std::ranges::sort(views, {}, &ClosingView::recorded_at);
    return views;
}

}  // namespace samsyn
