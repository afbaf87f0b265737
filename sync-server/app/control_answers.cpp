#include "sync-server/app/control_answers.hpp"

#include "core/base/system_clock.hpp"
#include "core/wire/log_rows.hpp"
#include "sync-server/app/restoring.hpp"
#include "sync-server/app/unfinished.hpp"
#include "sync-server/hub/restored.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

using json = nlohmann::ordered_json;
using nlohmann::ordered_json;

constexpr unsigned log_rows_shown_max = 200;
constexpr std::uint64_t log_rows_in_step = 1'000;  // of the hub's time
constexpr std::uint64_t log_rows_searched_max = 1'000'000;

constexpr std::array entry_names{"statements", "key_packets", "supplements", "batches", "escrow"};

std::unexpected<Failure> unreadable(const Error& error) {
    return give_up(ServerExit::damaged, "The database cannot be read: " + to_string(error) + ".");
}

/// Runs `body` on the storage's thread and gives back what it found.
template <class Body>
auto found_at_rest(const AdminPorts& ports, Body body)
    -> Fallible<typename std::invoke_result_t<Body>::value_type> {
    std::optional<std::invoke_result_t<Body>> found;
    if (!ports.at_rest([&] { found.emplace(body()); }))
        return give_up(ServerExit::failed, "The server is stopping.");
    if (!*found) return unreadable(found->error());
    return **std::move(found);
}

/// What a row says, without saying about whom: a case, a unit or a label beside a device would tell
/// the administrator of a server who works with which family.
struct RowWords {
    ordered_json& line;

    void operator()(const RowAccepted& act) const {
        line["what"] = "accepted";
        line["kind"] = entry_names.at(
            std::min<std::size_t>(static_cast<std::size_t>(act.kind), entry_names.size() - 1));
        if (act.statement_kind != 0) line["statement_kind"] = act.statement_kind;
    }

    void operator()(const RowDelivered& act) const {
        line["what"] = "delivered";
        line["entries"] = act.count;
    }

    void operator()(const RowWithdrawn&) const { line["what"] = "withdrawn"; }

    void operator()(const RowRefused& act) const {
        line["what"] = "refused";
        line["why"] = name_of(act.why);
    }

    void operator()(const RowRead&) const { line["what"] = "read"; }

    void operator()(const RowChainBroken&) const { line["what"] = "read_chain_broken"; }

    void operator()(const RowQueried&) const { line["what"] = "log_queried"; }

    void operator()(const RowAttachment& act) const {
        line["what"] = act.delivered ? "attachment_delivered" : "attachment_taken";
    }
};

bool is_admin_act(const LogRow& row) {
    const auto* const accepted = std::get_if<RowAccepted>(&row.act);
    const auto* const stream =
        accepted == nullptr ? nullptr : std::get_if<Stream>(&accepted->channel.name);
    return stream != nullptr && stream->kind == StreamKind::federation;
}

/// Adds rows below `below` to `lines` and returns the number of the last one looked at.
Result<std::uint64_t> add_rows(
    Storage& storage, std::uint64_t below, unsigned count, bool everything, ordered_json& lines) {
    const std::uint64_t last = below > log_rows_in_step ? below - log_rows_in_step : 0;
    while (below > last && lines.size() < count) {
        const Bytes bytes = SAMSYN_TRY(storage.log().row(--below));
        const LogRow row = SAMSYN_TRY(decode_log_row(bytes));
        if (!everything && !is_admin_act(row)) continue;
        ordered_json line{{"row", below}, {"time", to_iso(row.at)}};
        std::visit(RowWords{line}, row.act);
        lines.push_back(std::move(line));
    }
    return below;
}

Result<ordered_json> read_status(Storage& storage, const FederationId& federation) {
    ordered_json answer;
    for (std::size_t i = 0; i < entry_names.size(); ++i)
        answer[entry_names[i]] = SAMSYN_TRY(storage.count(static_cast<EntryKind>(i)));
    const auto tree = SAMSYN_TRY(storage.log().tree());
    answer["log_rows"] = tree ? tree->size : 0;
    answer["log_root"] = tree ? to_hex(tree->root) : "";
    answer["backed_up_rows"] = SAMSYN_TRY(backed_up_rows(storage));
    const auto request = SAMSYN_TRY(waiting_request(storage, federation));
    answer["restored_not_confirmed"] = request.has_value();
    if (request) answer["request"] = to_text(*request);
    return answer;
}

