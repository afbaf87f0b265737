#include "core/policy/statute_table.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

using Purposes = StatuteTable::PurposeRow;
using Statutes = StatuteTable::StatuteRow;
using Way = StatuteTable::Way;
using SecondReader = StatuteTable::SecondReader;
using std::chrono::hours;

template <class Set, class... Element>
constexpr Set set_of(Element... elements) {
    Set set;
    (set.insert(elements), ...);
    return set;
}

/// Swedish law begins at midnight in Stockholm: an hour before UTC in winter, two in summer.
constexpr Instant swedish_midnight(std::chrono::year_month_day day, hours ahead_of_utc) {
    return Instant{std::chrono::sys_days{day}} - ahead_of_utc;
}

constexpr auto july_2025 = swedish_midnight(std::chrono::year{2025} / 7 / 1, hours{2});
constexpr auto january_2023 = swedish_midnight(std::chrono::year{2023} / 1 / 1, hours{1});

// --- Version 1 -----------------------------------------------------------------------------------

constexpr std::array version_1_purposes = {
    Purposes{.purpose = Purpose::coordination, .consent_suffices = true, .identifies = true},
    Purposes{
        .purpose = Purpose::identifying_statistics, .consent_suffices = true, .identifies = true},
    Purposes{
        .purpose = Purpose::aggregate_statistics, .consent_suffices = true, .identifies = false},
};

// --- Version 2 -----------------------------------------------------------------------------------

// Engineering input, no legal advice: what a lawyer must confirm is listed in docs/OPERATIONS.md.

constexpr auto support_categories = set_of<Categories>(Category::social,
                                                       Category::parenting,
                                                       Category::attendance,
                                                       Category::school_adaptation,
                                                       Category::plan,
                                                       Category::meeting,
                                                       Category::contact);
constexpr auto care_categories = set_of<Categories>(Category::social,
                                                    Category::health,
                                                    Category::diagnosis,
                                                    Category::plan,
                                                    Category::meeting,
                                                    Category::contact);

constexpr std::array version_2_purposes = {
    version_1_purposes[0],
    version_1_purposes[1],
    version_1_purposes[2],
    Purposes{.purpose = measure_referral, .measure = true, .categories = care_categories},
    Purposes{.purpose = measure_support_from_12,
             .measure = true,
             .categories = support_categories,
             .opens_at = 12,
             .needs_decision = true,
             .in_force = {.from = july_2025}},
    Purposes{.purpose = measure_counselling_from_15,
             .measure = true,
             .categories = care_categories,
             .opens_at = 15},
};

constexpr auto public_regimes = set_of<Regimes>(Regime::health,
                                                Regime::social,
                                                Regime::school_medical,
                                                Regime::school_pupil_health,
                                                Regime::school_other,
                                                Regime::team,
                                                Regime::police,
                                                Regime::prosecutor);
constexpr auto care_regimes = set_of<Regimes>(Regime::health, Regime::social);
constexpr auto investigating = set_of<Regimes>(Regime::social);
constexpr auto rescuing = set_of<Regimes>(Regime::health, Regime::social, Regime::police);
constexpr auto reading = set_of<Actions>(Action::read, Action::keep_offline);
constexpr auto reading_and_copying =
    set_of<Actions>(Action::read, Action::keep_offline, Action::copy_to_own_record);

constexpr Statutes general_clause{.number = statute_general_clause,
                                  .key = "general_clause",
                                  .en = "the general clause",
                                  .sv = "generalklausulen",
                                  .way = Way::overridden,
                                  .disclosing = public_regimes,
                                  .recipients = public_regimes,
                                  .actions = reading,
                                  .second_reader = SecondReader::before,
                                  .longest = hours{24 * 90}};

constexpr Statutes necessary_disclosure{.number = statute_necessary_disclosure,
                                        .key = "necessary_disclosure",
                                        .en = "necessary disclosure",
                                        .sv = "nödvändigt utlämnande",
                                        .way = Way::overridden,
                                        .disclosing = public_regimes,
                                        .recipients = public_regimes,
                                        .actions = reading,
                                        .second_reader = SecondReader::afterwards,
                                        .longest = hours{24 * 30}};

constexpr Statutes emergency{.number = statute_emergency,
                             .key = "emergency",
                             .en = "danger to life or health",
                             .sv = "fara för liv eller hälsa",
                             .way = Way::overridden,
                             .disclosing = public_regimes,
                             .recipients = rescuing,
                             .actions = reading,
                             .second_reader = SecondReader::none,
                             .longest = hours{72}};

constexpr Statutes investigation{.number = statute_investigation,
                                 .key = "investigation",
                                 .en = "duty to answer an investigation by social services",
                                 .sv = "uppgiftsskyldighet i socialtjänstens utredning",
                                 .way = Way::answer,
                                 .disclosing = public_regimes,
                                 .recipients = investigating,
                                 .actions = reading_and_copying,
                                 .second_reader = SecondReader::none,
                                 .longest = hours{24 * 120}};

constexpr Statutes care_documentation{.number = statute_care_documentation,
                                      .key = "care_documentation",
                                      .en = "joint care documentation",
                                      .sv = "sammanhållen vård- och omsorgsdokumentation",
                                      .way = Way::direct_access,
                                      .disclosing = care_regimes,
                                      .recipients = care_regimes,
                                      .actions = reading,
                                      .adults_only = true,
                                      .in_force = {.from = january_2023}};

constexpr std::array version_2_statutes = {
    general_clause, necessary_disclosure, emergency, investigation, care_documentation};

const std::array tables = {
    StatuteTable{.version = 1, .purposes = version_1_purposes, .statutes = {}},
    StatuteTable{.version = 2, .purposes = version_2_purposes, .statutes = version_2_statutes},
};

}  // namespace

const StatuteTable& current_statute_table() {
    return tables.back();
}

const StatuteTable* find_statute_table(std::uint32_t version) {
    const auto found = std::ranges::find(tables, version, &StatuteTable::version);
    return found == tables.end() ? nullptr : &*found;
}

const StatuteTable::PurposeRow* find_purpose(const StatuteTable& table, Purpose purpose) {
    const auto found = std::ranges::find(table.purposes, purpose, &Purposes::purpose);
    return found == table.purposes.end() ? nullptr : &*found;
}

const StatuteTable::StatuteRow* find_statute(const StatuteTable& table,
                                             std::uint16_t number,
                                             Instant now) {
    const auto found = std::ranges::find_if(table.statutes, [&](const auto& row) {
        return row.number == number && row.in_force.at(now);
    });
    return found == table.statutes.end() ? nullptr : &*found;
}

}  // namespace samsyn
