#pragma once

#include "client-sdk/net/link.hpp"
#include "core/base/system_clock.hpp"
#include "examples/support/process.hpp"
#include "sync-server/net/server.hpp"
#include "tests/bench/raw_limits.hpp"
#include "tests/support/founded.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>

namespace samsyn::bench {

using Clock = std::chrono::steady_clock;

/// About 400 bytes of Swedish text, different each time.
std::string swedish_text(std::size_t number);

/// One device's link, driven until something has happened.
class Connection final : public Link::Listener {
public:
    Connection(boost::asio::io_context& io,
               const std::string& address,
               Device& device,
               Founded4& world,
               const samsyn::Clock& clock)
        : link_(io, address, {device, world.random(), world.verifier(), clock}, *this) {}

    void on_live() override {}

    void on_synced() override { ++synced; }

    void on_changed() override { ++changed; }

    void on_answered(const ClientSession::Answered& answered) override {
        const bool is_there = answered.answer.outcome == AnswerOutcome::stored ||
                              answered.answer.outcome == AnswerOutcome::duplicate;
        SAMSYN_ASSERT(is_there);
    }

    void on_closed(const Error& why) override {
        assertion_failed(to_string(why).c_str(), "bench", 0);
    }

    void poke() { link_.poke(); }

    std::size_t synced = 0;
    std::size_t changed = 0;

private:
    Link link_;
};

void run_until(boost::asio::io_context& io, const std::function<bool()>& done);

/// The median, or another part of the way from the shortest to the longest.
double median(std::vector<Seconds> durations, double part = 0.5);

/// A durable server over TLS on loopback, and two people of a team.
struct World {
    explicit World(const HubLimits& limits = {})
        : storage(must(open_sqlite_storage(folder.path(), pages, DatabaseMode::create))),
          founded(clock, *storage, "", folder.path() / "devices"),
          psychologist(founded.enrol("psykolog", founded.team, Role::psychologist)),
          social_worker(founded.enrol("socionom", founded.team, Role::social_worker)),
          hub(founded.make_hub(limits)) {
        ServerOptions options;
        options.tls = must(make_self_signed_tls());
        options.limits.unauthenticated_per_block_max = connects_max;
        options.limits.connects_per_block = {std::chrono::milliseconds{1}, connects_max};
        server = must(Server::start(*hub, clock, std::move(options)));
        address = "127.0.0.1:" + std::to_string(server->port());
    }

    void sync(Device& device) {
        boost::asio::io_context io;
        Connection connection{io, address, device, founded, clock};
        run_until(io, [&] { return connection.synced > 0; });
    }

    static constexpr std::size_t connects_max = 1'000'000;  ///< all come from one address

    SystemClock clock;
    story::TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    std::unique_ptr<Storage> storage;
    Founded4 founded;
    std::unique_ptr<Person> psychologist;
    std::unique_ptr<Person> social_worker;
    std::unique_ptr<Hub> hub;
    std::unique_ptr<Server> server;
    std::string address;
};

/// One row: ours, the raw limit, the ratio.
void print(const char* what, double ours, double limit);

}  // namespace samsyn::bench
