#pragma once

#include "core/sync/restricted_session.hpp"
#include "tests/core/sync/small_federation.hpp"

namespace samsyn {

/// A small federation with a certified server and a second organisation, and orders about its
/// tablet as the server would send them.
struct OrderingFederation : SmallFederation {
    FakeSigner server{9};
    FakeSigner other_administrator{12};
    OrganisationId organisation = id_of<OrganisationId>(1);
    OrganisationId other_organisation = id_of<OrganisationId>(31);
    FakeVerifier verifier;
    FakeHasher hasher;
    PinnedFederation pinned;

    OrderingFederation() {
        say(root, ServerCertified{server.public_key(), {}});
        say(root, OrganisationAdmitted{other_organisation, clock.now(), instant_max});
        say(root,
            AdministratorCertified{other_organisation,
                                   id_of<UserId>(32),
                                   device_of(other_administrator),
                                   other_administrator.public_key(),
                                   id_of<SealingPublicKey>(33)});
        pinned.federation = id;
        pinned.device = device_of(tablet);
        pinned.organisation = organisation;
        pinned.server_keys = {server.public_key()};
    }

    Order order_of(const StatementId& said) const {
        const StatementPtr statement = graph.find(said);
        Order order;
        order.statement = encode_statement(*statement);
        for (const StatementPtr& proof : chain_of_order(*statement, graph))
            order.chain.push_back(encode_statement(*proof));
        return order;
    }

    Order order_by(FakeSigner& signer, StatementBody body) {
        return order_of(say(signer, std::move(body)));
    }

    Order wipe() { return order_by(administrator, DeviceWiped{pinned.device, UnsentWork::keep}); }

    /// What the device makes of it; none where it is taken.
    Errc refused(const Order& order) const {
        const auto verified = verify_order(order, pinned, verifier, hasher);
        return verified ? Errc{} : verified.error().code;
    }

    /// A further one of the tablet's organisation, whom nobody has confirmed.
    StatementId say_administrator(FakeSigner& further) {
        return say(root,
                   AdministratorCertified{organisation,
                                          id_of<UserId>(34),
                                          device_of(further),
                                          further.public_key(),
                                          id_of<SealingPublicKey>(35)});
    }

    /// The same, confirmed by another organisation's.
    void certify_administrator(FakeSigner& further) {
        say(other_administrator, Countersigned{say_administrator(further)});
    }

    /// Revokes the administrator by a second one of its organisation, and pins it as a server does.
    void revoke_administrator(std::uint64_t last_counter) {
        FakeSigner second{13};
        certify_administrator(second);
        const auto revocation = say(second, DeviceRevoked{device_of(administrator)});
        say(server, RevocationPinned{revocation, device_of(administrator), last_counter, {}});
    }
};

}  // namespace samsyn
