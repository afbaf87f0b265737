#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/hex_id.hpp"
#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/proxy_settings.hpp"
#include "client-sdk/agent/server_share.hpp"
#include "client-sdk/agent/unlocking.hpp"
#include "client-sdk/agent/way.hpp"
#include "client-sdk/net/as_result.hpp"
#include "client-sdk/net/backoff.hpp"
#include "client-sdk/net/restricted_link.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cerrno>
#include <csignal>
#include <exception>
#include <sys/socket.h>
#include <typeinfo>
#include <unistd.h>

namespace samsyn {

namespace net = boost::asio;

namespace {

using nlohmann::json;

std::string_view name_of(OrderKind kind, UnsentWork unsent) {
    switch (kind) {
        case OrderKind::lock:
            return "lock";
        case OrderKind::wipe:
            return unsent == UnsentWork::discard ? "wipe_discard" : "wipe";
        case OrderKind::revoke:
            return "revoke";
    }
    return "";
}

/// Keeps the restricted session of a locked device, and hands verified orders to the supervisor:
/// what it answers goes back to the server. Holds no key; the token only names the device.
class Courier final : private RestrictedLink::Listener {
public:
    Courier(UniqueFd channel,
            const std::filesystem::path& folder,
            const FolderConfig& config,
            PinnedFederation pinned,
            UnlockToken token)
        : channel_(io_, channel.release()),
          folder_(folder),
          config_(config),
          pinned_(std::move(pinned)),
          token_(token),
          backoff_(random_, {}),
          reconnect_(io_) {}

    int run() {
        connect();
        net::co_spawn(io_, take_answers(), [this](const std::exception_ptr&) { io_.stop(); });
        io_.run();
        return 0;
    }

private:
    void connect() {
        auto route = route_of(folder_, config_.device.server);
        if (!route) return on_closed(route.error());
        way_ = *route;
        RestrictedLink::Listener& listener = *this;
        link_ = std::make_unique<RestrictedLink>(
            io_,
            config_.device.server,
            RestrictedLink::Ports{
                .session = {.verifier = verifier_, .hasher = hasher_, .random = random_},
                .clock = clock_,
                .proxy = std::move(route->proxy)},
            pinned_,
            RestrictedSession::Request{.token = token_, .make_proof = {}},
            listener);
    }

    void on_accepted() override {
        backoff_.reset();
        failing_since_.reset();
        tell_connection(json{});
    }

    void on_secret(const PinSecret&) override {}

    void on_wrong_pin(std::uint32_t) override {}

    void on_destroyed() override {}

    void on_order(const VerifiedOrder& verified) override {
        const DeviceOrder& order = verified.order;
        const json told = {{"order", name_of(order.kind, order.unsent)},
                           {"statement", to_hex(order.id)}};
        (void)send_with_fd(channel_.native_handle(), to_line(told), -1);  // full: it comes again
    }

    void on_ignored_order(const StatementId& id, const Error& why) override {
        log_line("courier", "not an order: " + to_string(why));
        if (link_) link_->answer_order(id, OrderOutcome::ignored);
    }

    void on_closed(const Error& why) override {
        if (std::exchange(last_, why.code) != why.code) log_line("courier", to_string(why));
        if (!failing_since_) failing_since_ = clock_.now();
        tell_connection(folder_error(why));
        link_.reset();
        reconnect_.expires_after(backoff_.next());
        reconnect_.async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled) connect();
        });
    }

    /// For `agent.status`: how a locked device reaches its server, and why it does not.
    void tell_connection(const json& error) {
        json told;
        told["way"] = way_to_json(way_);
        told["last_error"] = error;
        told["failing_since"] = failing_since_ ? json(to_iso(*failing_since_)) : json{};
        (void)send_with_fd(channel_.native_handle(), to_line({{"connection", told}}), -1);
    }

    /// What the supervisor did about an order; its end is ours.
    net::awaitable<void> take_answers() {
        for (;;) {
            const auto [error] =
                co_await channel_.async_wait(net::posix::stream_descriptor::wait_read, use_result);
            if (error) co_return;
            const auto message = receive_with_fd(channel_.native_handle());
            if (!message || (*message && (**message).closed)) co_return;
            if (*message) answer((**message).bytes);
        }
    }

    void answer(std::string_view text) {
        const auto told = parse_json(text);
        if (!told || !told->is_object() || !link_) return;
        const auto id = id_from_hex<StatementId>(told->value("statement", ""));
        if (!id) return;
        const std::string outcome = told->value("outcome", "");
        link_->answer_order(*id,
                            outcome == "done"          ? OrderOutcome::done
                            : outcome == "keys_erased" ? OrderOutcome::keys_erased
                                                       : OrderOutcome::failed);
    }

    net::io_context io_{1};
    net::posix::stream_descriptor channel_;
    const std::filesystem::path& folder_;
    const FolderConfig& config_;
    PinnedFederation pinned_;
    UnlockToken token_;
    SystemClock clock_;
    SodiumRandom random_;
    SodiumHasher hasher_;
    SodiumVerifier verifier_;
    Backoff backoff_;
    net::steady_timer reconnect_;
    std::unique_ptr<RestrictedLink> link_;
    Route way_;
    std::optional<Instant> failing_since_;
    Errc last_{};
};

/// A device that knows no server waits for the end of its supervisor and does nothing.
int wait_for_the_end(int channel) {
    for (;;) {
        char byte = 0;
        const ssize_t size = ::recv(channel, &byte, 1, 0);
        if (size == 0 || (size < 0 && errno != EINTR)) return 0;
    }
}

Result<int> carry(const std::filesystem::path& folder, UniqueFd& channel) {
    SAMSYN_TRY(start_sodium());
    const FolderConfig config = SAMSYN_TRY(read_config(folder));
    auto pinned = pinned_federation(config);
    if (!pinned) return wait_for_the_end(channel.value());
    PosixVaultFiles files{folder};
    const Argon2id hash;
    const UnlockToken token = SAMSYN_TRY(Vault::open({.files = files, .hash = hash})).token();
    return Courier{std::move(channel), folder, config, std::move(*pinned), token}.run();
}

}  // namespace

int run_courier(const std::filesystem::path& folder) {
    harden_process();
    (void)::signal(SIGPIPE, SIG_IGN);
    UniqueFd channel{child_channel_fd};
    (void)::close_range(child_channel_fd + 1, ~0U, 0);
    try {
        const auto carried = carry(folder, channel);
        if (carried) return *carried;
        log_line("courier", to_string(carried.error()));
    } catch (const std::exception& thrown) {
        log_line("courier", typeid(thrown).name());
    }
    return 1;
}

}  // namespace samsyn
