#pragma once

#include "tests/sim/simulation.hpp"

#include <deque>
#include <optional>

namespace samsyn::sim {

/// A ledger with a planted bug: every seventh time it moves the cursor and applies nothing.
class ForgetfulLedger final : public ClientLedger {
public:
    explicit ForgetfulLedger(ClientLedger& real) : real_(real) {}

    FederationId federation() const override { return real_.federation(); }

    DeviceId device() const override { return real_.device(); }

    std::vector<StatementId> federation_heads() const override { return real_.federation_heads(); }

    Signature sign_proof(ByteView signed_part) override { return real_.sign_proof(signed_part); }

    bool trusts_server(const SigningPublicKey& key) const override {
        return real_.trusts_server(key);
    }

    std::vector<Resume::Cursor> cursors(const Incarnation& incarnation) const override {
        return real_.cursors(incarnation);
    }

    Result<void> on_welcome(const Welcome& welcome) override { return real_.on_welcome(welcome); }

    Result<std::vector<Outgoing>> outgoing_after(std::uint64_t counter,
                                                 std::size_t bytes_max,
                                                 Instant now) override {
        return real_.outgoing_after(counter, bytes_max, now);
    }

    Result<void> apply(const Incarnation& incarnation,
                       const Deliver& deliver,
                       Instant now) override {
        Deliver changed = deliver;
        if (std::holds_alternative<CompartmentId>(deliver.channel.name) && ++calls_ % 7 == 0)
            std::erase_if(changed.entries,
                          [](const auto& entry) { return entry.kind == EntryKind::batch; });
        return real_.apply(incarnation, changed, now);
    }

    Result<void> on_withdrawn(const Channel& channel, Instant now) override {
        return real_.on_withdrawn(channel, now);
    }

    Result<void> on_answer(std::uint64_t counter, const Answer& answer, Instant now) override {
        return real_.on_answer(counter, answer, now);
    }

    Result<void> on_caught_up(Instant server_time, CaughtUp::Phase phase, Instant now) override {
        return real_.on_caught_up(server_time, phase, now);
    }

    std::vector<Resume::Cursor> take_rewinds() override { return real_.take_rewinds(); }

private:
    ClientLedger& real_;
    std::size_t calls_ = 0;
};

/// One connection: a session, and what is under way in both directions.
struct Simulation::Wire {
    LinkId link;
    ClientSession session;
    std::deque<Bytes> to_server;
    std::optional<Bytes> to_client;  ///< one frame in flight, as in the real server
    bool closing = false;
};

/// One person with a tablet.
struct Simulation::Member {
    Person* person = nullptr;
    std::optional<ForgetfulLedger> forgetful;
    std::unique_ptr<Wire> wire;

    ClientLedger& ledger() {
        if (forgetful) return *forgetful;
        return *person->device;
    }
};

}  // namespace samsyn::sim