/// What of a backup did not go as it should, as sentences.
std::string warning_of(const BackupMade& made) {
    std::string warning;
    if (!made.noted)
        warning =
            "The database could not be told of it: tablets keep what it holds until the next "
            "backup.";
    if (made.keys.why_kept.empty()) return warning;
    warning.append(warning.empty() ? "" : " ");
    if (!made.keys.kept.empty()) {
        warning += "Keys that are overdue were not destroyed:";
        for (const std::string& month : made.keys.kept) warning.append(" ").append(month);
        warning += ". ";
    }
    return warning + made.keys.why_kept;
}

}  // namespace

ordered_json facts_to_json(const StorageFacts& facts) {
    ordered_json answer;
    for (std::size_t i = 0; i < entry_names.size(); ++i) answer[entry_names[i]] = facts.entries[i];
    answer["log_rows"] = facts.tree.size;
    answer["log_root"] = to_hex(facts.tree.root);
    answer["life"] = to_hex(facts.incarnation);
    return answer;
}

Fallible<ordered_json> status_answer(const AdminPorts& ports) {
    const DataFolder folder = SAMSYN_TRY(open_data_folder(ports.data));
    ordered_json answer{{"federation", to_hex(folder.federation)},
                        {"server_key", to_hex(folder.identity.public_key())},
                        {"running", ports.running != nullptr}};
    answer.update(SAMSYN_TRY(
        found_at_rest(ports, [&] { return read_status(ports.storage, folder.federation); })));
    return answer;
}

Fallible<ordered_json> log_answer(const AdminPorts& ports, unsigned count, bool everything) {
    using Tree = std::optional<TreeHead>;
    const Tree tree = SAMSYN_TRY(
        found_at_rest(ports, [&]() -> Result<Tree> { return ports.storage.log().tree(); }));
    std::uint64_t below = tree ? tree->size : 0;
    const std::uint64_t least = below > log_rows_searched_max ? below - log_rows_searched_max : 0;
    ordered_json lines = ordered_json::array();
    count = std::min(count, log_rows_shown_max);
    while (below > least && lines.size() < count)
        below = SAMSYN_TRY(found_at_rest(
            ports, [&] { return add_rows(ports.storage, below, count, everything, lines); }));
    return ordered_json{{"log_rows", tree ? tree->size : 0}, {"rows", std::move(lines)}};
}

Fallible<ordered_json> backup_answer(const AdminPorts& ports,
                                     const BackupRequest& request,
                                     const JobProgress& progress) {
    std::unique_lock<std::mutex> alone;
    if (ports.running) alone = std::unique_lock{ports.running->one_backup};
    const BackupMade made = SAMSYN_TRY(make_backup({.storage = ports.storage,
                                                    .at_rest = ports.at_rest,
                                                    .data = ports.data,
                                                    .to = request.to,
                                                    .keys = request.keys,
                                                    .period = request.period,
                                                    .now = request.now,
                                                    .progress = progress}));
    if (ports.running && ports.running->on_backup) ports.running->on_backup(made.manifest.time);
    ordered_json answer{{"backup", request.to.string()},
                        {"key", made.manifest.month},
                        {"time", to_iso(made.manifest.time)}};
    answer.update(facts_to_json(made.manifest.facts));
    answer["noted"] = made.noted;
    answer["destroyed_keys"] = made.keys.destroyed;
    answer["overdue_keys"] = made.keys.kept;
    answer["warning"] = warning_of(made);
    return answer;
}

Fallible<ordered_json> verify_answer(const AdminPorts& ports, const JobProgress& progress) {
    if (!ports.running)
        return facts_to_json(
            SAMSYN_TRY(look_at_storage(ports.storage, ports.federation, progress)));
    const UnfinishedFolder beside = SAMSYN_TRY(UnfinishedFolder::make(ports.data));
    const auto key = Secret<database_key_size>::random();
    SodiumPageCipher pages = page_cipher_from(key.expose());
    SAMSYN_TRY(copy_storage(ports.storage, ports.at_rest, beside.path(), pages, progress));
    const auto copy = SAMSYN_TRY(open_database(beside.path(), pages, DatabaseMode::existing));
    return facts_to_json(SAMSYN_TRY(look_at_storage(*copy, ports.federation, progress)));
}

