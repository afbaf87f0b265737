#include "client-sdk/agent/child_server.hpp"

#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/idle_timer.hpp"
#include "client-sdk/agent/line_connection.hpp"
#include "client-sdk/agent/sync_service.hpp"
#include "client-sdk/net/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <set>
#include <unistd.h>

namespace samsyn {

namespace net = boost::asio;

namespace {

using nlohmann::json;

constexpr std::chrono::seconds tick_pause{5};

/// Is there a person behind it? What scripts and screens ask by themselves does not keep a tablet
/// unlocked that somebody left on a table.
bool is_activity(std::string_view operation) {
    constexpr std::string_view by_itself[] = {
        "ping", "watch", "status", "sync", "sync.follow", "sync.stop"};
    return std::ranges::find(by_itself, operation) == std::end(by_itself);
}

/// The child's one thread: connections, operations, and the link to the server.
class ChildServer {
public:
    ChildServer(UniqueFd channel, ChildServices services, ChildLimits limits);

    int run();

private:
    net::awaitable<void> take_connections();
    void take_connection(ChannelMessage message);
    void on_request(LineConnection& caller, const AgentRequest& request);
    bool serve_connection_operation(LineConnection& caller, const AgentRequest& request);
    void sync(LineConnection& caller, const AgentRequest& request);
    Result<void> open_live(LineConnection& caller, const AgentRequest& request);
    void run_operation(LineConnection& caller, const AgentRequest& request);
    json error(const Error& error) const;
    void emit(const json& event);
    void read_idle_limit();
    void on_idle();
    void tell_host(const json& event);
    void wait_for_tick();

