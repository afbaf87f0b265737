#pragma once

#include "client-sdk/net/link.hpp"
#include "core/base/system_clock.hpp"
#include "tests/support/fake_ledger.hpp"
#include "tests/sync-server/hub/hub_world.hpp"

#include <boost/asio/io_context.hpp>

namespace samsyn::test {

/// How an unlocked device's link went.
struct Ended {
    std::optional<Error> why;
    bool live = false;
    bool synced = false;
};

/// The counsellor's device as far as a handshake goes: she pins the server and can prove herself.
struct CounsellorLedger : FakeLedger {
    explicit CounsellorLedger(HubWorld& world) : world_(world) {}

    FederationId federation() const override { return world_.federation_id; }

    DeviceId device() const override { return world_.counsellor.device; }

    bool trusts_server(const SigningPublicKey& key) const override {
        return key == world_.server.public_key();
    }

    Signature sign_proof(ByteView part) override {
        ++proofs;
        return world_.counsellor.signer.sign(Domain::session_device, part);
    }

    int proofs = 0;

private:
    HubWorld& world_;
};

struct EndListener final : Link::Listener {
    void on_live() override { ended.live = true; }

    void on_synced() override { ended.synced = true; }

    void on_changed() override {}

    void on_answered(const ClientSession::Answered&) override {}

    void on_closed(const Error& why) override { ended.why = why; }

    Ended ended;
};

enum class RunUntil : bool { synced, closed };

inline Ended run_link(ClientLedger& ledger,
                      const std::string& server,
                      std::optional<Proxy> proxy,
                      RunUntil until) {
    LinkLimits limits;
    limits.proxy_max = std::chrono::seconds{1};
    limits.handshake_max = std::chrono::seconds{2};
    limits.silence_max = std::chrono::seconds{2};
    limits.goodbye_max = std::chrono::seconds{1};
    limits.session.handshake_max = std::chrono::seconds{2};
    boost::asio::io_context io{1};
    SeededRandom random{7};
    const FakeVerifier verifier;
    const SystemClock clock;
    EndListener listener;
    {
        Link::Ports ports{ledger, random, verifier, clock};
        ports.proxy = std::move(proxy);
        const Link link{io, server, std::move(ports), listener, limits};
        while (!listener.ended.why && !(until == RunUntil::synced && listener.ended.synced))
            if (io.run_one_for(std::chrono::seconds{20}) == 0) break;
    }
    io.run();
    return listener.ended;
}

inline Ended link_of(ClientLedger& ledger, const std::string& server, std::optional<Proxy> proxy) {
    return run_link(ledger, server, std::move(proxy), RunUntil::synced);
}

inline Ended link_until_closed(ClientLedger& ledger,
                               const std::string& server,
                               std::optional<Proxy> proxy) {
    return run_link(ledger, server, std::move(proxy), RunUntil::closed);
}

/// A device that would believe every server.
inline Ended link_to(const std::string& server, std::optional<Proxy> proxy) {
    FakeLedger ledger;
    return link_of(ledger, server, std::move(proxy));
}

}  // namespace samsyn::test
