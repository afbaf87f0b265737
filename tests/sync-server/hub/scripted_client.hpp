#pragma once

#include "tests/support/catch.hpp"
#include "tests/sync-server/hub/hub_world.hpp"

namespace samsyn {

/// A device at the other end of one link, without a socket: says what a test tells it to say, and
/// keeps all that it is sent.
class ScriptedClient {
public:
    ScriptedClient(HubWorld& world,
                   Party& who,
                   std::uint64_t link,
                   SessionPurpose purpose = SessionPurpose::session)
        : world_(world),
          who_(who),
          link_(static_cast<LinkId>(link)),
          purpose_(purpose) {}

    /// Opens a link and says hello and proof. False where the hub did not let it in.
    bool connect() { return say_hello() && prove(); }

    /// The first half: opens a link and says hello. False where it got no challenge.
    bool say_hello() {
        received.clear();
        closed = false;
        exporter_ = world_.fresh<Hash>();
        world_.hub->on_open(link_, exporter_, world_.now);
        Hello hello;
        hello.purpose = purpose_;
        hello.federation = world_.federation_id;
        hello.device = who_.device;
        hello.nonce = nonce_ = world_.fresh<Nonce>();
        send(hello);
        pull();
        return last<Challenge>() != nullptr;
    }

    /// The second half. False where the hub did not let it in.
    bool prove() {
        const Challenge challenge = *last<Challenge>();
        incarnation = challenge.incarnation;
        Proof proof;
        proof.signature = who_.signer.sign(
            Domain::session_device,
            proof_signed_part(challenge.nonce, nonce_, exporter_, proof.federation_heads));
        send(proof);
        pull();
        return last<Welcome>() != nullptr && !closed;
    }

    /// Connects, starts from these cursors, and takes all there is.
    void start(std::vector<Resume::Cursor> cursors = {}) {
        REQUIRE(connect());
        send(Resume{std::move(cursors), true});
        pull();
    }

    /// One message in a group of its own.
    void send(const Message& message) { send_all({message}); }

    /// Messages in one group. False where the group failed.
    bool send_all(const std::vector<Message>& messages) {
        if (!world_.hub->begin_group()) {
            drop();
            return false;
        }
        for (const Message& message : messages)
            world_.hub->on_message(link_, encode_message(message), world_.now);
        return world_.hub->end_group(world_.now).has_value();
    }

    /// Takes everything that the hub has for this link now.
    void pull() {
        while (!closed && pull_one()) {
        }
    }

    bool pull_one() {
        auto next = world_.hub->next_message(link_, world_.now);
        if (next.message) {
            auto message = decode_message(*next.message, message_bytes_max);
            REQUIRE(message);
            received.push_back(*std::move(message));
        }
        if (next.close) drop();
        return next.message.has_value();
    }

    void drop() {
        world_.hub->on_close(link_);
        closed = true;
    }

    Push next_push(EntryKind kind, const Bytes& bytes) { return {++ticket_, kind, bytes}; }

    /// Pushes one thing, takes all there is and returns the answer.
    Answer push(EntryKind kind, const Bytes& bytes) {
        send(next_push(kind, bytes));
        pull();
        const auto* const found = last<Answer>();
        REQUIRE(found != nullptr);
        REQUIRE(found->ticket == ticket_);
        return *found;
    }

    void push_all(EntryKind kind, const std::vector<Bytes>& all) {
        for (const Bytes& bytes : all) {
            const Answer got = push(kind, bytes);
            INFO(got.context);
            REQUIRE(got.outcome == AnswerOutcome::stored);
        }
    }

    template <class Kind>
    const Kind* last() const {
        for (auto at = received.rbegin(); at != received.rend(); ++at)
            if (const auto* const found = std::get_if<Kind>(&*at)) return found;
        return nullptr;
    }

    template <class Kind>
    std::size_t count() const {
        return static_cast<std::size_t>(
            std::count_if(received.begin(), received.end(), [](const Message& message) {
                return std::holds_alternative<Kind>(message);
            }));
    }

    /// Bytes of all entries of a kind that were delivered since the list was last cleared.
    std::vector<Bytes> entries(EntryKind kind) const {
        std::vector<Bytes> found;
        for (const Message& message : received)
            if (const auto* const deliver = std::get_if<Deliver>(&message))
                for (const auto& entry : deliver->entries)
                    if (entry.kind == kind) found.push_back(entry.bytes);
        return found;
    }

    bool has(EntryKind kind, const Bytes& bytes) const {
        const auto all = entries(kind);
        return std::find(all.begin(), all.end(), bytes) != all.end();
    }

    std::vector<Message> received;
    Incarnation incarnation;
    bool closed = false;

private:
    HubWorld& world_;
    Party& who_;
    LinkId link_;
    SessionPurpose purpose_;
    Hash exporter_;
    Nonce nonce_;
    std::uint32_t ticket_ = 0;
};

inline void check_refused(const Answer& answer, Errc why) {
    INFO(answer.context);
    CHECK(answer.outcome == AnswerOutcome::refused);
    CHECK(answer.why == why);
}

}  // namespace samsyn
