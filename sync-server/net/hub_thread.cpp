#include "sync-server/net/hub_thread.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

using std::chrono::steady_clock;

HubThread::HubThread(
    Hub& hub, const Clock& clock, const NetLimits& limits, Log log, const Watchers& watchers)
    : hub_(hub),
      clock_(clock),
      limits_(limits),
      log_(std::move(log)),
      watchers_(watchers),
      thread_([this] { run(); }) {}

HubThread::~HubThread() {
    join();
}

void HubThread::open(LinkId link, const Hash& exporter, std::shared_ptr<LinkPort> port) {
    post({.kind = Kind::open, .link = link, .exporter = exporter, .port = std::move(port)});
}

bool HubThread::message(LinkId link, Bytes message) {
    {
        const std::lock_guard lock{mutex_};
        if (queue_bytes_ + message.size() > limits_.hub_queue_bytes_max) return false;
        queue_bytes_ += message.size();
        queue_.push_back({.kind = Kind::message,
                          .link = link,
                          .message = std::move(message),
                          .came = steady_clock::now()});
    }
    changed_.notify_one();
    return true;
}

void HubThread::link_free(LinkId link) {
    post({.kind = Kind::free, .link = link});
}

void HubThread::close(LinkId link) {
    post({.kind = Kind::close, .link = link});
}

bool HubThread::call(std::function<void()> task) {
    std::future<void> done;
    {
        const std::lock_guard lock{mutex_};
        if (finished_) return false;
        calls_.push_back({std::move(task), {}});
        done = calls_.back().done.get_future();
    }
    changed_.notify_one();
    done.wait();
    return true;
}

/// One at a time: groups go in between.
bool HubThread::run_call() {
    std::optional<Call> call;
    {
        const std::lock_guard lock{mutex_};
        if (calls_.empty()) return false;
        call = std::move(calls_.front());
        calls_.pop_front();
    }
    call->task();
    call->done.set_value();
    return true;
}

/// Opens, frees and closes are not counted: there are at most three of them a connection.
void HubThread::post(Event event) {
    {
        const std::lock_guard lock{mutex_};
        queue_.push_back(std::move(event));
    }
    changed_.notify_one();
}

void HubThread::ask(std::function<void(const Hub::Counts&)> answer) {
    {
        const std::lock_guard lock{mutex_};
        if (finished_) return;
        asks_.push_back(std::move(answer));
    }
    changed_.notify_one();
}

void HubThread::begin_stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
}

void HubThread::join() {
    {
        const std::lock_guard lock{mutex_};
        finished_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
    const std::lock_guard lock{mutex_};
    asks_.clear();  // nobody answers them any more; what they hold may not live longer
}

std::vector<HubThread::Event> HubThread::take() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, limits_.hub_poll_every, [&] {
        return !queue_.empty() || !calls_.empty() || !asks_.empty() || finished_ ||
               stopping_ != goodbye_;
    });
    watchers_.metrics.set_queue(queue_.size(), queue_bytes_);
    queue_bytes_ = 0;
    return std::exchange(queue_, {});
}

void HubThread::run() {
    for (;;) {
        std::vector<Event> events = take();
        const bool idle = events.empty();
        run_group(events);
        const bool called = run_call();
        look_after_itself();
        watchers_.readiness.on_beat(steady_clock::now());
        answer_asks();
        {
            const std::lock_guard lock{mutex_};
            if (finished_ && queue_.empty() && calls_.empty()) return;
            if (stopping_ && !goodbye_) {
                goodbye_ = true;
                for (auto& [id, link] : links_) candidates_.push_back(id);
            }
        }
        hand_out(idle && !called);
    }
}

void HubThread::run_group(std::vector<Event>& events) {
    events.insert(events.begin(),
                  std::make_move_iterator(closes_.begin()),
                  std::make_move_iterator(closes_.end()));
    closes_.clear();

    const bool durable =
        std::ranges::any_of(events, [](const Event& e) { return e.kind != Kind::free; });
    if (durable) {
        if (const auto begun = hub_.begin_group(); !begun) {
            drop_group(events, begun.error());
            return;
        }
    }
    for (Event& event : events) handle(event);
    if (!durable) return;
    const auto messages = std::ranges::count(events, Kind::message, &Event::kind);
    if (messages > 0) watchers_.metrics.on_group(static_cast<std::size_t>(messages));
    if (const auto ended = hub_.end_group(clock_.now()); !ended)
        drop_group(events, ended.error());
    else
        after_commit(events);
}

void HubThread::handle(Event& event) {
    if (event.kind == Kind::open) {
        hub_.on_open(event.link, event.exporter, clock_.now());
        links_[event.link] = {.port = std::move(event.port)};
        candidates_.push_back(event.link);
        return;
    }
    const auto found = links_.find(event.link);
    if (found == links_.end()) return;
    Link& link = found->second;
    switch (event.kind) {
        case Kind::message:
            if (!link.closing) hub_.on_message(event.link, event.message, clock_.now());
            break;
        case Kind::free:
            link.free = true;
            candidates_.push_back(event.link);
            break;
        case Kind::close:
            hub_.on_close(event.link);
            links_.erase(found);
            break;
        case Kind::open:
            break;
    }
}