    net::io_context io_{1};
    net::posix::stream_descriptor channel_;
    net::signal_set signals_;
    ChildServices services_;
    ChildLimits limits_;
    std::set<std::shared_ptr<LineConnection>> connections_;
    IdleTimer idle_;
    LiveQueries live_;
    net::steady_timer tick_;
    SyncService sync_;  // last: its link must not outlive what it calls
};

ChildServer::ChildServer(UniqueFd channel, ChildServices services, ChildLimits limits)
    : channel_(io_, channel.release()),
      signals_(io_, SIGTERM, SIGINT),
      services_(std::move(services)),
      limits_(limits),
      idle_({.io = io_, .on_idle = [this] { on_idle(); }}),
      live_(io_),
      tick_(io_),
      sync_(SyncService::Parts{.io = io_,
                               .link = services_.link,
                               .server = services_.server,
                               .describe = services_.describe,
                               .emit = [this](const json& event) { emit(event); },
                               .route = services_.route}) {}

int ChildServer::run() {
    signals_.async_wait([this](const boost::system::error_code&, int) { io_.stop(); });
    net::co_spawn(io_, take_connections(), [this](const std::exception_ptr& thrown) {
        if (thrown) log_line("child", "out of memory");
        io_.stop();  // without a supervisor there is nobody to serve
    });
    const json serving = {{"serving", true}, {"opened", services_.opened}};
    if (!send_with_fd(channel_.native_handle(), to_line(serving), -1)) return 1;
    read_idle_limit();
    wait_for_tick();
    io_.run();
    return 0;
}

net::awaitable<void> ChildServer::take_connections() {
    for (;;) {
        const auto [error] =
            co_await channel_.async_wait(net::posix::stream_descriptor::wait_read, use_result);
        if (error) co_return;
        auto received = receive_with_fd(channel_.native_handle());
        if (!received || (*received && (**received).closed)) co_return;
        if (*received) take_connection(std::move(**received));
    }
}

void ChildServer::take_connection(ChannelMessage message) {
    if (!message.fd) return;
    const bool full = connections_.size() >= limits_.connections_max;
    LineConnection::Events events{
        [this](LineConnection& caller, const AgentRequest& request) {
            on_request(caller, request);
        },
        [this](LineConnection& gone) { connections_.erase(gone.shared_from_this()); }};
    if (full)
        events.on_request = [this](LineConnection& caller, const AgentRequest& request) {
            caller.answer(request.id, error({Errc::limit_exceeded, "connections of the agent"}));
            caller.refuse_more();
        };
    auto connection =
        std::make_shared<LineConnection>(io_, limits_.queued_bytes_max, std::move(events));
    if (!full) connections_.insert(connection);
    const auto started = connection->start(std::move(message.fd), message.bytes);
    if (!started) {
        log_line("child", to_string(started.error()));
        connections_.erase(connection);
    }
}

void ChildServer::read_idle_limit() {
    idle_.limit(services_.idle_max ? services_.idle_max() : std::nullopt);
}

void ChildServer::tell_host(const json& event) {
    if (services_.on_event && !services_.on_event(event)) io_.stop();
}

void ChildServer::wait_for_tick() {
    tick_.expires_after(tick_pause);
    tick_.async_wait([this](const boost::system::error_code& cancelled) {
        if (cancelled) return;
        tell_host({{"event", "tick"}});
        live_.changed();  // time alone ends what may be shown
        wait_for_tick();
    });
}

void ChildServer::on_idle() {
    log_line("child", "nobody asked for anything: locks");
    ask_to_lock(channel_.native_handle(), "idle");
    io_.stop();  // ends by itself, whatever the supervisor does
}

void ChildServer::on_request(LineConnection& caller, const AgentRequest& request) {
    if (is_activity(request.operation)) idle_.touch();
    if (!serve_connection_operation(caller, request)) run_operation(caller, request);
}

/// The operations that are about the connection, not about the device.
bool ChildServer::serve_connection_operation(LineConnection& caller, const AgentRequest& request) {
    const std::string_view operation = request.operation;
    if (operation == "ping") {
        caller.answer(request.id, ok_answer({{"pid", ::getpid()}}));
    } else if (operation == "watch") {
        caller.watching = true;
        caller.answer(request.id, ok_answer({{"connection", sync_.connection()}}));
    } else if (operation == "live") {
        const auto opened = open_live(caller, request);
        caller.answer(request.id,
                      opened ? ok_answer({{"live", request.id}}) : error(opened.error()));
    } else if (operation == "sync") {
        sync(caller, request);
    } else if (operation == "sync.follow") {
        sync_.follow();
        caller.answer(request.id, ok_answer({{"connection", sync_.connection()}}));
    } else if (operation == "sync.stop") {
        sync_.stop_following();
        caller.answer(request.id, ok_answer({{"connection", sync_.connection()}}));
    } else if (is_supervisors(operation)) {
        caller.answer(request.id,
                      error({Errc::unexpected_message, "ask for this on a connection of its own"}));
    } else {
        return false;
    }
    return true;
}

void ChildServer::sync(LineConnection& caller, const AgentRequest& request) {
    if (sync_.waiting() >= limits_.waiting_syncs_max) {
        caller.answer(request.id, error({Errc::rate_limited, "callers of sync"}));
        return;
    }
    caller.expect_answer();
    sync_.sync([this, asker = caller.weak_from_this(), id = request.id](const Result<void>& done) {
        const auto connection = asker.lock();
        if (!connection) return;
        connection->answer_expected(id, done ? ok_answer({{"synced", true}}) : error(done.error()));
    });
}

/// `args`: the operation and its own arguments. Its events carry the id of this request.
Result<void> ChildServer::open_live(LineConnection& caller, const AgentRequest& request) {
    const json& args = request.args;
    if (!services_.open_live || !args.is_object() || !args.contains("op") ||
        !args["op"].is_string())
        return fail(Errc::invalid_argument, "op");
    for (const auto& [key, value] : args.items())
        if (key != "op" && key != "args") return fail(Errc::invalid_argument, key);
    auto source = SAMSYN_TRY(
        services_.open_live(args["op"].get<std::string>(), args.value("args", json::object())));
    return live_.add(caller.weak_from_this(), request.id, std::move(source));
}

void ChildServer::run_operation(LineConnection& caller, const AgentRequest& request) {
    const auto tell = [&](const json& event) { return caller.tell_now(to_line(event)); };
    auto of_long = services_.run_long ? services_.run_long(request.operation, request.args, tell)
                                      : std::optional<json>{};
    json answer = of_long ? *std::move(of_long) : services_.run(request.operation, request.args);
    const bool ok = answer.is_object() && answer.value("ok", false);
    if (ok && request.operation == "status") answer["result"]["connection"] = sync_.connection();
    caller.answer(request.id, std::move(answer));
    if (!ok || !services_.writes(request.operation)) return;
    read_idle_limit();  // it may be what was written
    emit({{"event", "changed"}});
    sync_.poke();
}

json ChildServer::error(const Error& error) const {
    return {{"ok", false}, {"error", services_.describe(error)}};
}

void ChildServer::emit(const json& event) {
    tell_host(event);
    const std::string line = to_line(event);
    const auto all = connections_;  // a slow one is closed, and so erased, meanwhile
    for (const auto& connection : all)
        if (connection->watching) connection->notify(line);
    live_.changed();
}

}  // namespace

int serve_child(UniqueFd channel, ChildServices services, ChildLimits limits) {
    return ChildServer{std::move(channel), std::move(services), limits}.run();
}

void report_failed_start(int channel, const json& error, json told) {
    told["error"] = error;
    (void)send_with_fd(channel, to_line(told), -1);  // a supervisor that is gone needs no reason
}

void ask_to_lock(int channel, std::string_view why) {
    (void)send_with_fd(channel, to_line({{"lock", why}}), -1);  // gone: then this one ends too
}

}  // namespace samsyn
