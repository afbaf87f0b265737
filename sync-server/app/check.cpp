#include "core/base/system_clock.hpp"
#include "sync-server/app/commands.hpp"
#include "sync-server/app/examine.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace samsyn {

namespace {

const char* word_of(Finding::Level level) {
    switch (level) {
        case Finding::Level::fine:
            return "ok";
        case Finding::Level::warning:
            return "warning";
        case Finding::Level::error:
            return "error";
    }
    return "error";
}

void print_json(const std::vector<Finding>& findings) {
    auto list = nlohmann::ordered_json::array();
    for (const Finding& finding : findings)
        list.push_back({{"level", word_of(finding.level)},
                        {"exit", static_cast<int>(finding.exit)},
                        {"sentence", finding.sentence}});
    const nlohmann::ordered_json answer{{"findings", list}};
    std::puts(
        answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void print_lines(const std::vector<Finding>& findings) {
    const auto count = [&](Finding::Level level) {
        return static_cast<int>(std::ranges::count(findings, level, &Finding::level));
    };
    for (const Finding& finding : findings)
        std::printf("%-8s %s\n", word_of(finding.level), finding.sentence.c_str());
    std::printf("\n%d errors, %d warnings.\n",
                count(Finding::Level::error),
                count(Finding::Level::warning));
}

}  // namespace

ServerExit run_check(const ConfigSources& sources, const CheckOptions& options) {
    const LoadedConfig loaded = load_config(sources);
    std::vector<Finding> findings;
    for (const ConfigError& error : loaded.errors)
        findings.push_back({Finding::Level::error, error.exit, error.sentence});
    if (loaded.errors.empty())
        findings.push_back({Finding::Level::fine, ServerExit::ok, "The configuration is good."});
    // What was not read says nothing of the folder: the default one is somebody else's question.
    if (loaded.is_read)
        std::ranges::move(examine(loaded.config, SystemClock{}.now()),
                          std::back_inserter(findings));
    options.json ? print_json(findings) : print_lines(findings);
    const auto first = std::ranges::find(findings, Finding::Level::error, &Finding::level);
    return first == findings.end() ? ServerExit::ok : first->exit;
}

}  // namespace samsyn
