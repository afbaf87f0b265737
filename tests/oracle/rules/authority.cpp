#include "tests/oracle/rules/world.hpp"

namespace oracle {

namespace {

constexpr int lead_duty = 2;

/// The author's user; empty for a device that nobody certified.
Id user_of(const World& world, const Id& device) {
    const auto certificate = device_of(world, device);
    return certificate ? certificate->user : Id{};
}

/// What somebody signed as a participant stands, also where the place was ended later.
bool counts_for_authors(const World& world, const Said& said) {
    return has_effect(world, said);
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

/// On the unit's roster at that time: a removal of later counts for later.
bool was_on_roster(const World& world, const Id& user, const Id& unit, const Said& at, int duty) {
    const Said* newest = nullptr;
    bool has_duty = false;
    each<Participant>(world.of_case, [&](const Said& said, const Participant& body) {
        if (body.user != user || body.unit != unit || !counts_for_authors(world, said) ||
            !is_within(body.from, at.time, body.until))
            return;
        bool taken_back = false;
        each<Removed>(world.of_case, [&](const Said& removal, const Removed& which) {
            taken_back |= which.user == user && which.unit == unit && has_effect(world, removal) &&
                          removal.order <= at.order && is_after(removal, said);
        });
        if (taken_back || (newest != nullptr && !is_after(said, *newest))) return;
        newest = &said;
        has_duty = body.duty >= duty;
    });
    return newest != nullptr && has_duty;
}

/// Ever put on the unit's roster.
bool was_ever_on_roster(const World& world, const Id& user, const Id& unit, int duty) {
    bool found = false;
    each<Participant>(world.of_case, [&](const Said& said, const Participant& body) {
        found |= body.user == user && body.unit == unit && body.duty >= duty &&
                 counts_for_authors(world, said);
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

    Id user() const { return user_of(world, said.author); }

    bool took_part(const Id& unit, int duty = 0) const {
        return for_unit(unit) && was_on_roster(world, user(), unit, said, duty);
    }

    bool ever_took_part(const Id& unit, int duty = 0) const {
        return ever_acted_in(world, said.author, unit) &&
               was_ever_on_roster(world, user(), unit, duty);
    }

    template <class Does>
    bool in_some_unit(Does does) const {
        bool found = false;
        each<Unit>(world.federation, [&](const Said&, const Unit& unit) { found |= does(unit); });
        return found;
    }

    bool opened_it() const {
        const Said* first = opening(world);
        return first != nullptr && user() == std::get<Opened>(first->body).lead;
    }

    /// The lead, or somebody with the duty of one on a roster, whenever that was.
    bool was_lead() const {
        if (opened_it() && was_lead_or_team()) return true;
        return in_some_unit([&](const Unit& unit) { return ever_took_part(unit.unit, lead_duty); });
    }

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

    /// The case's lead in social services. That a court stays it, says whoever ever was one.
    bool operator()(const InPlace& body) const {
        if (!in(custody_stream)) return false;
        if (!body.stayed && body.until == for_ever) return false;
        return in_some_unit([&](const Unit& unit) {
            if (unit.regime != social) return false;
            if (opened_it() && lead_or_team() && for_unit(unit.unit)) return true;
            return body.stayed ? ever_took_part(unit.unit) && was_lead()
                               : took_part(unit.unit, lead_duty);
        });
    }

    bool operator()(const Mark&) const { return in(custody_stream) && was_lead(); }

    bool operator()(const Consent& body) const {
        return in(disclosing_stream) && said.of_unit == body.disclosing && body.categories != 0 &&
               body.actions != 0 && body.not_before < body.not_after &&
               body.not_after != for_ever && acted_somewhere(world, said.author, said.time);
    }

    bool operator()(const Confirmation&) const {
        if (world.is_wrong_about(Planted::anybody_confirms))
            return acted_somewhere(world, said.author, said.time);
        return in(disclosing_stream) && for_unit(said.of_unit);
    }

    bool operator()(const Closing& body) const {
        const bool at_home = body.disclosing
                                 ? in(disclosing_stream) && said.of_unit == *body.disclosing
                                 : in(custody_stream);
        return at_home && ever_acted_somewhere(world, said.author);
    }

    bool operator()(const Audience&) const {
        return in(disclosing_stream) && ever_took_part(said.of_unit);
    }

    bool operator()(const Lock& body) const {
        const auto unit = unit_of(world, body.unit);
        return in(disclosing_stream) && unit &&
               (unit->regime == police || unit->regime == prosecutor) && ever_took_part(body.unit);
    }

    bool operator()(const Override& body) const {
        return in(disclosing_stream) && body.until != for_ever && took_part(said.of_unit);
    }

    bool operator()(const ToInvestigation& body) const {
        return in(disclosing_stream) && body.until != for_ever && took_part(said.of_unit);
    }

    /// Who recorded the consent, while taking part in the case; or the disclosing unit.
    bool operator()(const Guest& body) const {
        const Said* consent = find(world, body.consent);
        if (consent == nullptr || !in(disclosing_stream) || consent->stream != said.stream ||
            consent->of_unit != said.of_unit || !has_effect(world, *consent))
            return false;
        if (user_of(world, consent->author) == user()) return takes_part();
        return took_part(said.of_unit);
    }

    bool takes_part() const {
        return lead_or_team() ||
               in_some_unit([&](const Unit& unit) { return took_part(unit.unit); });
    }

    bool operator()(const Acknowledged& body) const {
        return in(roster) && said.of_unit == body.unit && (lead_or_team() || took_part(body.unit));
    }

    /// A second person than who said what is judged; of a unit that may say such things.
    bool operator()(const Verdict& body) const {
        const Said* judged = find(world, body.statement);
        if (judged == nullptr || judged->stream != said.stream || judged->of_unit != said.of_unit ||
            !has_effect(world, *judged))
            return false;
        if (!world.is_wrong_about(Planted::own_second_reader) &&
            user_of(world, judged->author) == user())
            return false;
        if (in(custody_stream)) return body.approved ? lead_or_team() : was_lead_or_team();
        return body.approved ? took_part(said.of_unit) : ever_took_part(said.of_unit);
    }

    /// By somebody who may sign what is ended, and has a place then; a consent by its author or the
    /// disclosing unit; a block by the user who set it, the other closings by nobody.
    bool operator()(const Ended& body) const {
        const Said* ended = find(world, body.statement);
        if (ended == nullptr || ended->stream != said.stream || ended->of_unit != said.of_unit ||
            !has_effect(world, *ended))
            return false;
        const bool own = user_of(world, ended->author) == user();
        if (const auto* closing = std::get_if<Closing>(&ended->body))
            return closing->kind == block && own;
        if (std::holds_alternative<Consent>(ended->body) ||
            std::holds_alternative<Guest>(ended->body))
            return own || for_unit(said.of_unit);
        if (stands_for_ever(ended->body)) return false;
        // Whoever may say it now may end it now.
        Said now = said;
        now.body = ended->body;
        return takes_part() && has_effect(world, now) && may_say_now(ended->body);
    }

    static bool stands_for_ever(const Body& body) {
        const auto* decision = std::get_if<InPlace>(&body);
        return std::holds_alternative<Opened>(body) || std::holds_alternative<Confirmation>(body) ||
               std::holds_alternative<Weeded>(body) || std::holds_alternative<Verdict>(body) ||
               std::holds_alternative<Ended>(body) || std::holds_alternative<Unread>(body) ||
               std::holds_alternative<Unknown>(body) || (decision != nullptr && decision->stayed);
    }

    /// What who ever had a place may say, is ended by who has it then.
    bool may_say_now(const Body& body) const {
        if (std::holds_alternative<Closed>(body) || std::holds_alternative<Weeded>(body) ||
            std::holds_alternative<Removed>(body))
            return lead_or_team();
        if (std::holds_alternative<Mark>(body))
            return (opened_it() && lead_or_team()) ||
                   in_some_unit([&](const Unit& unit) { return took_part(unit.unit, lead_duty); });
        if (std::holds_alternative<Audience>(body)) return took_part(said.of_unit);
        if (const auto* lock = std::get_if<Lock>(&body)) return took_part(lock->unit);
        return true;
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

bool restricts(const World& world, const Said& said) {
    if (!said.restricting || !std::holds_alternative<Unknown>(said.body)) return false;
    if (is_lead_or_team(world, said.author, std::nullopt)) return true;
    if (said.stream == custody_stream) return false;
    const MaySign author{world, said};
    return author.in_some_unit([&](const Unit& unit) { return author.ever_took_part(unit.unit); });
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
            taken_back |= which.user == user && which.unit == unit && counts(world, removal) &&
                          is_after(removal, *said);
        });
        return !taken_back;
    });
}

}  // namespace oracle
