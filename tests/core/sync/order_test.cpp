#include "core/sync/order.hpp"

#include "tests/core/sync/ordering_federation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;

TEST_CASE("Order: a chain proves who ordered what, for each kind", "[sync][order]") {
    OrderingFederation world;
    const DeviceId tablet = world.pinned.device;
    const auto verified = [&](const StatementBody& body) {
        const auto order = verify_order(
            world.order_by(world.administrator, body), world.pinned, world.verifier, world.hasher);
        REQUIRE(order.has_value());
        CHECK(order->author == device_of(world.administrator));
        CHECK(order->order.device == tablet);
        return order->order;
    };
    CHECK(verified(DeviceLocked{tablet}).kind == OrderKind::lock);
    CHECK(verified(DeviceWiped{tablet, UnsentWork::keep}).unsent == UnsentWork::keep);
    CHECK(verified(DeviceWiped{tablet, UnsentWork::discard}).unsent == UnsentWork::discard);
    CHECK(verified(DeviceRevoked{tablet}).kind == OrderKind::revoke);
}

TEST_CASE("Order: the chain of an order fits one message, however often a device is renewed",
          "[sync][order]") {
    OrderingFederation world;
    for (std::uint32_t epoch = 2; epoch < 200; ++epoch)
        world.say(world.administrator,
                  DeviceCertified{world.pinned.device,
                                  DeviceKind::staff_tablet,
                                  world.organisation,
                                  id_of<UserId>(3),
                                  world.tablet.public_key(),
                                  id_of<SealingPublicKey>(6),
                                  epoch,
                                  instant_max});
    const Order order = world.wipe();
    CHECK(order.chain.size() <= 8);
    CHECK(encode_message(order).size() <= message_bytes_max);
    CHECK(world.refused(order) == Errc{});
}

TEST_CASE("Order: a forged signature, anywhere in it, is not believed", "[sync][order][attack]") {
    OrderingFederation world;
    const Order good = world.wipe();
    REQUIRE(world.refused(good) == Errc{});
    const auto forge = [](Bytes& statement) { statement[statement.size() - 5] ^= std::byte{1}; };

    Order forged = good;
    forge(forged.statement);
    CHECK(world.refused(forged) == Errc::bad_signature);
    for (std::size_t i = 0; i < good.chain.size(); ++i) {
        forged = good;
        forge(forged.chain[i]);
        CHECK(world.refused(forged) == Errc::bad_signature);
    }
}

TEST_CASE("Order: a statement that orders nothing is no order", "[sync][order][attack]") {
    OrderingFederation world;
    Order order = world.wipe();
    order.statement = order.chain.back();
    CHECK(world.refused(order) == Errc::not_permitted);
    order.statement = Bytes(10, std::byte{7});
    CHECK(world.refused(order) != Errc{});
}

TEST_CASE("Order: without any one link of its chain it proves nothing", "[sync][order][attack]") {
    OrderingFederation world;
    const Order good = world.wipe();
    std::size_t needed = 0;
    for (std::size_t i = 0; i < good.chain.size(); ++i) {
        Order shorter = good;
        shorter.chain.erase(shorter.chain.begin() + static_cast<std::ptrdiff_t>(i));
        needed += world.refused(shorter) != Errc{};
    }
    // Founding, organisation, administrator, device. The server's certificate proves nothing here.
    CHECK(needed == 4);
    CHECK(world.refused(Order{good.statement, {}}) != Errc{});
}

TEST_CASE("Order: its chain proves who confirmed the administrator", "[sync][order]") {
    OrderingFederation world;
    FakeSigner further{60};
    SECTION("knowing it at once") {
        world.certify_administrator(further);
    }
    SECTION("knowing it through what others said since") {
        const auto act = world.say_administrator(further);
        world.say(world.administrator, UnitLease{id_of<UnitId>(2), 48});
        world.say(world.root, OrganisationAdmitted{id_of<OrganisationId>(61), {}, instant_max});
        world.say(world.other_administrator, Countersigned{act});
    }
    const Order order = world.order_by(further, DeviceLocked{world.pinned.device});
    CHECK(world.refused(order) == Errc{});
    Order shorter = order;
    std::erase_if(shorter.chain, [&](const Bytes& bytes) {
        return std::holds_alternative<Countersigned>(decode_statement(bytes, world.hasher)->body);
    });
    CHECK(shorter.chain.size() + 1 == order.chain.size());
    CHECK(world.refused(shorter) == Errc::unknown_device);
}

TEST_CASE("Order: an administrator whom nobody confirmed orders nothing", "[sync][order][attack]") {
    OrderingFederation world;
    FakeSigner further{60};
    const auto act = world.say_administrator(further);
    CHECK(world.refused(world.order_by(further, DeviceLocked{world.pinned.device})) ==
          Errc::unknown_device);
    world.say(further, Countersigned{act});
    CHECK(world.refused(world.order_by(further, DeviceLocked{world.pinned.device})) ==
          Errc::unknown_device);
}

TEST_CASE("Order: one for another device is not this one's", "[sync][order][attack]") {
    OrderingFederation world;
    const Order order = world.wipe();
    world.pinned.device = id_of<DeviceId>(77);
    CHECK(world.refused(order) == Errc::unknown_device);
}

