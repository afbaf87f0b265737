#pragma once

#include <array>
#include <string_view>

namespace oracle {

// Errors that somebody could make in reading the rules, each to be switched on: what does not tell
// a wrong reading from the right one proves nothing when it finds no difference.
// clang-format off
#define ORACLE_PLANTED_TABLE(row) \
    row(withdrawal_ignores_scope, "a closing counts for every category") \
    row(confirmation_not_needed, "a consent opens without the disclosing unit") \
    row(newer_consent_reopens, "a newer consent reopens without naming the closing") \
    row(older_consent_reopens, "a confirmation reopens by a consent that the closing's author knew") \
    row(reservation_refuses_when_low, "a reservation is a refusal at low sensitivity") \
    row(objection_ignored_when_low, "an objection does not count at low sensitivity") \
    row(oral_without_end, "an oral consent counts as long as a written one") \
    row(not_after_inclusive, "a consent counts at its last instant") \
    row(role_ignored, "a consent for a role opens for the whole unit") \
    row(one_guardian_suffices, "one guardian suffices at any sensitivity") \
    row(first_subject_only, "only the label's first subject is asked for") \
    row(expired_participant, "who once took part reads on") \
    row(action_ignored, "a consent for reading opens every action") \
    row(concurrent_consents_add_up, "of two consents that do not name each other the wider one counts") \
    row(ended_stops_narrowing, "ending a narrow consent widens the other one") \
    row(custody_by_time, "of two concurrent custody statements the later one counts alone") \
    row(anybody_confirms, "any unit confirms") \
    row(closing_of_anybody, "a refusal counts from those who do not decide too") \
    row(suspended_still_decides, "a suspended guardian still decides") \
    row(own_unit_before_hard_lock, "the own unit reads what is closed") \
    row(audience_by_time, "of two concurrent audiences the later one counts alone") \
    row(prevented_for_ever, "a guardian is prevented for longer than 30 days") \
    row(prevented_in_spite_of_refusal, "a prevented guardian's refusal does not count") \
    row(decision_for_every_unit, "a decision in place of a guardian counts for every unit") \
    row(stay_ignored, "a stayed decision goes on counting") \
    row(block_pierced_unnamed, "a statute passes blocks that it does not name") \
    row(verdict_not_needed, "a statute opens without the second reader") \
    row(own_second_reader, "who opens by statute is the second reader too") \
    row(override_without_limit, "a statute opens for longer than the table allows") \
    row(further_needs_nobody, "a further device of somebody counts by one administrator's word") \
    row(lost_still_reads, "a device that is lost reads until it is revoked") \
    row(reopening_revives, "a case that is reopened has its old consents again")
// clang-format on

enum class Planted {
    none,
#define ORACLE_ROW(name, words) name,
    ORACLE_PLANTED_TABLE(ORACLE_ROW)
#undef ORACLE_ROW
};

struct PlantedError {
    Planted error{};
    std::string_view name, words;
};

inline constexpr auto planted_errors = std::to_array<PlantedError>({
#define ORACLE_ROW(name, words) {Planted::name, #name, words},
    ORACLE_PLANTED_TABLE(ORACLE_ROW)
#undef ORACLE_ROW
});

}  // namespace oracle
