#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/child_host.hpp"
#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/child_server.hpp"
#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/server_share.hpp"
#include "client-sdk/agent/unlocking.hpp"
#include "crypto/keys/sodium.hpp"

#include <csignal>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <typeinfo>
#include <unistd.h>

namespace samsyn {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

template <class Value>
using Opening = std::expected<Value, UnlockFailure>;

/// A fault of folder, vault or database as the reason to stay locked.
std::unexpected<UnlockFailure> because(const Error& error) {
    return std::unexpected{UnlockFailure{.error = folder_error(error)}};
}

/// Two helpers open it: gives out a request for each and waits for their answers. Ends the process
/// where the supervisor wants something else.
class HelpersDoor {
public:
    HelpersDoor(Vault& vault, const PasswordHash& hash, int channel)
        : vault_(vault),
          hash_(hash),
          channel_(channel) {}

    Opening<UnlockSuccess> open() {
        const auto session = vault_.begin_assisted();
        if (!session) return because({session.error().code, "assisted"});
        const auto shown = requests(*session);
        if (!shown) return because(shown.error());
        tell({{"assisting", {{"requests", *shown}}}});
        for (;;) {
            const json answers = next_answers();
            const auto opened = vault_.unlock_assisted(
                *session, answers.at(0).get<std::string>(), answers.at(1).get<std::string>());
            if (opened) return UnlockSuccess{};
            tell({{"retry", error_to_json(opened.error())}});
        }
    }

private:
    Result<json> requests(const AssistedSession& session) const {
        json list = json::array();
        for (const auto& [kind, name] : {std::pair{HelperKind::case_lead, "case_lead"},
                                         std::pair{HelperKind::administrator, "administrator"}}) {
            const AssistedRequest& request = session.request(kind);
            const std::string number = SAMSYN_TRY(comparison_number(request, hash_));
            list.push_back({{"kind", name}, {"request", to_text(request)}, {"number", number}});
        }
        return list;
    }

    void tell(const json& message) const {
        if (!send_with_fd(channel_, to_line(message), -1)) ::_exit(0);
    }

    /// `{"answers": [text, text]}`; another shape is told so and waited for again.
    json next_answers() const {
        for (;;) {
            pollfd polled{channel_, POLLIN, 0};
            (void)::poll(&polled, 1, -1);
            const auto message = receive_with_fd(channel_);
            if (!message || (*message && (**message).closed)) ::_exit(0);
            if (!*message) continue;
            const auto told = parse_json((**message).bytes);
            json answers = told && told->is_object() ? told->value("answers", json{}) : json{};
            if (answers.is_array() && answers.size() == 2 && answers[0].is_string() &&
                answers[1].is_string())
                return answers;
            tell({{"retry", error_to_json({Errc::invalid_argument, "answers"})}});
        }
    }

    Vault& vault_;
    const PasswordHash& hash_;
    int channel_;
};

/// The folder's vault, opened by what the supervisor says.
Opening<UnlockSuccess> open_vault(Vault& vault,
                                  const PasswordHash& hash,
                                  UnlockMessage message,
                                  const ShareSource& server,
                                  int channel) {
    if (vault.status().state == VaultState::creating)
        return because({Errc::not_found, "enrolment"});
    if (message.with == UnlockWith::assisted) return HelpersDoor{vault, hash, channel}.open();
    return unlock_vault(vault, std::move(message), server);
}

/// The database must know every counter that the server has acknowledged: an older one put back has
/// used them and does not know it.
void check_rollback(Device& device, const Vault& vault) {
    const auto last = device.last_counter();
    if (last && *last < vault.acknowledged_counter())
        device.make_read_only({Errc::counter_reused, "an older copy of the database"});
}

/// Serves until it is to end, and leaves the folder as an order wants it.
int serve(std::unique_ptr<OpenedDevice> opened, const ChildHost::Parts& parts, UniqueFd& channel) {
    int status = 0;
    std::string why;
    bool erases = false;
    {
        ChildHost host{parts};
        UniqueFd last_word{::fcntl(channel.value(), F_DUPFD_CLOEXEC, 0)};
        status = serve_child(std::move(channel), host.services());
        channel = std::move(last_word);
        host.close();
        why = host.why();
        erases = host.orders().erases_data();
    }
    opened.reset();  // the database is closed before it is erased
    if (erases)
        if (const auto erased = erase_data(parts.folder); !erased)
            log_line("child", "order: " + to_string(erased.error()));
    if (!why.empty()) ask_to_lock(channel.value(), why);
    return status;
}

/// Opens everything and serves. Only a reason to stay locked is returned as one.
Opening<int> unlock_and_serve(const std::filesystem::path& folder, UniqueFd& channel) {
    if (const auto started = start_sodium(); !started) return because(started.error());
    auto message = receive_unlock(channel.value(), 10s);
    if (!message) return because(message.error());
    if (const auto there = check_folder(folder); !there) return because(there.error());
    auto config = read_config(folder);
    if (!config) return because(config.error());

    PosixVaultFiles files{folder};
    const Argon2id hash;
    auto vault = Vault::open({.files = files, .hash = hash});
    if (!vault) return because({vault.error().code, "vault"});
    auto success = open_vault(
        *vault, hash, std::move(*message), server_share(folder, *config), channel.value());
    if (!success) return std::unexpected{std::move(success.error())};
    if (success->share) (void)send_share(channel.value(), *success->share);
    success->share.reset();

    auto opened =
        OpenedDevice::open(folder, config->device, vault->contents(), DatabaseMode::existing);
    if (!opened) return because(opened.error());
    check_rollback((*opened)->device(), *vault);
    const ChildHost::Parts parts{.folder = folder,
                                 .config = *config,
                                 .vault = *vault,
                                 .hash = hash,
                                 .opened = **opened,
                                 .channel = channel.value()};
    return serve(std::move(*opened), parts, channel);
}

}  // namespace

int run_child(const std::filesystem::path& folder) {
    harden_process();
    (void)::signal(SIGPIPE, SIG_IGN);
    UniqueFd channel{child_channel_fd};
    (void)::close_range(child_channel_fd + 1, ~0U, 0);  // the supervisor has none for it anyway
    try {
        const auto served = unlock_and_serve(folder, channel);
        if (served) return *served;
        log_line("child", served.error().error.value("message", ""));
        report_failed_start(
            channel.value(),
            served.error().error,
            served.error().drop_share ? json::object({{"drop_share", true}}) : json::object());
    } catch (const std::exception& thrown) {
        log_line("child", typeid(thrown).name());  // its text might quote content
    }
    return 1;
}

}  // namespace samsyn
