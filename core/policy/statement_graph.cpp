#include "core/policy/statement_graph.hpp"

#include <algorithm>

namespace samsyn {

namespace {

bool said_before(const StatementPtr& a, const StatementPtr& b) {
    return std::tie(a->header.time, a->id) < std::tie(b->header.time, b->id);
}

}  // namespace

bool StatementGraph::add(StatementPtr statement) {
    if (!by_id_.emplace(statement->id, statement).second) return false;
    auto& stream = by_stream_[statement->header.stream];
    const auto place = std::ranges::upper_bound(stream, statement, said_before);
    stream.insert(place, std::move(statement));
    return true;
}

StatementPtr StatementGraph::find(const StatementId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

std::span<const StatementPtr> StatementGraph::in(const Stream& stream) const {
    const auto found = by_stream_.find(stream);
    if (found == by_stream_.end()) return {};
    return found->second;
}

std::vector<Stream> StatementGraph::streams() const {
    std::vector<Stream> all;
    all.reserve(by_stream_.size());
    for (const auto& [stream, statements] : by_stream_) all.push_back(stream);
    return all;
}

std::vector<StatementId> StatementGraph::heads(const Stream& stream) const {
    const auto statements = in(stream);
    std::set<StatementId> named;
    for (const auto& statement : statements)
        named.insert(statement->header.previous.begin(), statement->header.previous.end());

    std::vector<StatementId> heads;
    for (auto at = statements.rbegin(); at != statements.rend(); ++at) {
        if (heads.size() == statement_previous_max) break;
        if (!named.contains((*at)->id)) heads.push_back((*at)->id);
    }
    std::ranges::sort(heads);
    return heads;
}

Result<StatementGraph> StatementGraph::at(std::span<const StatementId> heads) const {
    StatementGraph reached;
    std::vector<StatementId> waiting(heads.begin(), heads.end());
    while (!waiting.empty()) {
        const auto id = waiting.back();
        waiting.pop_back();
        auto statement = find(id);
        if (!statement) return fail(Errc::missing_parent, to_hex(id));
        const auto& previous = statement->header.previous;
        if (reached.add(statement)) waiting.insert(waiting.end(), previous.begin(), previous.end());
    }
    return reached;
}

bool StatementGraph::knows(const StatementId& later, const StatementId& earlier) const {
    return known_to({&later, 1}).contains(earlier);
}

std::set<StatementId> StatementGraph::known_to(std::span<const StatementId> later) const {
    std::set<StatementId> known;
    std::vector<StatementId> waiting(later.begin(), later.end());
    while (!waiting.empty()) {
        const auto statement = find(waiting.back());
        waiting.pop_back();
        if (!statement) continue;
        for (const auto& id : statement->header.previous)
            if (known.insert(id).second) waiting.push_back(id);
    }
    return known;
}

std::vector<StatementId> StatementGraph::missing() const {
    std::set<StatementId> missing;
    for (const auto& [id, statement] : by_id_)
        for (const auto& previous : statement->header.previous)
            if (!by_id_.contains(previous)) missing.insert(previous);
    return {missing.begin(), missing.end()};
}

}  // namespace samsyn