namespace {

/// The members of a request, none where it has none of that type.
class RequestReader {
public:
    explicit RequestReader(const json& request) : request_(request) {}

    std::string text(const char* key) const {
        const auto found = request_.find(key);
        return found != request_.end() && found->is_string() ? found->get<std::string>() : "";
    }

    std::optional<std::uint64_t> number(const char* key) const {
        const auto found = request_.find(key);
        if (found == request_.end() || !found->is_number_unsigned()) return std::nullopt;
        return found->get<std::uint64_t>();
    }

    bool flag(const char* key) const {
        const auto found = request_.find(key);
        return found != request_.end() && found->is_boolean() && found->get<bool>();
    }

private:
    const json& request_;
};

std::unexpected<Failure> not_of_ours() {
    return give_up(ServerExit::usage, "Not a request of ours.");
}

Fallible<ordered_json> answer_log(const AdminPorts& ports, const RequestReader& request) {
    const std::uint64_t count =
        std::min<std::uint64_t>(request.number("count").value_or(20), log_rows_shown_max);
    return log_answer(ports, static_cast<unsigned>(count), request.flag("everything"));
}

Fallible<ordered_json> answer_backup(const AdminPorts& ports,
                                     const RequestReader& request,
                                     const JobProgress& progress) {
    const auto period = request.number("period_ms");
    if (request.text("to").empty() || request.text("keys").empty() || !period) return not_of_ours();
    const auto least = static_cast<std::uint64_t>(backup_period_least.count());
    const auto most = static_cast<std::uint64_t>(backup_period_most.count());
    if (*period < least || *period > most)
        return give_up(ServerExit::usage, "The period for keys of backups is out of bounds.");
    return backup_answer(ports,
                         {.to = request.text("to"),
                          .keys = request.text("keys"),
                          .period = std::chrono::milliseconds{*period},
                          .now = SystemClock{}.now()},
                         progress);
}

ControlHandler control_handler(AdminPorts ports) {
    return [ports = std::move(ports)](const json& asked,
                                      const ControlProgress& tell) -> Fallible<ordered_json> {
        const JobProgress progress =
            [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
                tell(json{{"what", what}, {"done", done}, {"total", total}});
                return !ports.running->stopping;
            };
        const RequestReader request{asked};
        const std::string command = request.text("command");
        if (command == "status") return status_answer(ports);
        if (command == "log") return answer_log(ports, request);
        if (command == "verify") return verify_answer(ports, progress);
        if (command == "backup") return answer_backup(ports, request, progress);
        return not_of_ours();
    };
}

}  // namespace

AdminPorts running_ports(Storage& storage,
                         Server& server,
                         const FederationId& federation,
                         const std::filesystem::path& data) {
    const AtRest at_rest = [&server](const std::function<void()>& task) {
        return server.between_groups(task);
    };
    auto running = std::make_shared<RunningServer>();
    running->on_backup = [&server](Instant at) {
        server.metrics().set_last_backup(std::chrono::floor<std::chrono::seconds>(at));
    };
    return {storage, at_rest, data, federation, std::move(running)};
}

Fallible<std::unique_ptr<ControlSocket>> open_control(const AdminPorts& running) {
    auto socket = SAMSYN_TRY(ControlSocket::open(running.data, control_handler(running)));
    socket->on_stop([shared = running.running] { shared->stopping = true; });
    return socket;
}

Fallible<BackupSaid> scheduled_backup(const AdminPorts& running, const BackupRequest& request) {
    const auto goes_on = [&](std::string_view, std::uint64_t, std::uint64_t) {
        return !running.running->stopping;
    };
    const ordered_json made = SAMSYN_TRY(backup_answer(running, request, goes_on));
    BackupSaid said{"opens with the key of " + made.value("key", ""), made.value("warning", "")};
    for (const auto& month : made["destroyed_keys"])
        said.made += "; destruction complete: " + month.get<std::string>();
    return said;
}

}  // namespace samsyn
