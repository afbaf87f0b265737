#pragma once

#include "core/sync/restricted_session.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {

/// A locked tablet at the other end of one link: its real session, without a socket.
class LockedClient {
public:
    LockedClient(HubWorld& world, const Party& who, std::uint64_t link)
        : world_(world),
          link_(static_cast<LinkId>(link)) {
        pinned_.federation = world.federation_id;
        pinned_.device = who.device;
        pinned_.organisation = who.unit.organisation;
        pinned_.server_keys = {world.server.public_key()};
        token = hash_to<UnlockToken>(world.hasher, Domain::heads, {who.device.view()});
    }

    /// Connects, with a proof of this PIN where there is one, and takes all that comes.
    void unlock(std::optional<PinVerifier> verifier) {
        RestrictedSession::MakeProof make_proof;
        if (verifier)
            make_proof = [this, verifier](
                             const Nonce& server, const Nonce& client, const Hash& bound) {
                return pin_proof(world_.hasher, *verifier, server, client, bound);
            };
        connect(std::move(make_proof));
    }

    void connect(RestrictedSession::MakeProof make_proof) {
        outputs.clear();
        closed.reset();
        exporter = world_.fresh<Hash>();
        world_.hub->on_open(link_, exporter, world_.now);
        session_.emplace(RestrictedSession::Ports{world_.verifier, world_.hasher, world_.random},
                         pinned_,
                         RestrictedSession::Request{token, std::move(make_proof)},
                         exporter);
        session_->on_open(world_.now);
        run();
    }

    void answer(const StatementId& order, OrderOutcome outcome) {
        session_->answer_order(order, outcome);
        run();
    }

    /// Carries messages both ways until nothing moves.
    void run() {
        while (!closed && (perform() || pull())) {
        }
    }

    /// A message that the session would not send.
    void send_raw(const Message& message) {
        deliver(encode_message(message));
        run();
    }

    template <class Kind>
    const Kind* last() const {
        for (auto at = outputs.rbegin(); at != outputs.rend(); ++at)
            if (const auto* const found = std::get_if<Kind>(&*at)) return found;
        return nullptr;
    }

    template <class Kind>
    std::size_t count() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            outputs, [](const auto& one) { return std::holds_alternative<Kind>(one); }));
    }

    UnlockToken token;
    Hash exporter;
    std::vector<RestrictedSession::Output> outputs;
    std::optional<Error> closed;

private:
    bool perform() {
        bool moved = false;
        while (auto output = session_->poll_output()) {
            moved = true;
            if (const auto* send = std::get_if<RestrictedSession::Send>(&*output))
                deliver(send->message);
            else
                outputs.push_back(*output);
            if (const auto* close = std::get_if<RestrictedSession::Close>(&*output))
                drop(close->why);
        }
        return moved;
    }

    void deliver(const Bytes& message) {
        if (!world_.hub->begin_group()) return drop({Errc::link_lost, "server"});
        world_.hub->on_message(link_, message, world_.now);
        (void)world_.hub->end_group(world_.now);  // a failed one closes the link
    }

    bool pull() {
        const auto next = world_.hub->next_message(link_, world_.now);
        if (next.message) session_->on_message(*next.message, world_.now);
        if (next.close) {
            perform();
            drop({Errc::link_lost, "server"});
        }
        return next.message.has_value();
    }

    void drop(const Error& why) {
        if (!closed) closed = why;
        world_.hub->on_close(link_);
    }

    HubWorld& world_;
    LinkId link_;
    PinnedFederation pinned_;
    std::optional<RestrictedSession> session_;
};

/// A person's tablet that has registered a PIN.
struct PinScene {
    explicit PinScene(std::unique_ptr<Storage> engine = {}) : world({}, std::move(engine)) {
        session.start();
        secret = enrol(pin);
        confirm(pin);
    }

    static PinVerifier verifier_of(unsigned char fill) {
        PinVerifier verifier;
        verifier.bytes.fill(static_cast<std::byte>(fill));
        return verifier;
    }

    PinSecret enrol(const PinVerifier& verifier) {
        session.send(UnlockRegister{locked.token, verifier});
        session.pull();
        const auto* const answer = session.last<UnlockRegistered>();
        REQUIRE(answer != nullptr);
        REQUIRE(answer->secret.has_value());
        return *answer->secret;
    }

    Errc confirm(const PinVerifier& verifier) {
        session.send(UnlockConfirm{verifier});
        session.pull();
        return session.last<UnlockConfirmed>()->refused;
    }

    /// What a proof of this PIN brings.
    std::optional<PinSecret> unlock(const PinVerifier& verifier) {
        locked.unlock(verifier);
        const auto* const got = locked.last<RestrictedSession::GotSecret>();
        return got == nullptr ? std::nullopt : std::optional{got->secret};
    }

    UnlockRecord record() { return **world.storage->unlocks().find(world.counsellor.device); }

    void say(Party& by, StatementBody body) {
        ScriptedClient admin{world, by, 90};
        admin.start();
        admin.push_all(EntryKind::statement, {world.say(by, Stream{}, std::move(body))});
    }

    const PinVerifier pin = verifier_of(0x11);
    const PinVerifier wrong = verifier_of(0x22);
    HubWorld world;
    ScriptedClient session{world, world.counsellor, 1};
    LockedClient locked{world, world.counsellor, 2};
    PinSecret secret;
};

}  // namespace samsyn
