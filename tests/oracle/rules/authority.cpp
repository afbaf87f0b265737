#include "tests/oracle/rules/world.hpp"

namespace oracle {

namespace {

/// The author's user; empty for a device that nobody certified.
Id user_of(const World& world, const Id& device) {
    const auto certificate = device_of(world, device);
    return certificate ? certificate->user : Id{};
}

bool is_opening(const World& world, const Said& said) {
    const auto* body = std::get_if<Opened>(&said.body);
    if (body == nullptr || said.stream != custody_stream) return false;
    const auto unit = unit_of(world, body->unit);
    return unit && unit->regime == team && acted_in(world, said.author, body->unit, said.time) &&
           user_of(world, said.author) == body->lead;
}

/// Lead or team: whoever acts for the unit that opened the case, and the lead acting for another
/// unit of that organisation. `at` is none for what only denies: then any time will do.
bool is_lead_or_team(const World& world, const Id& author, std::optional<Time> at) {
    const Said* first = opening(world);
    if (first == nullptr) return false;
    const auto acted = [&](const Id& unit) {
        return at ? acted_in(world, author, unit, *at) : ever_acted_in(world, author, unit);
    };
    const auto& opened = std::get<Opened>(first->body);
    if (acted(opened.unit)) return true;
    if (user_of(world, author) != opened.lead) return false;
    bool elsewhere = false;
    const Id organisation = unit_of(world, opened.unit)->organisation;
    each<Unit>(world.federation, [&](const Said&, const Unit& unit) {
        elsewhere |= unit.organisation == organisation && acted(unit.unit);
    });
    return elsewhere;
}

bool acted_for_regime(const World& world, const Said& said, std::initializer_list<int> regimes) {
    bool found = false;
    each<Unit>(world.federation, [&](const Said&, const Unit& unit) {
        found |= std::ranges::find(regimes, unit.regime) != regimes.end() &&
                 acted_in(world, said.author, unit.unit, said.time);
    });
    return found;
}

const Said* find(const World& world, const Id& id) {
    for (const Said& said : world.of_case)
        if (said.id == id) return &said;
    return nullptr;
}

/// One question for each kind: is it in its stream, and may this author say it?
struct MaySign {
    const World& world;
    const Said& said;

    bool in(int stream) const { return said.stream == stream; }

    bool lead_or_team() const { return is_lead_or_team(world, said.author, said.time); }

    bool was_lead_or_team() const { return is_lead_or_team(world, said.author, std::nullopt); }

    bool for_unit(const Id& unit) const { return acted_in(world, said.author, unit, said.time); }

    bool operator()(const Opened&) const { return opening(world) == &said; }

    bool operator()(const Closed&) const { return in(custody_stream) && was_lead_or_team(); }

    bool operator()(const Weeded&) const { return in(custody_stream) && was_lead_or_team(); }

    bool operator()(const Participant& body) const {
        return in(roster) && said.of_unit == body.unit && lead_or_team();
    }

    bool operator()(const Removed& body) const {
        return in(roster) && said.of_unit == body.unit && was_lead_or_team();
    }

    bool operator()(const Custody&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const Adult&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const Age&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const Maturity&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const Suspended&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const Representative&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const Prevented&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const Mandate&) const { return in(custody_stream) && lead_or_team(); }

    bool operator()(const InPlace& body) const {
        if (!in(custody_stream)) return false;
        if (body.stayed && was_lead_or_team()) return true;  // it only takes back
        return acted_for_regime(world, said, {social}) && lead_or_team();
    }

    bool operator()(const Mark&) const { return in(custody_stream) && was_lead_or_team(); }

    bool operator()(const Consent& body) const {
        return in(disclosing_stream) && said.of_unit == body.disclosing &&
               acted_somewhere(world, said.author, said.time);
    }

    bool operator()(const Confirmation&) const {
        if (world.is_wrong_about(Planted::anybody_confirms))
            return acted_somewhere(world, said.author, said.time);
        return in(disclosing_stream) && for_unit(said.of_unit);
    }