TEST_CASE("Order: one of another federation is not believed", "[sync][order][attack]") {
    OrderingFederation world;
    const Order order = world.wipe();
    world.pinned.federation = id_of<FederationId>(78);
    CHECK(world.refused(order) == Errc::wrong_federation);

    // Nor is a whole federation of the attacker's making, which certifies the same tablet.
    FakeSigner own_root{40};
    OrderingFederation mine;
    Founding founding{own_root.public_key(), id_of<Hash>(41)};
    mine.last = {};
    const auto founded = mine.say(own_root, founding);
    Order mixed = world.order_of(
        StatementId::from(decode_statement(order.statement, world.hasher)->id.view()));
    mixed.chain[0] = encode_statement(*mine.graph.find(founded));
    OrderingFederation victim;
    CHECK(victim.refused(mixed) == Errc::wrong_federation);
}

TEST_CASE("Order: an administrator of another organisation orders nothing",
          "[sync][order][attack]") {
    OrderingFederation world;
    CHECK(world.refused(world.order_by(world.other_administrator,
                                       DeviceWiped{world.pinned.device, UnsentWork::discard})) ==
          Errc::not_permitted);

    // Not by certifying the tablet as its own either, with a chain that leaves out whose it was.
    world.say(world.other_administrator,
              DeviceCertified{world.pinned.device,
                              DeviceKind::staff_tablet,
                              world.other_organisation,
                              id_of<UserId>(3),
                              world.tablet.public_key(),
                              id_of<SealingPublicKey>(6),
                              1,
                              instant_max});
    Order order = world.order_by(world.other_administrator, DeviceLocked{world.pinned.device});
    CHECK(world.refused(order) == Errc::not_permitted);
    std::erase_if(order.chain, [&](const Bytes& bytes) {
        const auto statement = decode_statement(bytes, world.hasher);
        return std::holds_alternative<DeviceCertified>(statement->body) &&
               statement->header.author == device_of(world.administrator);
    });
    CHECK(world.refused(order) == Errc::not_permitted);
}

TEST_CASE("Order: the tablet's own user, a server and a stranger order nothing",
          "[sync][order][attack]") {
    OrderingFederation world;
    FakeSigner stranger{50};
    CHECK(world.refused(world.order_by(world.tablet, DeviceLocked{world.pinned.device})) ==
          Errc::not_permitted);
    CHECK(world.refused(world.order_by(world.server, DeviceLocked{world.pinned.device})) ==
          Errc::not_permitted);
    CHECK(world.refused(world.order_by(stranger, DeviceLocked{world.pinned.device})) ==
          Errc::bad_signature);
}

TEST_CASE("Order: what a revoked administrator ordered in time stands, later orders do not",
          "[sync][order][attack]") {
    OrderingFederation world;
    const auto in_time = world.say(world.administrator, DeviceLocked{world.pinned.device});
    world.revoke_administrator(world.counters[device_of(world.administrator)]);
    const auto too_late = world.say(world.administrator, DeviceLocked{world.pinned.device});

    const auto earlier =
        verify_order(world.order_of(in_time), world.pinned, world.verifier, world.hasher);
    REQUIRE(earlier.has_value());
    CHECK(world.refused(world.order_of(too_late)) == Errc::revoked_device);
}

TEST_CASE("Order: a revocation without the server's pin leaves its orders in doubt",
          "[sync][order][attack]") {
    OrderingFederation world;
    const auto said = world.say(world.administrator, DeviceLocked{world.pinned.device});
    world.revoke_administrator(world.counters[device_of(world.administrator)]);
    Order order = world.order_of(said);
    std::erase_if(order.chain, [&](const Bytes& bytes) {
        return std::holds_alternative<RevocationPinned>(
            decode_statement(bytes, world.hasher)->body);
    });
    CHECK(world.refused(order) == Errc::revoked_device);
}

TEST_CASE("Order: an administrator's own machine is ordered by the root", "[sync][order]") {
    OrderingFederation world;
    world.pinned.device = device_of(world.other_administrator);
    world.pinned.organisation = world.other_organisation;
    CHECK(world.refused(world.order_by(world.root, DeviceLocked{world.pinned.device})) == Errc{});
    CHECK(world.refused(world.order_by(world.administrator, DeviceLocked{world.pinned.device})) ==
          Errc::not_permitted);
}

TEST_CASE("Order: hostile bytes never do harm", "[sync][order][attack]") {
    OrderingFederation world;
    const Order good = world.wipe();
    for_each_flip(good.statement, [&](ByteView changed) {
        CHECK(world.refused(Order{to_bytes(changed), good.chain}) != Errc{});
    });
    Order crowded = good;
    crowded.chain.resize(order_chain_max + 1, good.chain[0]);
    CHECK(world.refused(crowded) == Errc::limit_exceeded);
    Order doubled = good;
    doubled.chain.insert(doubled.chain.end(), good.chain.begin(), good.chain.end());
    CHECK(world.refused(doubled) == Errc{});  // a set: saying it twice changes nothing
}
