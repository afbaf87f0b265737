#include "tests/oracle/scene.hpp"

#include "core/base/codec.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn::test {

namespace {

StatementGraph graph_of(const std::vector<StatementPtr>& all) {
    StatementGraph graph;
    for (const auto& one : all) graph.add(one);
    return graph;
}

std::vector<oracle::Said> read_all(const std::vector<StatementPtr>& all) {
    std::vector<oracle::Said> read;
    for (const auto& one : all) {
        const Bytes bytes = encode_signed_part(one->header, one->body);
        auto said = oracle::read_said(raw(one->id), text_of(bytes));
        SAMSYN_ASSERT(said.has_value());
        read.push_back(std::move(*said));
    }
    return read;
}

oracle::Time time_of(Instant instant) {
    return instant.time_since_epoch().count();
}

oracle::Time time_of_bound(Instant instant) {
    return instant == Instant::min() ? 0 : time_of(instant);
}

oracle::Statutes statutes_of(const StatuteTable& table) {
    const auto ms = [](auto length) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    };
    oracle::Statutes statutes;
    for (const auto& row : table.purposes)
        statutes.purposes.push_back({.purpose = static_cast<int>(row.purpose),
                                     .consent_suffices = row.consent_suffices,
                                     .is_measure = row.measure,
                                     .categories = row.categories.bits,
                                     .child_alone_from = row.opens_at,
                                     .needs_decision = row.needs_decision,
                                     .from = time_of_bound(row.in_force.from),
                                     .until = time_of(row.in_force.until)});
    for (const auto& row : table.statutes)
        statutes.grounds.push_back(
            {.statute = row.number,
             .way = static_cast<oracle::Statutes::Way>(row.way),
             .disclosing = row.disclosing.bits,
             .recipients = row.recipients.bits,
             .actions = row.actions.bits,
             .adults_only = row.adults_only,
             .second_reader = static_cast<oracle::Statutes::SecondReader>(row.second_reader),
             .read_within = ms(row.second_reader_within),
             .longest = ms(row.longest),
             .from = time_of_bound(row.in_force.from),
             .until = time_of(row.in_force.until)});
    statutes.oral_normal = ms(table.oral_consent_normal_max);
    statutes.prevented_at_most = ms(table.prevented_max);
    return statutes;
}

}  // namespace

std::string text_of(ByteView bytes) {
    std::string text;
    for (const auto byte : bytes) text.push_back(std::to_integer<char>(byte));
    return text;
}

Replica::Replica(const Scene& scene)
    : federation_(
          *Federation::build(graph_of(scene.federation), scene.federation_id, FakeHasher{})),
      view_(CaseView::build(scene.id, graph_of(scene.of_case), federation_)) {}

Decision Replica::decide(const Asked& asked) const {
    return samsyn::decide(asked.label,
                          asked.request,
                          asked.requester,
                          {federation_, view_},
                          current_statute_table(),
                          asked.now);
}

std::vector<Stream> Replica::streams_for(const Asked& asked) const {
    return samsyn::streams_for(asked.requester.device, view_, federation_, asked.now);
}

oracle::World read_by_oracle(const Scene& scene) {
    return {.federation = read_all(scene.federation),
            .of_case = read_all(scene.of_case),
            .statutes = statutes_of(current_statute_table())};
}

oracle::Question put_to_oracle(const Asked& asked) {
    oracle::Question question;
    for (const auto& subject : asked.label.subjects)
        question.label.subjects.push_back(raw(subject));
    question.label.unit = raw(asked.label.disclosing.unit);
    question.label.regime = static_cast<int>(asked.label.disclosing.regime);
    question.label.category = static_cast<int>(asked.label.category);
    question.label.sensitivity = static_cast<int>(asked.label.sensitivity);
    if (asked.label.closed) question.label.closed = raw(*asked.label.closed);
    question.action = static_cast<int>(asked.request.action);
    question.purpose = static_cast<int>(asked.request.purpose);
    if (asked.request.ground.kind == Ground::Kind::statute)
        question.statute = asked.request.ground.statute;
    question.shared_editing_type = asked.request.shared_editing_type;
    question.user = raw(asked.requester.user);
    question.device = raw(asked.requester.device);
    if (const auto& viewer = asked.requester.viewer)
        question.viewer = {.kind = static_cast<int>(viewer->kind), .person = raw(viewer->person)};
    question.now = time_of(asked.now);
    return question;
}

