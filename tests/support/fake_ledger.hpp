#pragma once

#include "core/sync/client_session.hpp"

namespace samsyn {

/// A device that holds nothing and has nothing to send; it trusts every server.
class FakeLedger : public ClientLedger {
public:
    FederationId federation() const override { return {}; }

    DeviceId device() const override { return {}; }

    std::vector<StatementId> federation_heads() const override { return {}; }

    Signature sign_proof(ByteView) override { return {}; }

    bool trusts_server(const SigningPublicKey&) const override { return true; }

    std::vector<Resume::Cursor> cursors(const Incarnation&) const override { return {}; }

    Result<void> on_welcome(const Welcome&) override { return {}; }

    Result<std::vector<Outgoing>> outgoing_after(std::uint64_t, std::size_t, Instant) override {
        return std::vector<Outgoing>{};
    }

    Result<void> apply(const Incarnation&, const Deliver&, Instant) override { return {}; }

    Result<void> on_withdrawn(const Channel&, Instant) override { return {}; }

    Result<void> on_answer(std::uint64_t, const Answer&, Instant) override { return {}; }

    Result<void> on_caught_up(Instant, CaughtUp::Phase, Instant) override { return {}; }

    std::vector<Resume::Cursor> take_rewinds() override { return {}; }
};

}  // namespace samsyn
