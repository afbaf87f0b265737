#include "core/policy/statute_table.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

using Row = StatuteTable::PurposeRow;

constexpr std::array version_1_purposes = {
    Row{.purpose = Purpose::coordination, .consent_suffices = true, .identifies = true},
    Row{.purpose = Purpose::identifying_statistics, .consent_suffices = true, .identifies = true},
    Row{.purpose = Purpose::aggregate_statistics, .consent_suffices = true, .identifies = false},
};

const std::array tables = {
    StatuteTable{.version = 1,
                 .purposes = version_1_purposes,
                 .oral_consent_normal_max = std::chrono::days{14}},
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
    const auto found = std::ranges::find(table.purposes, purpose, &Row::purpose);
    return found == table.purposes.end() ? nullptr : &*found;
}

}  // namespace samsyn
