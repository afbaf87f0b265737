#pragma once

#include "tests/core/policy/secrecy_scene.hpp"

#include <random>

namespace samsyn::test {

using Genes = std::vector<std::uint32_t>;

/// A family of which each gene has said one more thing, of every kind that `decide` reads: few
/// people, few things, so that they meet. Two closed labels are known from the beginning.
struct SecrecyWorld : SecrecyScene {
    std::vector<StatementPtr> said;
    std::vector<StatementPtr> consents;
    std::vector<StatementPtr> to_judge;  ///< overrides, and guardians said to be out of reach
    std::vector<StatementPtr> closings;
    AudienceId circle = fresh<AudienceId>();
    AudienceId locked = fresh<AudienceId>();
    AudienceId selection = fresh<AudienceId>();

    explicit SecrecyWorld(const Genes& genes) {
        in_social_by(officer, circle_of({officer.user, counsellor.user, chief.user}));
        in_social_by(detective, lock_for({officer.user, counsellor.user, psychiatrist.user}));
        for (const auto gene : genes) say(gene);
    }

    template <class T>
    static const T& pick(std::minstd_rand& random, const std::vector<T>& from) {
        return from[random() / 7 % from.size()];
    }

    static bool one_in(unsigned n, std::minstd_rand& random) { return random() / 7 % n == 0; }

    PersonId person(std::minstd_rand& random) const {
        return pick(random, std::vector{a, b, child});
    }

    std::vector<Staff> everybody() const {
        return {lead, counsellor, principal, officer, second, psychiatrist, detective, deacon};
    }

    std::vector<UserId> users(std::minstd_rand& random) const {
        std::vector<UserId> some;
        for (const auto& who : everybody())
            if (one_in(2, random)) some.push_back(who.user);
        std::ranges::sort(some);
        return some;
    }

    Categories categories(std::minstd_rand& random) const {
        auto some = categories_of(
            {pick(random, std::vector{Category::social, Category::contact, Category::health})});
        if (one_in(2, random)) some.insert(Category::social);
        return some;
    }

    Audience circle_of(std::vector<UserId> users) const {
        std::ranges::sort(users);
        return {.id = circle, .users = std::move(users), .reason = {}};
    }

    InvestigationLock lock_for(std::vector<UserId> users) const {
        std::ranges::sort(users);
        return {.id = locked, .unit = police.unit, .users = std::move(users)};
    }

    Consent any_consent(std::minstd_rand& random) const {
        const auto unit = pick(random, std::vector{school, school, clinic, parish});
        auto consent = draft_consent(person(random), person(random), social, unit, {});
        if (!one_in(3, random)) consent.subject = child;
        consent.categories = categories(random);
        if (unit == parish && !one_in(3, random)) consent.recipient.user = deacon.user;
        if (unit == school && one_in(4, random)) consent.recipient.user = counsellor.user;
        if (one_in(3, random)) consent.purpose = pick(random, measures());
        if (!one_in(3, random)) consent.actions.insert(Action::show_in_meeting);
        if (one_in(3, random) && !closings.empty())
            consent.names.push_back(pick(random, closings)->id);
        return consent;
    }

    static std::vector<Purpose> measures() {
        return {measure_referral, measure_support_from_12, measure_counselling_from_15};
    }

    Closing any_closing(std::minstd_rand& random) const {
        auto closing = no(static_cast<ClosingKind>(random() / 7 % 4), person(random));
        if (one_in(3, random)) closing.categories = categories(random);
        if (one_in(3, random)) closing.disclosing = {};
        return closing;
    }

    Override any_override(std::minstd_rand& random) {
        auto opening = draft_override(pick(
            random,
            std::vector{statute_general_clause, statute_necessary_disclosure, statute_emergency}));
        opening.categories = categories(random);
        if (one_in(3, random)) opening.subject = person(random);
        if (one_in(3, random)) opening.selection = selection;
        if (one_in(2, random) && !closings.empty()) opening.pierced = {pick(random, closings)->id};
        return opening;
    }

    /// Half of the time by somebody who knew nothing of what was said before.
    std::optional<std::vector<StatementId>> heads(std::minstd_rand& random) const {
        if (one_in(2, random)) return std::vector<StatementId>{};
        return {};
    }

    template <class Body>
    void record_dated(std::minstd_rand& random, Body body) {
        body.from = one_in(5, random) ? now + hours{30} : now - hours{1};
        body.until = now + days{1 + random() / 7 % 40};
        said.push_back(record(body, heads(random)));
    }

