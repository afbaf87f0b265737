#include "client-sdk/agent/live_queries.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using std::chrono::steady_clock;

constexpr int pause_factor = 4;
constexpr std::chrono::seconds pause_max{5};  // what may be shown no more leaves the screen

}  // namespace

Result<void> LiveQueries::add(std::weak_ptr<LineConnection> caller,
                              const nlohmann::json& number,
                              LiveSource source) {
    std::erase_if(queries_, [](const Query& query) { return query.caller.expired(); });
    if (queries_.size() >= queries_max) return fail(Errc::limit_exceeded, "live queries");
    queries_.push_back({std::move(caller), number, std::move(source)});
    changed();
    return {};
}

void LiveQueries::changed() {
    if (waiting_ || queries_.empty()) return;
    waiting_ = true;
    timer_.expires_at(std::max(next_, steady_clock::now()));
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) refresh();
    });
}

void LiveQueries::refresh() {
    waiting_ = false;
    const auto from = steady_clock::now();
    for (auto query = queries_.begin(); query != queries_.end();) {
        const auto caller = query->caller.lock();
        if (!caller) {
            query = queries_.erase(query);
            continue;
        }
        if (!caller->has_unread())
            if (auto answer = query->source())
                caller->notify(to_line(
                    {{"event", "live"}, {"live", query->number}, {"answer", *std::move(answer)}}));
        ++query;
    }
    const auto to = steady_clock::now();
    next_ = to + std::min<steady_clock::duration>(pause_factor * (to - from), pause_max);
}

}  // namespace samsyn
