#pragma once

#include "core/wire/statement_codec.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace samsyn {

inline DeviceId device_of(const Signer& signer) {
    return hash_to<DeviceId>(FakeHasher{}, Domain::device_id, {signer.public_key().view()});
}

template <class IdType>
IdType id_of(int seed) {
    SeededRandom random{static_cast<std::uint64_t>(seed)};
    return random_id<IdType>(random);
}

/// A federation of one unit and one device, signed as it would be.
struct SmallFederation {
    FakeSigner root{1};
    FakeSigner administrator{2};
    FakeSigner tablet{7};
    ManualClock clock;
    StatementGraph graph;
    FederationId id;
    StatementId last;
    std::map<DeviceId, std::uint64_t> counters;

    SmallFederation() {
        id = FederationId::from(say(root, Founding{root.public_key(), {}}).view());
        const auto organisation = id_of<OrganisationId>(1);
        const auto unit = id_of<UnitId>(2);
        const auto user = id_of<UserId>(3);
        const Instant now = clock.now();
        say(root, OrganisationAdmitted{organisation, now, instant_max});
        say(root,
            AdministratorCertified{organisation,
                                   id_of<UserId>(4),
                                   device_of(administrator),
                                   administrator.public_key(),
                                   id_of<SealingPublicKey>(5)});
        say(administrator, UnitCertified{{organisation, unit, Regime::team}});
        say(administrator,
            UserCertified{user, organisation, unit, Role::psychologist, now, instant_max});
        say(administrator,
            DeviceCertified{device_of(tablet),
                            DeviceKind::staff_tablet,
                            organisation,
                            user,
                            tablet.public_key(),
                            id_of<SealingPublicKey>(6),
                            1,
                            instant_max});
    }

    StatementId say(FakeSigner& signer, StatementBody body) {
        StatementHeader header;
        header.federation = id;
        header.author = device_of(signer);
        header.counter = ++counters[header.author];
        header.time = HybridTime::at(clock.now(), static_cast<std::uint16_t>(graph.size()));
        if (!last.is_none()) header.previous = {last};
        const FakeHasher hasher;
        auto statement = std::make_shared<const Statement>(
            sign_statement(header, std::move(body), signer, hasher));
        graph.add(statement);
        last = statement->id;
        return last;
    }

    Federation build() const { return Federation::build(graph, id, FakeHasher{}).value(); }
};

}  // namespace samsyn
