#include "client-sdk/net/restricted_link.hpp"

#include "client-sdk/net/transport.hpp"

namespace samsyn {

/// A locked device's session and its listener.
class RestrictedLink::Session final : public Conversation {
public:
    Session(const Ports& ports,
            PinnedFederation pinned,
            RestrictedSession::Request request,
            Listener& listener)
        : ports_(ports),
          pinned_(std::move(pinned)),
          request_(std::move(request)),
          listener_(listener) {}

    void open(const Hash& exporter, Instant now) override {
        session_.emplace(ports_.session, std::move(pinned_), std::move(request_), exporter);
        session_->on_open(now);
    }

    void on_message(ByteView message, Instant now) override { session_->on_message(message, now); }

    void on_timer(Instant now) override { session_->on_timer(now); }

    std::optional<Instant> next_deadline() const override { return session_->next_deadline(); }

    std::optional<std::variant<Bytes, Error>> next() override {
        while (!is_stopped()) {
            auto output = session_->poll_output();
            if (!output) return std::nullopt;
            if (const auto* closed = std::get_if<RestrictedSession::Close>(&*output))
                return closed->why;
            if (auto* sent = std::get_if<RestrictedSession::Send>(&*output))
                return std::move(sent->message);
            tell(*output);
        }
        return std::nullopt;
    }

    bool knows_server() const override { return session_ && session_->knows_server(); }

    void on_closed(const Error& why) override { listener_.on_closed(why); }

    void answer_order(const StatementId& order, OrderOutcome outcome) {
        if (session_) session_->answer_order(order, outcome);
    }

private:
    void tell(const RestrictedSession::Output& output) {
        if (std::holds_alternative<RestrictedSession::Accepted>(output)) listener_.on_accepted();
        if (std::holds_alternative<RestrictedSession::SecretDestroyed>(output))
            listener_.on_destroyed();
        if (const auto* got = std::get_if<RestrictedSession::GotSecret>(&output))
            listener_.on_secret(got->secret);
        if (const auto* wrong = std::get_if<RestrictedSession::WrongPin>(&output))
            listener_.on_wrong_pin(wrong->tries_left);
        if (const auto* got = std::get_if<RestrictedSession::GotOrder>(&output))
            listener_.on_order(got->order);
        if (const auto* ignored = std::get_if<RestrictedSession::IgnoredOrder>(&output))
            listener_.on_ignored_order(ignored->id, ignored->why);
    }

    Ports ports_;
    PinnedFederation pinned_;
    RestrictedSession::Request request_;
    Listener& listener_;
    std::optional<RestrictedSession> session_;
};

RestrictedLink::RestrictedLink(boost::asio::io_context& io,
                               std::string_view address,
                               Ports ports,
                               PinnedFederation pinned,
                               RestrictedSession::Request request,
                               Listener& listener,
                               LinkLimits limits)
    : session_(std::make_shared<Session>(ports, std::move(pinned), std::move(request), listener)),
      transport_(std::make_unique<Transport>(
          io, Destination{std::string{address}, ports.proxy}, session_, ports.clock, limits)) {}

RestrictedLink::~RestrictedLink() = default;

void RestrictedLink::answer_order(const StatementId& order, OrderOutcome outcome) {
    session_->answer_order(order, outcome);
    transport_->wake();
}

}  // namespace samsyn
