#include "core/base/system_clock.hpp"
#include "sync-server/app/admin_shell.hpp"
#include "sync-server/app/backup_schedule.hpp"

#include <cstdio>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

void show_backup(const nlohmann::ordered_json& made) {
    std::printf("Backed up and looked at: %s\n", made.value("backup", "").c_str());
    std::printf("It opens with the key of %s. Keep the key folder apart from the backups.\n",
                made.value("key", "").c_str());
    std::printf("Access log: %llu rows\n",
                static_cast<unsigned long long>(made.value("log_rows", std::uint64_t{0})));
    for (const auto& month : made["destroyed_keys"])
        std::printf("destruction complete: what was backed up in %s can be read by nobody\n",
                    month.get<std::string>().c_str());
    if (const std::string warning = made.value("warning", ""); !warning.empty())
        std::printf("Warning: %s\n", warning.c_str());
}

}  // namespace

Fallible<void> run_backup(const BackupOptions& options) {
    if (options.to.empty() && options.folder.empty())
        return give_up(ServerExit::usage,
                       "Where to? Give --to FILE, or a folder as backup.folder in the "
                       "configuration.");
    const Instant now = SystemClock{}.now();
    // The running server has a working folder of its own.
    std::error_code ec;
    const fs::path to =
        fs::absolute(options.to.empty() ? options.folder / backup_name(now) : options.to, ec)
            .lexically_normal();
    const fs::path keys = fs::absolute(options.keys, ec).lexically_normal();
    const nlohmann::ordered_json request{
        {"command", "backup"},
        {"to", to.string()},
        {"keys", keys.string()},
        {"period_ms", static_cast<std::uint64_t>(options.period.count())}};
    const auto made = SAMSYN_TRY(ask_or_open(options.admin, request, [&](const AdminPorts& ports) {
        return backup_answer(ports, {to, keys, options.period, now}, &tell_progress);
    }));
    if (options.admin.json)
        show_answer(made, true);
    else
        show_backup(made);
    return {};
}

}  // namespace samsyn