    bool operator()(const Closing& body) const {
        const bool at_home = body.disclosing ? in(disclosing_stream) &&
                                                   said.of_unit == *body.disclosing
                                             : in(custody_stream);
        return at_home && ever_acted_somewhere(world, said.author);
    }

    bool operator()(const Audience&) const {
        return in(disclosing_stream) && for_unit(said.of_unit);
    }

    bool operator()(const Lock& body) const {
        const auto unit = unit_of(world, body.unit);
        return in(disclosing_stream) && unit &&
               (unit->regime == police || unit->regime == prosecutor) &&
               ever_acted_in(world, said.author, body.unit);
    }

    bool operator()(const Override&) const {
        return in(disclosing_stream) && for_unit(said.of_unit);
    }

    bool operator()(const ToInvestigation&) const { return in(disclosing_stream) && for_unit(said.of_unit); }

    bool operator()(const Guest&) const {
        return in(disclosing_stream) && acted_somewhere(world, said.author, said.time);
    }

    bool operator()(const Acknowledged& body) const {
        return in(roster) && said.of_unit == body.unit && (lead_or_team() || for_unit(body.unit));
    }

    /// A second person than who said what is judged; of a unit that may say such things.
    bool operator()(const Verdict& body) const {
        const Said* judged = find(world, body.statement);
        if (judged == nullptr || judged->stream != said.stream || judged->of_unit != said.of_unit)
            return false;
        if (!body.approved) return ever_acted_somewhere(world, said.author);
        if (!world.is_wrong_about(Planted::own_second_reader) &&
            user_of(world, judged->author) == user_of(world, said.author))
            return false;
        return in(custody_stream) ? lead_or_team() : for_unit(said.of_unit);
    }

    /// By somebody who may sign what is ended; a consent by its author or the disclosing unit; a
    /// block by the user who set it, the other closings by nobody.
    bool operator()(const Ended& body) const {
        const Said* ended = find(world, body.statement);
        if (ended == nullptr || ended->stream != said.stream || ended->of_unit != said.of_unit)
            return false;
        const bool own = user_of(world, ended->author) == user_of(world, said.author);
        if (const auto* closing = std::get_if<Closing>(&ended->body))
            return closing->kind == block && own && acted_somewhere(world, said.author, said.time);
        if (std::holds_alternative<Consent>(ended->body))
            return own || ever_acted_in(world, said.author, said.of_unit);
        if (in(disclosing_stream)) return for_unit(said.of_unit);
        return lead_or_team();
    }

    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }
};

}  // namespace

const Said* opening(const World& world) {
    const Said* first = nullptr;
    for (const Said& said : world.of_case)
        if (is_opening(world, said) && (first == nullptr || is_after(*first, said))) first = &said;
    return first;
}

bool has_effect(const World& world, const Said& said) {
    return std::visit(MaySign{world, said}, said.body);
}

bool counts(const World& world, const Said& said) {
    if (!has_effect(world, said)) return false;
    bool ended = false;
    each<Ended>(world.of_case, [&](const Said& end, const Ended& body) {
        ended |= body.statement == said.id && has_effect(world, end);
    });
    return !ended;
}

bool participates(const World& world, const Id& user, const Id& unit, Time now) {
    const auto added = standing<Participant>(world);
    return std::ranges::any_of(added, [&](const auto& one) {
        const auto& [said, body] = one;
        const Time until =
            world.is_wrong_about(Planted::expired_participant) ? for_ever : body->until;
        if (body->user != user || body->unit != unit || !is_within(body->from, now, until))
            return false;
        bool taken_back = false;
        each<Removed>(world.of_case, [&](const Said& removal, const Removed& which) {
            taken_back |= which.user == user && which.unit == unit && has_effect(world, removal) &&
                          is_after(removal, *said);
        });
        return !taken_back;
    });
}

}  // namespace oracle
