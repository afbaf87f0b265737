#pragma once

#include "core/base/result.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace samsyn {

// JSON lines: one request, answer or event a line (docs/AGENT.md). Lines come from other programs
// of the same person and are treated as hostile all the same.

inline constexpr std::size_t request_bytes_max = 1 << 20;  ///< a longer line closes the connection
inline constexpr std::size_t answer_bytes_max = 256
                                                << 20;  ///< what a client accepts from its agent
inline constexpr std::size_t json_depth_max = 32;

/// Cuts a stream of bytes into lines of bounded length.
class LineBuffer {
public:
    explicit LineBuffer(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

    void append(std::string_view bytes);

    /// The next whole line, without its end ("\n" or "\r\n"); empty lines are skipped. Errors:
    /// `limit_exceeded` where the line is too long, whether its end has come or not.
    Result<std::optional<std::string>> next();

private:
    std::size_t line_bytes_max_;
    std::string buffer_;
    std::size_t start_ = 0;     // of the next line
    std::size_t searched_ = 0;  // no line end from the start to here
};

/// Parses one JSON text. Errors: `malformed` (not JSON, not UTF-8); `limit_exceeded` where arrays
/// and objects are nested deeper than `json_depth_max`, found before the parser recurses.
Result<nlohmann::json> parse_json(std::string_view text);

/// One request: `{"id": 1, "op": "note.add", "args": {…}}`; `id` and `args` may be missing.
struct AgentRequest {
    nlohmann::json id;  ///< echoed in the answer: a number, a string or null
    std::string operation;
    nlohmann::json args = nlohmann::json::object();
    std::optional<Error> fault;  ///< why it is no request: then only `id` is of use
};

AgentRequest parse_request(std::string_view line);

/// The operations of the supervisor (docs/AGENT.md, section 4); all others are the child's.
bool is_supervisors(std::string_view operation);

/// `{"ok": true, "result": …}`.
nlohmann::json ok_answer(nlohmann::json result);

/// `{"ok": false, "error": {"code", "message", "context"}}`.
nlohmann::json error_answer(const Error& error);

/// One line, with its end. Text that is not UTF-8 is replaced, never an exception.
std::string to_line(const nlohmann::json& object);

/// The answer to a request, as a line that carries its id.
std::string to_answer_line(const nlohmann::json& id, nlohmann::json answer);

}  // namespace samsyn
