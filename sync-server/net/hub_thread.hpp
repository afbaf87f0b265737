#pragma once

#include "sync-server/hub/hub.hpp"
#include "sync-server/metrics/metrics.hpp"
#include "sync-server/net/limits.hpp"
#include "sync-server/net/log.hpp"
#include "sync-server/net/readiness.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace samsyn {

/// What the hub's thread says to a connection. Called on that thread; must return at once.
class LinkPort {
public:
    virtual ~LinkPort() = default;

    /// The device has proved who it is.
    virtual void on_authenticated() = 0;

    /// Write `message` (may be empty where `close`), then close or call `HubThread::link_free`.
    /// Called once at a time: never again before `link_free`.
    virtual void send(Bytes message, bool close) = 0;

    /// The hub is done with so many bytes of this link's messages.
    virtual void on_consumed(std::size_t bytes) = 0;

    /// Too much waits for this link that it does not take: read nothing more from it, until told
    /// that it has taken enough.
    virtual void on_paused(bool paused) = 0;

    /// End the connection now.
    virtual void drop(EndReason why) = 0;
};

/// Runs a `Hub` on a thread of its own: takes everything that waits as one group (one durable
/// commit), then hands each link that is free its next message, and again.
///
/// All calls may come from any thread and return at once. The hub is touched by no other thread
/// between construction and `join`.
class HubThread {
public:
    /// What it tells of itself; outlives it.
    struct Watchers {
        Metrics& metrics;
        Readiness& readiness;
    };

    HubThread(
        Hub& hub, const Clock& clock, const NetLimits& limits, Log log, const Watchers& watchers);
    ~HubThread();  ///< joins

    void open(LinkId link, const Hash& exporter, std::shared_ptr<LinkPort> port);

    /// False where the queue is full: the caller closes the link.
    [[nodiscard]] bool message(LinkId link, Bytes message);

    /// The socket took what `LinkPort::send` gave.
    void link_free(LinkId link);

    /// The last call about a link.
    void close(LinkId link);

    /// Runs `task` on the hub's thread between two groups, outside any transaction, and returns
    /// when it has. False where the thread has ended or ends: then it was not run. Never on that
    /// thread.
    [[nodiscard]] bool call(std::function<void()> task);

    /// Calls `answer` on the hub's thread, soon: nothing is promised of when. Never after `join`.
    void ask(std::function<void(const Hub::Counts&)> answer);

    /// Finishes what waits, then says goodbye to every link, and to those that come later.
    void begin_stop();

    /// Returns when what waits has been handled and the thread has ended.
    void join();

private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    using Ask = std::function<void(const Hub::Counts&)>;

    enum class Kind : std::uint8_t { open, message, free, close };

    struct Event {
        Kind kind{};
        LinkId link{};
        Bytes message{};
        Hash exporter{};
        std::shared_ptr<LinkPort> port{};
        SteadyTime came{};
    };

    struct Link {
        std::shared_ptr<LinkPort> port;
        bool free = true;
        bool awake = false;    ///< the hub may have something for it
        bool closing = false;  ///< its last message has been handed out
        bool authenticated = false;
        bool paused = false;  ///< it has been told so
    };

    struct Call {
        std::function<void()> task;
        std::promise<void> done;
    };

    bool run_call();
    void post(Event event);
    void run();
    std::vector<Event> take();
    void run_group(std::vector<Event>& events);
    void handle(Event& event);
    void after_commit(std::vector<Event>& events);
    void pause_if_full(LinkId id, Link& link);
    void look_after_itself();
    void answer_asks();
    void drop_group(std::vector<Event>& events, const Error& why);
    void hand_out(bool to_all);
    std::vector<LinkId> ready_links();
    void hand(LinkId id, Link& link, Hub::Next next);
    void say_goodbye(Link& link);

    Hub& hub_;
    const Clock& clock_;
    NetLimits limits_;
    Log log_;
    Watchers watchers_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Event> queue_;
    std::deque<Call> calls_;
    std::vector<Ask> asks_;
    std::size_t queue_bytes_ = 0;
    bool stopping_ = false;
    bool finished_ = false;

    // Of the thread alone.
    std::unordered_map<LinkId, Link> links_;
    std::vector<LinkId> candidates_;  ///< links to hand a message to in this round
    std::vector<Event> closes_;       ///< whose group could not begin
    bool goodbye_ = false;
    bool writable_ = false;  ///< as of the last commit or probe
    SteadyTime committed_at_{};
    SteadyTime watched_at_{};

    std::thread thread_;
};

}  // namespace samsyn
