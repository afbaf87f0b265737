#pragma once

#include "tests/oracle/rules/planted.hpp"
#include "tests/oracle/rules/said.hpp"

#include <algorithm>
#include <set>

namespace oracle {

/// What the law's table says, as far as the rules read it. Handed in as data, by number.
struct Statutes {
    struct Purpose {
        int purpose = 0;
        bool consent_suffices = true;
        bool is_measure = false;
        Bits categories = ~Bits{0};
        int child_alone_from = 0;     ///< years; 0: at no age
        bool needs_decision = false;  ///< ... where a board's decision stands for every guardian
        Time from = 0, until = for_ever;
    };

    enum class Way { opening, answer, direct_access };
    enum class SecondReader { before, afterwards, none };

    struct Ground {
        int statute = 0;
        Way way = Way::opening;
        Bits disclosing = 0;  ///< regimes
        Bits recipients = 0;
        Bits actions = 0;
        bool adults_only = false;
        SecondReader second_reader = SecondReader::before;
        Time read_within = 0;
        Time longest = 0;
        Time from = 0, until = for_ever;
    };

    std::vector<Purpose> purposes;
    std::vector<Ground> grounds;
    Time oral_normal = 14 * day;
    Time prevented_at_most = 30 * day;
};

/// Everything that was said, in whatever order it came.
struct World {
    std::vector<Said> federation;
    std::vector<Said> of_case;
    Statutes statutes;
    Planted planted = Planted::none;

    bool is_wrong_about(Planted error) const { return planted == error; }
};

struct Label {
    std::vector<Id> subjects;
    Id unit;
    int regime = 0;
    int category = 0;
    int sensitivity = normal;
    std::optional<Id> closed;
};

struct Viewer {
    int kind = 0;
    Id person;
};

struct Question {
    Label label;
    int action = read;
    int purpose = 0;
    std::optional<int> statute;  ///< the ground; none: consent
    bool shared_editing_type = false;
    Id user, device;
    std::optional<Viewer> viewer;
    Time now = 0;
};

/// A unit for which the requester takes part.
struct Place {
    Unit unit;
    int role = 0;
};

/// Calls `f(said, body)` for every statement of one kind.
template <class Kind, class F>
void each(const std::vector<Said>& all, F f) {
    for (const Said& said : all)
        if (const auto* body = std::get_if<Kind>(&said.body)) f(said, *body);
}

inline bool contains(const std::vector<Id>& all, const Id& one) {
    return std::ranges::find(all, one) != all.end();
}

/// Later in the one order that every replica agrees on.
inline bool is_after(const Said& later, const Said& earlier) {
    return std::pair{later.order, later.id} > std::pair{earlier.order, earlier.id};
}

inline bool is_within(Time from, Time now, Time until) {
    return from <= now && now < until;
}

/// True where the author of `later` knew `earlier`: its previous lists lead there, over as many
/// statements as it takes.
bool knew(const std::vector<Said>& all, const Said& later, const Id& earlier);

// --- Who belongs to the federation ---

std::optional<Unit> unit_of(const World& world, const Id& unit);
std::optional<Device> device_of(const World& world, const Id& device);
std::optional<int> role_in(const World& world, const Id& user, const Id& unit, Time at);
bool is_in_good_standing(const World& world, const Id& device, const Id& user, Time now);
bool acts_in(const World& world, const Id& device, const Id& unit, Time now);

/// As `acts_in` at the time of signing: a later revocation leaves standing what was said.
bool acted_in(const World& world, const Id& device, const Id& unit, Time at);
bool acted_somewhere(const World& world, const Id& device, Time at);

/// At any time: enough for what only denies.
bool ever_acted_in(const World& world, const Id& device, const Id& unit);
bool ever_acted_somewhere(const World& world, const Id& device);

// --- Who may sign, in a case ---

/// The opening of the case that counts; null before it.
const Said* opening(const World& world);

/// True where the author may say that and nobody has taken it back.
bool counts(const World& world, const Said& said);

/// True where the author may say that, taken back or not.
bool has_effect(const World& world, const Said& said);

bool participates(const World& world, const Id& user, const Id& unit, Time now);

/// True where somebody who may stop everything says so in words that are not known here.
bool restricts(const World& world, const Said& said);

/// Every effective statement of one kind that nobody ended.
template <class Kind>
std::vector<std::pair<const Said*, const Kind*>> standing(const World& world) {
    std::vector<std::pair<const Said*, const Kind*>> all;
    each<Kind>(world.of_case, [&](const Said& said, const Kind& body) {
        if (counts(world, said)) all.emplace_back(&said, &body);
    });
    return all;
}

/// The statements of one kind that count now: none that another one of the same matter knew, and
/// none that was ended. What was ended has replaced others all the same.
template <class Kind, class SameMatter>
std::vector<std::pair<const Said*, const Kind*>> current(const World& world, SameMatter same) {
    std::vector<std::pair<const Said*, const Kind*>> all;
    each<Kind>(world.of_case, [&](const Said& said, const Kind& body) {
        if (has_effect(world, said)) all.emplace_back(&said, &body);
    });
    auto kept = all;
    std::erase_if(kept, [&](const auto& one) {
        return !counts(world, *one.first) || std::ranges::any_of(all, [&](const auto& other) {
            return other.first != one.first && same(*other.second, *one.second) &&
                   knew(world.of_case, *other.first, one.first->id);
        });
    });
    return kept;
}

}  // namespace oracle
