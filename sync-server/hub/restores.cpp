#include "sync-server/hub/restores.hpp"

#include "core/wire/log_messages.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {
namespace {

std::vector<Bytes> statements_behind(std::span<const LogRestored> restores,
                                     const StatementGraph& log) {
    std::vector<StatementId> open;
    for (const StatementPtr& statement : log.in(Stream{}))
        if (const auto* const restored = std::get_if<LogRestored>(&statement->body);
            restored != nullptr && std::ranges::count(restores, *restored) > 0)
            open.push_back(statement->id);
    const std::set<StatementId> restoring{open.begin(), open.end()};
    for (const StatementPtr& statement : log.in(Stream{}))
        if (const auto* const word = std::get_if<Countersigned>(&statement->body);
            word != nullptr && restoring.contains(word->statement))
            open.push_back(statement->id);
    std::set<StatementId> wanted;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < open.size() && wanted.size() < log_restores_max; ++i) {
        const StatementPtr statement = log.find(open[i]);
        if (!statement || wanted.contains(open[i])) continue;
        bytes += encode_statement(*statement).size();
        if (bytes > log_restores_bytes_max) break;
        wanted.insert(open[i]);
        const auto& previous = statement->header.previous;
        open.insert(open.end(), previous.begin(), previous.end());
    }
    std::vector<Bytes> found;
    for (const StatementPtr& statement : log.in(Stream{}))
        if (wanted.contains(statement->id)) found.push_back(encode_statement(*statement));
    return found;
}

}  // namespace

const Restores::Way& Restores::since(const Incarnation& life, const Registry& registry) {
    static const Way none;
    const StatementGraph& log = registry.federation_log();
    if (log.size() != log_size_) ways_.clear();
    log_size_ = log.size();
    if (const auto known = ways_.find(life); known != ways_.end()) return known->second;
    Way way{restores_between(registry.federation().restores(), life, present_, log_lives_max), {}};
    if (way.restores.empty()) return none;  // and not remembered: anybody may ask for any life
    way.statements = statements_behind(way.restores, log);
    return ways_.emplace(life, std::move(way)).first->second;
}

}  // namespace samsyn
