// The supervisor as `samsyn agent` runs it: it knows the folder's vault, locked.

#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/hex_id.hpp"
#include "client-sdk/agent/proxy_settings.hpp"
#include "client-sdk/agent/unlocking.hpp"
#include "client-sdk/agent/vault_operations.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

/// The vault is read anew each time: the child changes it.
Result<Vault> locked_vault(VaultFiles& files) {
    static const Argon2id hash;
    return Vault::open({.files = files, .hash = hash});
}

json facts_of(const std::filesystem::path& folder) {
    if (const auto there = check_folder(folder); !there)
        return {{"error", folder_error(there.error())}};
    PosixVaultFiles files{folder};
    const auto vault = locked_vault(files);
    if (!vault) return {{"error", folder_error({vault.error().code, "vault"})}};
    return to_json(vault->status());
}

bool is_done(const std::filesystem::path& folder, const std::string& statement) {
    const auto id = id_from_hex<StatementId>(statement);
    if (!id) return false;
    PosixVaultFiles files{folder};
    const auto vault = locked_vault(files);
    return vault && vault->is_order_done(*id);
}

Result<std::string> obey_order(const std::filesystem::path& folder,
                               const std::string& kind,
                               const StatementId& statement,
                               bool all_sent) {
    PosixVaultFiles files{folder};
    Vault vault = SAMSYN_TRY(locked_vault(files));
    const bool wipes = kind == "wipe" || kind == "wipe_discard";
    if (!vault.is_order_done(statement)) {
        if (wipes || kind == "revoke") SAMSYN_TRY(vault.erase_unlocking_slots());
        if (kind == "wipe_discard" || (kind == "wipe" && all_sent)) SAMSYN_TRY(erase_data(folder));
        SAMSYN_TRY(vault.mark_order_done(statement));
    }
    const bool keeps_file = wipes ? !look_into(folder).wiped : kind == "revoke";
    return std::string{keeps_file ? "keys_erased" : "done"};
}

std::string obey(const std::filesystem::path& folder,
                 const std::string& kind,
                 const std::string& statement,
                 bool all_sent) {
    const auto id = id_from_hex<StatementId>(statement);
    if (!id) return "failed";
    const auto done = obey_order(folder, kind, *id, all_sent);
    if (done) return *done;
    log_line("supervisor", "order " + kind + ": " + to_string(done.error()));
    return "failed";
}

}  // namespace

int run_agent(const std::filesystem::path& folder) {
    SupervisorOptions options;
    options.locked_folder = {
        .facts = [folder] { return facts_of(folder); },
        .is_done = [folder](const std::string& statement) { return is_done(folder, statement); },
        .obey = [folder](const std::string& kind,
                         const std::string& statement,
                         bool all_sent) { return obey(folder, kind, statement, all_sent); },
        .proxy = [folder](
                     std::string_view operation,
                     const json& args) { return serve_proxy_operation(folder, operation, args); }};
    return run_supervisor(folder, options);
}

}  // namespace samsyn
