#pragma once

#include "client-sdk/agent/operations.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace samsyn {

/// A reading operation that is run again and again, and what it has shown so far. An item that it
/// shows is logged as read once. Not thread-safe; `operations` must outlive it.
class LiveOperation {
public:
    /// The operations that can be run so, sorted.
    static std::span<const std::string_view> watchable();

    /// Errors: `invalid_argument` for an operation that writes, or an unknown one.
    static Result<LiveOperation> open(Operations& operations,
                                      std::string operation,
                                      nlohmann::json args);

    /// Its answer, as `Operations::run` gives it, where it is another than the last.
    std::optional<nlohmann::json> run();

private:
    LiveOperation(Operations& operations, std::string operation, nlohmann::json args)
        : operations_(&operations),
          operation_(std::move(operation)),
          args_(std::move(args)) {}

    Operations* operations_;
    std::string operation_;
    nlohmann::json args_;
    nlohmann::json last_;
    std::map<CaseId, std::set<ItemId>> shown_;
};

}  // namespace samsyn
