#include "client-sdk/agent/live_operation.hpp"

#include <algorithm>

namespace samsyn {

using nlohmann::json;

namespace {

/// What only shows. What acts, hands out or decides who sees something is done by a person, each
/// time.
constexpr std::string_view watched_operations[] = {
    "attachment.list", "case.clocks",     "case.ending",   "case.list",    "case.show",
    "commitment.list", "commitment.show", "conflicts",     "consent.list", "form.list",
    "form.pending",    "item.list",       "item.recalled", "item.show",    "meeting.list",
    "meeting.show",    "plan.show",       "readers",       "status",       "text.read",
    "today",           "visit.show"};

}  // namespace

std::span<const std::string_view> LiveOperation::watchable() {
    return watched_operations;
}

Result<LiveOperation> LiveOperation::open(Operations& operations,
                                          std::string operation,
                                          json args) {
    if (!Operations::is_known(operation))
        return fail(Errc::invalid_argument, "op: unknown operation");
    if (std::ranges::find(watched_operations, operation) == std::end(watched_operations))
        return fail(Errc::invalid_argument, "op: only what shows can be watched");
    return LiveOperation{operations, std::move(operation), std::move(args)};
}

std::optional<json> LiveOperation::run() {
    std::map<CaseId, std::vector<ItemId>> shown;
    json answer = operations_->run(operation_, args_, [&](const auto& items) -> Result<void> {
        shown = items;
        return {};
    });
    if (answer == last_) return std::nullopt;
    for (auto& [case_id, items] : shown) {
        auto& before = shown_[case_id];
        std::erase_if(items, [&](const ItemId& item) { return before.contains(item); });
        const auto logged = operations_->log_shown(operation_, case_id, items);
        if (!logged) {
            answer = json::object({{"ok", false}, {"error", error_to_json(logged.error())}});
            break;
        }
        before.insert(items.begin(), items.end());
    }
    if (answer == last_) return std::nullopt;
    last_ = answer;
    return answer;
}

}  // namespace samsyn
