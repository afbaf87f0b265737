#include "client-sdk/agent/child_host.hpp"

#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/hex_id.hpp"
#include "client-sdk/agent/idle_timer.hpp"
#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/live_operation.hpp"
#include "client-sdk/agent/proxy_settings.hpp"
#include "client-sdk/agent/unlocking.hpp"

#include <algorithm>
#include <chrono>

namespace samsyn {

namespace {

using nlohmann::json;

void tell(int channel, const json& message) {
    (void)send_with_fd(channel, to_line(message), -1);  // a supervisor that is gone needs nothing
}

}  // namespace

ChildHost::ChildHost(Parts parts)
    : parts_(parts),
      operations_(parts.opened.device()),
      on_vault_(parts.vault, parts.hash, parts.opened.device()),
      pins_(parts.vault,
            {.drop = [channel = parts.channel] { tell(channel, {{"drop_share", true}}); },
             .keep = [channel = parts.channel](
                         const ServerShare& share) { (void)send_share(channel, share); }}),
      orders_(parts.vault, parts.opened.device(), &time_since_boot) {}

ChildServices ChildHost::services() {
    const Device::Ports ports = parts_.opened.ports();
    return {
        .run = [this](std::string_view operation,
                      const json& args) { return run(operation, args); },
        .writes =
            [](std::string_view operation) {
                return Operations::writes(operation) || VaultOperations::writes(operation) ||
                       operation == "admin.server";
            },
        .run_long =
            [this](std::string_view operation, const json& args, const ChildServices::Tell& tell) {
                return run_long(operation, args, tell);
            },
        .open_live = [this](const std::string& operation,
                            const json& args) { return open_live(operation, args); },
        .describe = &folder_error,
        .server = [this] { return parts_.config.device.server; },
        .link = {.ledger = parts_.opened.device(),
                 .random = ports.random,
                 .verifier = ports.verifier,
                 .clock = ports.clock,
                 .keeper = &pins_},
        .route = [this](const std::string& server) { return route_of(parts_.folder, server); },
        .opened = to_json(parts_.vault.status()),
        .idle_max = [this] { return on_vault_.idle_max(); },
        .on_event = [this](const json& event) { return hear(event); }};
}

json ChildHost::run(std::string_view operation, const json& args) {
    if (auto answer = on_vault_.run(operation, args)) return *std::move(answer);
    if (operation == "admin.server") {
        auto taken = take_server(args);
        if (taken) return ok_answer(*std::move(taken));
        return json::object({{"ok", false}, {"error", error_to_json(taken.error())}});
    }
    json answer = operations_.run(operation, args);
    const bool ok = answer.value("ok", false);
    if (ok && operation == "status") answer["result"]["vault"] = to_json(parts_.vault.status());
    if (ok && Operations::writes(operation)) note_sent(false);
    return answer;
}

std::optional<json> ChildHost::run_long(std::string_view operation,
                                        const json& args,
                                        const ChildServices::Tell& tell) {
    if (operation != "rekey") return std::nullopt;
    auto done = rekey(args, tell);
    if (done) return ok_answer(*std::move(done));
    return json::object({{"ok", false}, {"error", error_to_json(done.error())}});
}

Result<LiveSource> ChildHost::open_live(const std::string& operation, const json& args) {
    LiveOperation opened = SAMSYN_TRY(LiveOperation::open(operations_, operation, args));
    return [live = std::make_shared<LiveOperation>(std::move(opened))] { return live->run(); };
}

/// Whoever asked for it stops it by going away: nothing has changed then.
Result<json> ChildHost::rekey(const json& args, const ChildServices::Tell& tell) {
    constexpr std::chrono::milliseconds pause{100};
    if (!args.empty()) return fail(Errc::invalid_argument, "args");
    std::uint64_t rows = 0;
    std::chrono::steady_clock::time_point next{};
    const auto progress = [&](std::uint64_t done, std::uint64_t total) -> Result<void> {
        rows = total;
        const auto now = std::chrono::steady_clock::now();
        if (now < next && done < total) return {};
        next = now + pause;
        const json event = {
            {"event", "progress"}, {"op", "rekey"}, {"done", done}, {"total", total}};
        if (!tell(event)) return fail(Errc::link_lost, "rekey: its caller is gone");
        return {};
    };
    SAMSYN_TRY(parts_.opened.rekey(parts_.folder, parts_.vault, progress));
    return json::object({{"rows", rows}});
}

/// The administrator's machine learns its server, by the root's statement about it.
Result<json> ChildHost::take_server(const json& args) {
    const auto statement = from_hex(args.value("statement", ""));
    const auto key = id_from_hex<SigningPublicKey>(args.value("key", ""));
    if (!statement || !key) return fail(Errc::invalid_argument, "statement or key");
    FolderConfig changed = parts_.config;
    changed.device.server = args.value("address", "");
    changed.device.server_key = *key;
    Device& device = parts_.opened.device();
    SAMSYN_TRY(device.import_statement(*statement));
    SAMSYN_TRY(save_config(parts_.folder, changed));
    device.change_server(changed.device.server, changed.device.server_key);
    parts_.config = changed;
    note_sent(false);
    return json::object({{"server", changed.device.server}});
}

/// False where this process has to end.
bool ChildHost::hear(const json& event) {
    const std::string kind = event.value("event", "");
    if (kind == "answered" || kind == "refused")
        greatest_counter_ = std::max(greatest_counter_, event.value("counter", std::uint64_t{0}));
    if (kind == "connection") {
        pins_.on_session();
        save_counter();
    }
    if (kind == "synced") {
        note_sent(orders_.is_all_sent());
        save_counter();
        keep_helpers();
        keep_organisation();
    }
    if (kind == "answered" || (kind == "tick" && !orders_.deadline())) return true;
    if (!obey()) return false;
    // A revoked device hears nothing more in a session; locked, the courier is given the order.
    const json error = event.value("error", json::object());
    if (error.is_object() && error.value("code", "") == "revoked_device") why_ = "revoked";
    return why_.empty();
}

/// False where an order ends this process.
bool ChildHost::obey() {
    if (!orders_.look()) return true;
    why_ = orders_.why();
    if (why_ != "order: lock") tell(parts_.channel, {{"drop_share", true}});
    return false;
}

/// The supervisor is to know, once this process is gone, whether a wipe would lose anything.
void ChildHost::note_sent(bool all_sent) {
    if (all_sent_ == all_sent) return;
    all_sent_ = all_sent;
    tell(parts_.channel, {{"all_sent", all_sent}});
}

/// Seals the assisted slot anew where the helpers, or their keys, have changed. Where one kind is
/// missing an old slot stays: it is better than none.
void ChildHost::keep_helpers() {
    Vault& vault = parts_.vault;
    Device& device = parts_.opened.device();
    const Device::AssistedHelpers helpers = device.assisted_helpers();
    if (helpers.case_leads.empty() || helpers.administrators.empty()) return;
    const auto sealed_for = [&](HelperKind kind) {
        auto recipients = vault.assisted_recipients(kind);
        std::ranges::sort(recipients);
        return recipients;
    };
    if (sealed_for(HelperKind::case_lead) == helpers.case_leads &&
        sealed_for(HelperKind::administrator) == helpers.administrators)
        return;
    const auto sealed =
        vault.seal_assisted(device.device(), helpers.case_leads, helpers.administrators);
    if (!sealed) log_line("child", "assisted slot: " + to_string(sealed.error()));
}

/// What the locked device must know to verify an order.
void ChildHost::keep_organisation() {
    const auto organisation = parts_.opened.device().own_organisation();
    if (!organisation || parts_.config.organisation == organisation) return;
    FolderConfig changed = parts_.config;
    changed.organisation = organisation;
    if (const auto saved = save_config(parts_.folder, changed); saved)
        parts_.config = changed;
    else
        log_line("child", "config.json: " + to_string(saved.error()));
}

/// Not at each answer: that would be two more writes to the disk for each.
void ChildHost::save_counter() {
    if (greatest_counter_ <= parts_.vault.acknowledged_counter()) return;
    if (const auto saved = parts_.vault.acknowledge_counter(greatest_counter_); !saved)
        log_line("child", "vault: " + to_string(saved.error()));
}

void ChildHost::close() {
    save_counter();
}

}  // namespace samsyn