    void record_one(std::minstd_rand& random) {
        const auto guardian = pick(random, std::vector{a, b});
        switch (random() / 7 % 8) {
            case 0: {
                auto body = assessment({}, one_in(2, random));
                body.categories = categories(random);
                return record_dated(random, body);
            }
            case 1: {
                GuardianSuspended body{};
                body.child = child;
                body.guardian = guardian;
                if (one_in(2, random))
                    body.special_representative = pick(random, std::vector{a, b});
                return record_dated(random, body);
            }
            case 2: {
                Representative body{};
                body.adult = a;
                body.representative = b;
                body.categories = categories(random);
                return record_dated(random, body);
            }
            case 3: {
                auto body = prevented(guardian);
                body.manifestly_required = one_in(2, random);
                said.push_back(record(body, heads(random)));
                return to_judge.push_back(said.back());
            }
            case 4: {
                auto body = decision_without(guardian, pick(random, measures()));
                body.decision.bytes.fill(std::byte{1});
                body.stayed = one_in(4, random);
                return said.push_back(record(body, heads(random)));
            }
            case 5: {
                Mandate body{};
                body.principal = person(random);
                body.agent = b;
                body.regimes = {Regimes::known};
                body.categories = categories(random);
                return record_dated(random, body);
            }
            case 6:
                return attest_age(static_cast<std::uint8_t>(11 + random() / 7 % 5));
            default:
                said.push_back(record(CaseClosed{}));
                if (!one_in(6, random)) record(Ended{said.back()->id});
        }
    }

    void judge_one(std::minstd_rand& random) {
        if (to_judge.empty()) return;
        const auto& judged = pick(random, to_judge);
        const bool in_custody = judged->header.stream.kind == StreamKind::custody;
        said.push_back(verdict(in_custody ? colleague : second, judged, !one_in(3, random)));
    }

    void say(std::uint32_t gene) {
        std::minstd_rand random{gene};
        (void)random();
        switch (gene % 14) {
            case 0:
            case 1:
                record_one(random);
                break;
            case 2:
                closings.push_back(World::closing(id, officer, any_closing(random)));
                said.push_back(closings.back());
                break;
            case 3:
                said.push_back(mark(random));
                break;
            case 4:
                said.push_back(in_social_by(second, circle_of(users(random)), heads(random)));
                break;
            case 5:
                said.push_back(in_social_by(detective, lock_for(users(random)), heads(random)));
                break;
            case 6:
            case 7:
                said.push_back(in_social_by(officer, any_override(random)));
                to_judge.push_back(said.back());
                break;
            case 8:
                judge_one(random);
                break;
            case 9:
                if (!consents.empty())
                    said.push_back(in_social_by(
                        officer, GuestNamed{.consent = pick(random, consents)->id, .guest = a}));
                break;
            case 10:
                said.push_back(
                    sign(lead.device,
                         roster_stream(id, parish.unit),
                         SecrecyAcknowledged{
                             .user = deacon.user, .unit = parish.unit, .text = fresh<Hash>()}));
                break;
            default:
                consents.push_back(World::consent(id, officer, any_consent(random)));
        }
    }

    /// Rarely one that hides the whole case: nothing else would be seen any more.
    StatementPtr mark(std::minstd_rand& random) {
        ProtectionMark body{.person = person(random), .kind = {}, .users = users(random)};
        if (one_in(2, random)) body.kind = ProtectionKind::protected_registration;
        if (one_in(8, random)) body.kind = ProtectionKind::hidden_existence;
        return record(body);
    }

    std::vector<Label> labels() const {
        return {social_item(),
                social_item(Sensitivity::low),
                social_item(Sensitivity::far_reaching),
                about_child(Category::contact),
                about_child(Category::meeting, Sensitivity::low),
                make_label({child, a}, social, Category::social),
                make_label({a}, social, Category::social),
                closed_item(circle),
                closed_item(locked),
                closed_item(selection)};
    }

    std::vector<Requester> requesters() const {
        std::vector<Requester> all;
        for (const auto& who : everybody()) all.push_back(who.requester());
        for (const auto kind : {ViewerKind::subject,
                                ViewerKind::guardian,
                                ViewerKind::mandate_holder,
                                ViewerKind::guest})
            for (const auto& person : {a, b, child})
                for (const auto& who : {officer, counsellor})
                    all.push_back({who.user, who.device, Viewer{kind, person}});
        return all;
    }

    static std::vector<Request> requests() {
        std::vector<Request> all{{}, by(statute_emergency), {.action = Action::show_in_meeting}};
        for (const auto measure : measures()) all.push_back({.purpose = measure});
        return all;
    }

    std::vector<Decision> answers(const StatementGraph& graph,
                                  const Federation& members,
                                  const StatuteTable& table = current_statute_table()) const {
        const auto view = CaseView::build(id, graph, members);
        std::vector<Decision> all;
        for (const auto& requester : requesters())
            for (const auto& label : labels())
                for (const auto& request : requests())
                    all.push_back(decide(label, request, requester, {members, view}, table, now));
        return all;
    }

    std::vector<Decision> answers() { return answers(cases[id], federation()); }

    StatementGraph without(const StatementPtr& one) { return never_said(cases[id], {one->id}); }
};

inline bool no_more_permitted(const std::vector<Decision>& before,
                              const std::vector<Decision>& after) {
    for (std::size_t i = 0; i < before.size(); ++i)
        if (after[i].permitted() && !before[i].permitted()) return false;
    return true;
}

}  // namespace samsyn::test
