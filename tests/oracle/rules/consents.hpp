#pragma once

#include "tests/oracle/rules/deciders.hpp"

namespace oracle {

/// How one person who decides stands to one question.
enum class Stand {
    covers,
    needed,     ///< gave none; or one that only lacks a confirmation, or writing
    vague,      ///< gave several: one lacks what can still be had, another does not reach
    too_short,  ///< gave one, and it does not reach
    reserved,   ///< gave one that would reach, but for its reservation
    refused,    ///< refusal or withdrawal
    locked,     ///< objection or block
};

struct Position {
    Stand stand = Stand::needed;
    std::set<std::string> why{};   ///< every field that fails, of every consent
    bool reserves = false;         ///< one would reach, but for its reservation
    bool by_mouth = false;         ///< of `covers`: rests on oral consents with a limit alone
    bool may_be_by_mouth = false;  ///< ... or on oral ones of which one has a limit
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
bool is_in_force(const World& world,
                 const Question& question,
                 const Said& said,
                 const Consent& consent);

/// What other consents of the same matter, which neither name nor are named, take from this one.
std::set<std::string> narrowed_by_others(const World& world,
                                         const Question& question,
                                         const Said& said,
                                         const Consent& consent);

/// Named by the consent or a confirmation of it, each of the closings; and newer than them.
bool reopens(const World& world,
             const Said& said,
             const Consent& consent,
             const std::vector<ClosingSaid>& closings);

}  // namespace oracle
