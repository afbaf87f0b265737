#pragma once

#include "core/model/label.hpp"
#include "core/policy/terms.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace samsyn {

// Measures are purposes too (consent-rules.md, "Who decides"); their numbers start at 1000.
inline constexpr Purpose measure_referral{1001};
inline constexpr Purpose measure_support_from_12{1002};
inline constexpr Purpose measure_counselling_from_15{1003};

// Grounds of the statute table. What each of them covers is in its row, and nowhere else.
inline constexpr std::uint16_t statute_general_clause = 1;
inline constexpr std::uint16_t statute_necessary_disclosure = 2;
inline constexpr std::uint16_t statute_emergency = 3;
inline constexpr std::uint16_t statute_investigation = 10;
inline constexpr std::uint16_t statute_care_documentation = 20;

/// From when until when a row is law: `from` <= now < `until`.
struct InForce {
    Instant from = Instant::min();
    Instant until = instant_max;

    constexpr bool at(Instant now) const { return from <= now && now < until; }

    friend bool operator==(const InForce&, const InForce&) = default;
};

/// The dated, versioned data that the rules read: what changes with the law is a row, not code.
/// A version that was shipped never changes: a decision under it must come out the same for ever.
struct StatuteTable {
    /// What something may be read for. A measure is a purpose with its own categories, and may be
    /// open to a child at an age.
    struct PurposeRow {
        Purpose purpose{};
        bool consent_suffices = true;  ///< false: Deny(not covered) even with consent
        bool identifies = true;        ///< false: aggregates only
        bool measure = false;
        Categories categories{Categories::known};
        std::uint8_t opens_at = 0;    ///< years attested at which the child alone decides; 0: never
        bool needs_decision = false;  ///< ... where a decision in place stands for every guardian
        InForce in_force{};
    };

    enum class Way : std::uint8_t {
        overridden,     ///< `Override`: opened by a named person of the disclosing unit
        answer,         ///< `InvestigationAnswer`
        direct_access,  ///< opens nothing by itself: what it covers, consent may open
    };

    enum class SecondReader : std::uint8_t { before, afterwards, none };

    struct StatuteRow {
        std::uint16_t number = 0;
        std::string_view key;  ///< stable, for commands and JSON
        std::string_view en;
        std::string_view sv;
        Way way{};
        Regimes disclosing;  ///< of the units that may disclose by it
        Regimes recipients;
        Actions actions;
        bool adults_only = false;
        SecondReader second_reader = SecondReader::before;
        std::chrono::hours second_reader_within{72};  ///< for `afterwards`, from when it was said
        std::chrono::hours longest{};  ///< from its beginning; it never renews itself
        InForce in_force{};
    };

    std::uint32_t version = 0;
    std::span<const PurposeRow> purposes;
    std::span<const StatuteRow> statutes;
    std::chrono::days oral_consent_normal_max{14};  ///< an oral consent for normal sensitivity
    std::chrono::days prevented_max{30};            ///< a guardian who cannot be reached
};

/// The table that ships with this version of the program.
const StatuteTable& current_statute_table();

/// An earlier or the current table; null if this program does not have it.
const StatuteTable* find_statute_table(std::uint32_t version);

/// The row of a purpose; null where the table has none.
const StatuteTable::PurposeRow* find_purpose(const StatuteTable& table, Purpose purpose);

/// The row of a statute that is in force at `now`; null where the table has none.
const StatuteTable::StatuteRow* find_statute(const StatuteTable& table,
                                             std::uint16_t number,
                                             Instant now);

}  // namespace samsyn
