#pragma once

#include "tests/oracle/rules/deciders.hpp"

namespace oracle {

/// How one person who decides stands to one question, from the best to the worst.
enum class Stand {
    covers,
    silent,       ///< neither refused nor given any consent in force
    unconfirmed,  ///< gave one that the disclosing unit has not confirmed
    by_mouth,     ///< gave one that reaches, and it has to be in writing
    reaches_not,  ///< gave one in force that does not reach
    reserved,     ///< gave one with a reservation here
    refused,      ///< refusal or withdrawal
    locked,       ///< objection or block
};

struct Position {
    Stand stand = Stand::silent;
    std::string why{};        ///< of `reaches_not`: the first failing field
    bool by_mouth = false;    ///< of `covers`: rests on oral consents alone, which have a limit
};

Position position_of(const World& world,
                     const Question& question,
                     const Place& place,
                     const Id& person,
                     const Id& subject);

/// A closing that denies for this person here, whatever consents say.
using ClosingSaid = std::pair<const Said*, const Closing*>;

/// Every closing of the person that has this question in its scope.
std::vector<ClosingSaid> closings_of(const World& world,
                                     const Question& question,
                                     const Place& place,
                                     const Id& person,
                                     const Id& subject);

/// True where the disclosing unit stands behind it: confirmed, or recorded by it.
bool is_confirmed(const World& world, const Said& consent);

/// True where the consent can open anything at all at that time: confirmed, in its period, not
/// ended.
bool is_in_force(const World& world, const Said& said, const Consent& consent, Time now);

}  // namespace oracle
