#pragma once

#include "client-sdk/agent/line_connection.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <optional>

namespace samsyn {

/// The answer of a reading operation where it is another than the last one; the first time always.
using LiveSource = std::function<std::optional<nlohmann::json>()>;

/// Reading operations whose callers hear a new answer as soon as there is one: what screens show.
///
/// All are run again when something may have changed. What that takes is bounded: after a round
/// there is a pause of four times its length, at most five seconds, and then one round for all that
/// has changed meanwhile. A caller that has not read its last answer gets the next one when it has,
/// and none in between.
///
/// Single-threaded, on the thread of `io`, which must outlive it.
class LiveQueries {
public:
    static constexpr std::size_t queries_max = 64;  ///< over all connections

    explicit LiveQueries(boost::asio::io_context& io) : timer_(io) {}

    /// Errors: `limit_exceeded`. What it answers is told as `{"event": "live", "live": number,
    /// "answer": …}`, the first at once, for as long as the caller is there.
    Result<void> add(std::weak_ptr<LineConnection> caller,
                     const nlohmann::json& number,
                     LiveSource source);

    /// Something may have changed: data, the connection, or the time.
    void changed();

private:
    struct Query {
        std::weak_ptr<LineConnection> caller;
        nlohmann::json number;
        LiveSource source;
    };

    void refresh();

    boost::asio::steady_timer timer_;
    std::chrono::steady_clock::time_point next_{};  ///< no round before
    bool waiting_ = false;
    std::list<Query> queries_;
};

}  // namespace samsyn
