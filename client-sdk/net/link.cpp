#include "client-sdk/net/link.hpp"

#include "client-sdk/net/transport.hpp"

#include <algorithm>
#include <deque>

namespace samsyn {

/// A device's session and its listener.
class Link::Session final : public Conversation {
public:
    Session(const Ports& ports, Listener& listener, const SessionLimits& limits)
        : ports_(ports),
          listener_(listener),
          limits_(limits) {}

    void open(const Hash& exporter, Instant now) override {
        session_.emplace(
            ClientSession::Ports{ports_.ledger, ports_.random, ports_.verifier, ports_.keeper},
            exporter,
            limits_,
            ports_.purpose);
        session_->on_open(now);
    }

    void on_message(ByteView message, Instant now) override { session_->on_message(message, now); }

    void on_timer(Instant now) override { session_->on_timer(now); }

    std::optional<Instant> next_deadline() const override { return session_->next_deadline(); }

    std::optional<std::variant<Bytes, Error>> next() override;

    bool knows_server() const override { return session_ && session_->knows_server(); }

    void on_closed(const Error& why) override { listener_.on_closed(why); }

    bool poke();

private:
    std::optional<ClientSession::Output> next_output();
    void tell(const ClientSession::Output& output);

    Ports ports_;
    Listener& listener_;
    SessionLimits limits_;
    std::optional<ClientSession> session_;
    std::deque<ClientSession::Output> outputs_;  // taken from the session, not yet performed
    bool told_live_ = false;
};

std::optional<std::variant<Bytes, Error>> Link::Session::next() {
    while (!is_stopped()) {
        auto output = next_output();
        if (!output) {
            if (told_live_ || !session_->is_live()) return std::nullopt;
            told_live_ = true;
            listener_.on_live();
            continue;  // the listener may have stopped the link or written something
        }
        if (const auto* closed = std::get_if<ClientSession::Close>(&*output)) return closed->why;
        if (auto* sent = std::get_if<ClientSession::Send>(&*output))
            return std::move(sent->message);
        tell(*output);
    }
    return std::nullopt;
}

void Link::Session::tell(const ClientSession::Output& output) {
    if (std::holds_alternative<ClientSession::Synced>(output)) listener_.on_synced();
    if (std::holds_alternative<ClientSession::Changed>(output)) listener_.on_changed();
    if (std::holds_alternative<ClientSession::Progressed>(output)) listener_.on_progressed();
    if (const auto* answered = std::get_if<ClientSession::Answered>(&output))
        listener_.on_answered(*answered);
}

std::optional<ClientSession::Output> Link::Session::next_output() {
    if (outputs_.empty()) return session_->poll_output();
    auto output = std::move(outputs_.front());
    outputs_.pop_front();
    return output;
}

/// A `Synced` that still waits behind a slow write speaks of the time before the poke: where the
/// poke found something to send it would be a lie, and a true one follows.
bool Link::Session::poke() {
    if (is_stopped() || !session_) return false;  // before the session stands it looks by itself
    while (auto earlier = session_->poll_output()) outputs_.push_back(std::move(*earlier));
    const std::size_t earlier_count = outputs_.size();
    session_->poke(not_before(ports_.clock.now()));
    bool sends = false;
    while (auto later = session_->poll_output()) {
        sends = sends || std::holds_alternative<ClientSession::Send>(*later);
        outputs_.push_back(std::move(*later));
    }
    if (sends) {
        const auto end = outputs_.begin() + static_cast<std::ptrdiff_t>(earlier_count);
        const auto is_synced = [](const ClientSession::Output& output) {
            return std::holds_alternative<ClientSession::Synced>(output);
        };
        outputs_.erase(std::remove_if(outputs_.begin(), end, is_synced), end);
    }
    return sends;
}

Link::Link(boost::asio::io_context& io,
           std::string_view address,
           Ports ports,
           Listener& listener,
           LinkLimits limits)
    : session_(std::make_shared<Session>(ports, listener, limits.session)),
      transport_(std::make_unique<Transport>(
          io, Destination{std::string{address}, ports.proxy}, session_, ports.clock, limits)) {}

Link::~Link() = default;

bool Link::knows_server() const {
    return session_->knows_server();
}

bool Link::poke() {
    const bool sends = session_->poke();
    transport_->wake();
    return sends;
}

}  // namespace samsyn
