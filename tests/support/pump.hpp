#pragma once

#include "core/sync/client_session.hpp"
#include "sync-server/hub/hub.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace samsyn {

/// Carries messages between devices' sessions and a hub by hand, in one thread: a network without a
/// network. `connect` who is online, then `run` until nothing is under way.
class Pump {
public:
    Pump(Hub& hub, const Clock& clock, Random& random, const Verifier& verifier)
        : hub_(hub),
          clock_(clock),
          random_(random),
          verifier_(verifier) {}

    /// Messages that one connection may carry; beyond it something goes round in circles.
    static constexpr std::size_t steps_max = 200'000;

    struct Line {
        Line(ClientLedger& to, Pump& pump, SessionPurpose purpose)
            : ledger(&to),
              link(LinkId{pump.next_link_++}),
              session({to, pump.random_, pump.verifier_}, exporter(), SessionLimits{}, purpose) {}

        static Hash exporter() {
            Hash hash;
            hash.bytes.fill(std::byte{0x5a});
            return hash;
        }

        ClientLedger* ledger;
        LinkId link;
        ClientSession session;
        std::deque<Bytes> to_server;
        bool synced = false;
        bool hears = true;  ///< false: what the server sends stays on its way
        std::function<void(Bytes& message)> meddle;  ///< with what the server sends
        std::optional<Error> closed;
    };

    Line& connect(ClientLedger& ledger, SessionPurpose purpose = SessionPurpose::session) {
        Line& line = *lines_.emplace_back(std::make_unique<Line>(ledger, *this, purpose));
        hub_.on_open(line.link, Line::exporter(), clock_.now());
        line.session.on_open(clock_.now());
        take_outputs(line);
        return line;
    }

    /// The application wrote something: every session looks for work.
    void poke() {
        for (auto& line : lines_)
            if (!line->closed) {
                line->session.poke(clock_.now());
                take_outputs(*line);
            }
    }

    /// Whose time has come does what is due.
    void tick() {
        for (auto& line : lines_) {
            const auto due = line->session.next_deadline();
            if (line->closed || !due || clock_.now() < *due) continue;
            line->session.on_timer(clock_.now());
            take_outputs(*line);
        }
    }

    /// Until nothing is under way. False where it does not come to rest.
    bool run() {
        for (std::size_t step = 0; step < steps_max; ++step)
            if (!turn()) return true;
        return false;
    }

    /// At most one message in each direction of each connection. False where nothing moved.
    bool turn() {
        bool moved = false;
        for (auto& line : lines_) moved = step(*line) || moved;
        return moved;
    }

    void disconnect_all() {
        for (auto& line : lines_)
            if (!line->closed) hub_.on_close(line->link);
        lines_.clear();
    }

private:
    bool step(Line& line) {
        if (line.closed) return false;
        bool moved = false;
        if (!line.to_server.empty()) {
            const Bytes message = std::move(line.to_server.front());
            line.to_server.pop_front();
            const auto begun = hub_.begin_group();
            hub_.on_message(line.link, message, clock_.now());
            const auto ended = hub_.end_group(clock_.now());
            SAMSYN_ASSERT(begun.has_value() && ended.has_value());
            moved = true;
        }
        if (!line.hears) return moved;
        Hub::Next next = hub_.next_message(line.link, clock_.now());
        if (next.message) {
            if (line.meddle) line.meddle(*next.message);
            line.session.on_message(*next.message, clock_.now());
            take_outputs(line);
            moved = true;
        }
        if (next.close && !line.closed) {
            line.closed = Error{Errc::link_lost, "closed by the server"};
            hub_.on_close(line.link);
        }
        return moved;
    }

    void take_outputs(Line& line) {
        while (auto output = line.session.poll_output()) {
            if (auto* send = std::get_if<ClientSession::Send>(&*output)) {
                line.to_server.push_back(std::move(send->message));
            } else if (const auto* close = std::get_if<ClientSession::Close>(&*output)) {
                line.closed = close->why;
                hub_.on_close(line.link);
            } else if (std::holds_alternative<ClientSession::Synced>(*output)) {
                line.synced = true;
            }
        }
    }

    Hub& hub_;
    const Clock& clock_;
    Random& random_;
    const Verifier& verifier_;
    std::uint64_t next_link_ = 1;
    std::vector<std::unique_ptr<Line>> lines_;
};

}  // namespace samsyn
