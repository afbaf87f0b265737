#pragma once

#include "core/sync/client_session.hpp"
#include "tests/support/fake_signer.hpp"

#include <algorithm>

namespace samsyn {

/// A device that remembers what its session told it and says what the test put in.
class ScriptedLedger : public ClientLedger {
public:
    FakeSigner signer{7};
    FederationId federation_id;
    DeviceId device_id =
        hash_to<DeviceId>(FakeHasher{}, Domain::device_id, {signer.public_key().view()});
    std::vector<StatementId> heads;
    SigningPublicKey trusted;
    std::vector<Resume::Cursor> known_cursors;
    std::vector<Outgoing> waiting;  ///< ascending; stays until answered
    std::vector<Resume::Cursor> rewinds;
    Result<void> next_result;  ///< of every fallible call
    LogKeeper* log = nullptr;
    FleetKeeper* fleet = nullptr;

    std::vector<Deliver> applied;
    std::vector<Channel> withdrawn;
    std::vector<std::pair<std::uint64_t, Answer>> answers;
    std::vector<CaughtUp::Phase> phases;
    int welcomes = 0;

    void wait_with(std::uint64_t counter, std::size_t size = 10) {
        waiting.push_back({counter, EntryKind::batch, Bytes(size)});
    }

    FederationId federation() const override { return federation_id; }

    DeviceId device() const override { return device_id; }

    std::vector<StatementId> federation_heads() const override { return heads; }

    Signature sign_proof(ByteView signed_part) override {
        return signer.sign(Domain::session_device, signed_part);
    }

    bool trusts_server(const SigningPublicKey& key) const override { return key == trusted; }

    std::vector<Resume::Cursor> cursors(const Incarnation&) const override { return known_cursors; }

    Result<void> on_welcome(const Welcome&) override {
        ++welcomes;
        return next_result;
    }

    Result<std::vector<Outgoing>> outgoing_after(std::uint64_t counter,
                                                 std::size_t bytes_max,
                                                 Instant) override {
        if (!next_result) return std::unexpected{next_result.error()};
        std::vector<Outgoing> chosen;
        std::size_t bytes = 0;
        for (const Outgoing& one : waiting) {
            if (one.counter <= counter) continue;
            bytes += one.bytes.size();
            if (!chosen.empty() && bytes > bytes_max) break;
            chosen.push_back(one);
        }
        return chosen;
    }

    Result<void> apply(const Incarnation&, const Deliver& deliver, Instant) override {
        if (next_result) applied.push_back(deliver);
        return next_result;
    }

    Result<void> on_withdrawn(const Channel& channel, Instant) override {
        withdrawn.push_back(channel);
        return next_result;
    }

    Result<void> on_answer(std::uint64_t counter, const Answer& answer, Instant) override {
        answers.emplace_back(counter, answer);
        std::erase_if(waiting, [&](const Outgoing& one) { return one.counter == counter; });
        return next_result;
    }

    Result<void> on_caught_up(Instant, CaughtUp::Phase phase, Instant) override {
        phases.push_back(phase);
        return next_result;
    }

    LogKeeper* log_keeper() override { return log; }

    FleetKeeper* fleet_keeper() override { return fleet; }

    std::vector<Resume::Cursor> take_rewinds() override { return std::exchange(rewinds, {}); }
};

}  // namespace samsyn
