#include "sync-server/app/admin_shell.hpp"

#include <cstdio>

namespace samsyn {

Fallible<void> run_log(const LogOptions& options) {
    const nlohmann::ordered_json request{
        {"command", "log"}, {"count", options.count}, {"everything", options.everything}};
    const auto answer =
        SAMSYN_TRY(ask_or_open(options.admin, request, [&](const AdminPorts& ports) {
            return log_answer(ports, options.count, options.everything);
        }));
    if (options.admin.json) {
        show_answer(answer, true);
        return {};
    }
    for (const auto& row : answer["rows"]) {
        std::printf("%8llu  %s  %s",
                    static_cast<unsigned long long>(row.value("row", std::uint64_t{0})),
                    row.value("time", "").c_str(),
                    row.value("what", "").c_str());
        for (const char* const more : {"kind", "statement_kind", "entries", "why"})
            if (row.contains(more)) {
                const auto& value = row[more];
                std::printf(
                    "  %s %s",
                    more,
                    value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
            }
        std::putchar('\n');
    }
    return {};
}

}  // namespace samsyn