std::string difference(const oracle::Answer& oracle, const Decision& decision) {
    const bool same = static_cast<int>(oracle.outcome) == static_cast<int>(decision.outcome);
    if (!same && (!oracle.is_vague || decision.permitted())) return "outcome";
    if (!oracle.reasons.contains(std::string{key_of(decision.reasons.front())})) return "reason";
    if (decision.outcome == Outcome::needs) {
        std::set<std::pair<oracle::Id, oracle::Id>> missing;
        for (const auto& one : decision.missing) {
            const auto from = one.from.is_none() ? oracle::Id{} : raw(one.from);
            missing.insert({from, raw(one.subject)});
        }
        if (missing != oracle.missing) return "missing consents";
    }
    std::set<oracle::Id> inform;
    for (const auto& person : decision.obligations.inform) inform.insert(raw(person));
    if (inform != oracle.inform) return "who is to be informed";
    if (!oracle.may_owe_writing && decision.obligations.get_in_writing != oracle.get_in_writing)
        return "to get in writing";
    return {};
}

std::vector<Instant> instants_of(const Scene& scene) {
    std::set<Instant> all;
    const auto add = [&](Instant instant) {
        if (instant == instant_max) return;
        using std::chrono::days;
        for (const auto later : {days{0}, days{3}, days{14}, days{30}}) all.insert(instant + later);
    };
    const auto add_all = [&](const auto& body) {
        if constexpr (requires {
                          body.from;
                          body.until;
                      })
            add(body.from);
        if constexpr (requires { body.until; }) add(body.until);
        if constexpr (requires { body.not_before; }) add(body.not_before);
        if constexpr (requires { body.not_after; }) add(body.not_after);
        if constexpr (requires { body.review_at; }) add(body.review_at);
        if constexpr (requires { body.adult_at; }) add(body.adult_at);
    };
    for (const auto* list : {&scene.federation, &scene.of_case})
        for (const auto& one : *list) {
            add(one->header.time.instant());
            std::visit(add_all, one->body);
        }
    return {all.begin(), all.end()};
}

namespace {

/// How the answers differ, with both first reasons: what must stay while a scene shrinks.
std::string how_they_differ(const Scene& scene, const Asked& asked, oracle::Planted planted) {
    auto world = read_by_oracle(scene);
    world.planted = planted;
    const auto decision = Replica{scene}.decide(asked);
    const auto answer = oracle::answer(world, put_to_oracle(asked));
    const auto how = difference(answer, decision);
    if (how.empty()) return {};
    return how + ": oracle " + *answer.reasons.begin() + ", decide " +
           std::string{key_of(decision.reasons.front())};
}

}  // namespace

Scene shrunk(const Scene& scene, const Asked& asked, oracle::Planted planted) {
    Scene small = scene;
    const auto how = how_they_differ(scene, asked, planted);
    std::size_t before = 0;
    do {
        before = small.of_case.size();
        for (std::size_t at = before; at-- > 0;) {
            Scene smaller = small;
            smaller.of_case.erase(smaller.of_case.begin() + static_cast<std::ptrdiff_t>(at));
            if (how_they_differ(smaller, asked, planted) == how) small = std::move(smaller);
        }
    } while (small.of_case.size() < before);
    return small;
}

Bytes canonical(const Decision& decision) {
    Writer out;
    out.enumerator(decision.outcome);
    out.list(decision.reasons, [&](Reason reason) { out.enumerator(reason); });
    out.list(decision.missing, [&](const MissingConsent& one) {
        out.id(one.from);
        out.id(one.subject);
        out.enumerator(one.why);
    });
    out.list(decision.obligations.inform, [&](const PersonId& person) { out.id(person); });
    out.boolean(decision.obligations.get_in_writing);
    out.list(decision.by, [&](const StatementId& id) { out.id(id); });
    out.instant(decision.valid_until);
    return std::move(out).take();
}

}  // namespace samsyn::test
