#pragma once

#include "client-sdk/agent/attaching.hpp"
#include "client-sdk/agent/looks.hpp"

#include <samsyn/device.hpp>
#include <samsyn/showing.hpp>

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <string_view>
#include <vector>

namespace samsyn {

/// The operations that the agent offers as JSON (docs/AGENT.md), on one device. Not thread-safe.
///
/// `sync`, `sync.follow`, `sync.stop`, `watch` and `ping` are the agent's own: they are about the
/// connection, not about the device.
class Operations {
public:
    /// With the machine's clock. `device` must outlive it.
    explicit Operations(Device& device);

    /// `clock` says what "today" is in arguments; tests move it by hand. Both must outlive it.
    Operations(Device& device, const Clock& clock)
        : device_(device),
          clock_(clock),
          showing_(device) {}

    /// Runs one operation. Answers `{"ok": true, "result": …}` or `{"ok": false, "error": {"code",
    /// "message", "context", "hint"}}`. Hostile or incomplete `args` give `invalid_argument`.
    nlohmann::json run(std::string_view operation, const nlohmann::json& args);

    /// The same, with `log` in the place of the log of reads: called with what is shown, before it
    /// is; on its error nothing is.
    using Log = std::function<Result<void>(const std::map<CaseId, std::vector<ItemId>>& shown)>;
    nlohmann::json run(std::string_view operation, const nlohmann::json& args, const Log& log);

    /// Logs items as read by an operation.
    Result<void> log_shown(std::string_view operation,
                           const CaseId& case_id,
                           std::vector<ItemId> items);

    /// False for an operation that is not known.
    static bool is_known(std::string_view operation);

    /// True where a successful `operation` may have written something that wants to be sent.
    static bool writes(std::string_view operation);

private:
    Device& device_;
    const Clock& clock_;
    Attaching attaching_;
    Looks looks_;
    ShowMode showing_;  ///< what is shown on this tablet; gone with the process
};

/// The `error` object for an `Error`, with a hint in plain words on what to do.
nlohmann::json error_to_json(const Error& error);

}  // namespace samsyn
