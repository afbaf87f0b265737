#pragma once

#include "tests/core/sync/scripted_ledger.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace samsyn {

/// One session of a device, what it has put out, and what a server would say to it.
struct SessionRig {
    explicit SessionRig(SessionLimits limits = {}, UnlockKeeper* keeper = nullptr)
        : session({ledger, random, verifier, keeper}, exporter, limits) {
        ledger.trusted = server.public_key();
    }

    void drain() {
        while (auto output = session.poll_output()) {
            REQUIRE_FALSE(closed);  // nothing follows a Close
            if (auto* send = std::get_if<ClientSession::Send>(&*output))
                sent.push_back(decode_message(send->message, message_bytes_max).value());
            if (auto* one = std::get_if<ClientSession::Answered>(&*output))
                answered.push_back(one->counter);
            if (auto* close = std::get_if<ClientSession::Close>(&*output)) closed = close->why;
            synced += std::holds_alternative<ClientSession::Synced>(*output);
            changed += std::holds_alternative<ClientSession::Changed>(*output);
        }
    }

    void open() {
        session.on_open(clock.now());
        drain();
    }

    void hear(const Message& message) { hear(encode_message(message)); }

    void hear(const Bytes& bytes) {
        session.on_message(bytes, clock.now());
        drain();
    }

    void poke() {
        session.poke(clock.now());
        drain();
    }

    /// Time passes, and the timer rings where it is due.
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        if (session.next_deadline() && clock.now() >= *session.next_deadline())
            session.on_timer(clock.now());
        drain();
    }

    Challenge challenge() {
        Challenge challenge;
        challenge.time = clock.now();
        challenge.incarnation = incarnation;
        challenge.server_key = server.public_key();
        challenge.signature =
            server.sign(Domain::session_server,
                        challenge_signed_part(std::get<Hello>(sent[0]).nonce, challenge, exporter));
        return challenge;
    }

    CaughtUp caught_up(CaughtUp::Phase phase = CaughtUp::Phase::everything) {
        return {phase,
                clock.now(),
                server.sign(Domain::signed_time, signed_time_part(incarnation, clock.now()))};
    }

    void go_to_welcome() {
        open();
        hear(challenge());
        hear(Welcome{});
    }

    void go_to_pushing() {
        go_to_welcome();
        hear(caught_up(CaughtUp::Phase::statements));
    }

    void go_live() {
        go_to_pushing();
        hear(caught_up());
    }

    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const Message& message : sent)
            if (const auto* one = std::get_if<Kind>(&message)) found.push_back(*one);
        return found;
    }

    Errc why() const { return closed ? closed->code : Errc{}; }

    ManualClock clock;
    SeededRandom random{1};
    FakeVerifier verifier;
    FakeSigner server{9};
    ScriptedLedger ledger;
    Hash exporter = random_id<Hash>(random);
    Incarnation incarnation = random_id<Incarnation>(random);
    ClientSession session;

    std::vector<Message> sent;
    std::vector<std::uint64_t> answered;
    std::optional<Error> closed;
    int synced = 0;
    int changed = 0;
};

inline Deliver deliver_statement(EntryNumber number) {
    return {Channel{Stream{}}, {{number, EntryKind::statement, {}}}, number};
}

inline Deliver deliver_batch(EntryNumber number) {
    return {Channel{CompartmentId{}}, {{number, EntryKind::batch, {}}}, number};
}

inline Answer stored(std::uint32_t ticket) {
    Answer answer;
    answer.ticket = ticket;
    return answer;
}

}  // namespace samsyn