void HubThread::after_commit(std::vector<Event>& events) {
    const auto now = steady_clock::now();
    writable_ = true;
    committed_at_ = now;
    for (const Hub::Note& note : hub_.take_notes())
        log_({note.event, std::to_underlying(note.link), note.why, 0});
    for (Event& event : events) {
        if (event.kind != Kind::message) continue;
        wipe(event.message);  // it may have held a token or a verifier
        watchers_.metrics.observe_push_to_commit(now - event.came);
        const auto found = links_.find(event.link);
        if (found == links_.end()) continue;
        Link& link = found->second;
        // Before `on_consumed`, which lets the next message be read under the wider limit.
        if (!link.authenticated && hub_.is_authenticated(event.link)) {
            link.authenticated = true;
            link.port->on_authenticated();
        }
        pause_if_full(event.link, link);
        link.port->on_consumed(event.message.size());
    }
}

/// Told before `on_consumed`, which would let the next message be read.
void HubThread::pause_if_full(LinkId id, Link& link) {
    const bool is_full = hub_.must_pause(id, link.paused);
    if (is_full == link.paused) return;
    link.paused = is_full;
    if (is_full) watchers_.metrics.on_paused();
    link.port->on_paused(is_full);
}

/// Where nobody writes, nobody would notice that the disk takes nothing any more; and where it took
/// nothing, somebody has to find out that it does again.
void HubThread::look_after_itself() {
    const auto now = steady_clock::now();
    if (!writable_ || now - committed_at_ >= limits_.probe_every) {
        writable_ = hub_.probe(clock_.now()).has_value();
        committed_at_ = now;
    }
    if (now - watched_at_ >= limits_.hub_poll_every) {
        hub_.watch(clock_.now());
        watched_at_ = now;
    }
    watchers_.readiness.set_writable(writable_);
}

void HubThread::answer_asks() {
    std::vector<Ask> asks;
    {
        const std::lock_guard lock{mutex_};
        asks = std::exchange(asks_, {});
    }
    if (asks.empty()) return;
    const Hub::Counts counts = hub_.counts();
    for (const Ask& ask : asks) ask(counts);
}

/// Nothing of the group has happened. Who took part is disconnected and will send again; closes
/// are told to the hub with the next group.
void HubThread::drop_group(std::vector<Event>& events, const Error& why) {
    log_({"group_failed", 0, to_string(why), events.size()});
    watchers_.metrics.on_group_failed();
    writable_ = false;
    for (Event& event : events) {
        const auto found = links_.find(event.link);
        if (event.kind == Kind::open && event.port) event.port->drop(EndReason::storage_failed);
        if (found == links_.end()) continue;
        if (event.kind == Kind::message || event.kind == Kind::open)
            found->second.port->drop(EndReason::storage_failed);
        if (event.kind == Kind::free) {
            found->second.free = true;
            candidates_.push_back(event.link);
        }
        if (event.kind == Kind::close) closes_.push_back(std::move(event));
    }
}

void HubThread::hand_out(bool to_all) {
    for (const LinkId id : hub_.take_awake()) {
        const auto found = links_.find(id);
        if (found == links_.end()) continue;
        found->second.awake = true;
        candidates_.push_back(id);
    }
    if (to_all) {  // nothing happened for a while: what mere time has changed
        for (auto& [id, link] : links_) {
            link.awake = true;
            candidates_.push_back(id);
        }
    }
    std::vector<LinkId> ready = ready_links();
    // One commit for the rows of many frames; a bound, so that the first frame waits for few
    // others.
    for (std::span<const LinkId> rest{ready}; !rest.empty();) {
        const auto round = rest.first(std::min(rest.size(), limits_.links_in_round_max));
        rest = rest.subspan(round.size());
        const auto begun = steady_clock::now();
        std::vector<Hub::Next> nexts = hub_.next_messages(round, clock_.now());
        watchers_.metrics.observe_round(steady_clock::now() - begun);
        for (std::size_t i = 0; i < round.size(); ++i)
            hand(round[i], links_.at(round[i]), std::move(nexts[i]));
    }
}

/// The candidates whose socket is free and for whom there may be something, each once.
std::vector<LinkId> HubThread::ready_links() {
    std::vector<LinkId> ready;
    std::vector<LinkId> candidates = std::exchange(candidates_, {});
    std::ranges::sort(candidates);
    const auto doubles = std::ranges::unique(candidates);
    candidates.erase(doubles.begin(), doubles.end());
    for (const LinkId id : candidates) {
        const auto found = links_.find(id);
        if (found == links_.end()) continue;
        Link& link = found->second;
        if (!link.free || link.closing) continue;
        if (goodbye_)
            say_goodbye(link);
        else if (link.awake)
            ready.push_back(id);
    }
    return ready;
}

void HubThread::hand(LinkId id, Link& link, Hub::Next next) {
    if (link.paused) pause_if_full(id, link);
    link.awake = next.message.has_value();  // there may be more; asked when the socket is free
    if (!next.message && !next.close) return;
    link.free = false;
    link.closing = next.close;
    link.port->send(std::move(next.message).value_or(Bytes{}), next.close);
}

void HubThread::say_goodbye(Link& link) {
    link.free = false;
    link.closing = true;
    link.port->send(encode_message(Goodbye{Errc::unreachable, "the server is stopping"}), true);
}

}  // namespace samsyn
