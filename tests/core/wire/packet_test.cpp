#include "core/wire/packet.hpp"

#include "tests/core/wire/fakes.hpp"
#include "tests/core/wire/golden_kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/generators.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace samsyn::test;
using test::bytes_of;

namespace {

KeyPacket small_packet() {
    KeyPacket packet;
    packet.case_id.bytes.fill(std::byte{4});
    packet.label.subjects = {PersonId{}};
    packet.compartment = compartment_id(hasher, packet.case_id, packet.label);
    for (int i = 3; i > 0; --i) {
        SealedKey key{{}, 1, Bytes(sealed_key_size)};
        key.device.bytes.fill(static_cast<std::byte>(i));
        packet.keys.push_back(key);
    }
    return packet;
}

Errc error_of(const KeyPacket& packet) {
    const auto decoded = decode_packet(encode_packet(packet), hasher);
    return decoded ? Errc{} : decoded.error().code;
}

}  // namespace

TEST_CASE("Packet: what was encoded decodes to the same, byte for byte", "[wire][packet]") {
    CHECK(rc::check("round trip", [] {
        const KeyPacket packet = *gen::packet();
        const Bytes bytes = encode_packet(packet);
        const auto decoded = decode_packet(bytes, hasher);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(decoded->id == packet.id);
        RC_ASSERT(decoded->keys == packet.keys);
        RC_ASSERT(decoded->heads == packet.heads);
        RC_ASSERT(encode_packet(*decoded) == bytes);
        RC_ASSERT(verify_packet(*decoded, FakeSigner{1}.public_key(), verifier));
    }));
}

TEST_CASE("Packet: no prefix of one is one, and no changed one verifies", "[wire][packet]") {
    CHECK(rc::check("prefixes and flips", [] {
        const Bytes bytes = encode_packet(*gen::packet());
        const SigningPublicKey key = FakeSigner{1}.public_key();
        for_each_prefix(
            bytes, [](ByteView prefix) { RC_ASSERT(!decode_packet(prefix, hasher).has_value()); });
        for_each_flip(bytes, [&](ByteView changed) {
            const auto decoded = decode_packet(changed, hasher);
            RC_ASSERT((!decoded || !verify_packet(*decoded, key, verifier)));
        });
    }));
}

TEST_CASE("Packet: signing sorts the recipients", "[wire][packet]") {
    KeyPacket packet = small_packet();
    CHECK(error_of(packet) == Errc::malformed);
    FakeSigner signer{1};
    sign_packet(packet, signer, hasher);
    CHECK(error_of(packet) == Errc{});
}

TEST_CASE("Packet: what its format forbids is refused", "[wire][packet]") {
    KeyPacket packet = small_packet();
    FakeSigner signer{1};

    SECTION("a device twice") {
        packet.keys.push_back(packet.keys.front());
    }
    SECTION("a box of the wrong size") {
        packet.keys.front().box.pop_back();
    }
    SECTION("another compartment than that of case and label") {
        packet.compartment.bytes.front() ^= std::byte{1};
    }
    SECTION("a part beyond the parts") {
        packet.part = packet.part_count;
    }
    SECTION("a stream twice") {
        packet.heads = {StreamHeads{}, StreamHeads{}};
    }

    sign_packet(packet, signer, hasher);
    CHECK(error_of(packet) == Errc::malformed);
}

TEST_CASE("Packet: who may open its key has the documented layout", "[wire][packet]") {
    const auto ends_with = [](ByteView bytes, std::string_view end) {
        const Bytes expected = bytes_of(end);
        return equal(bytes.last(expected.size()), expected);
    };
    const Bytes box(sealed_key_size, std::byte{0x22});

    KeyPacket packet = small_packet();
    packet.keys = {{test::filled<DeviceId>(0x11), 0x01020304, box}};
    CHECK(ends_with(encode_signed_part(packet), "00 01 11*16 01 02 03 04 00*3 70 22*112 00"));
    packet.recovery_box = Bytes(sealed_key_size, std::byte{0x33});
    CHECK(ends_with(encode_signed_part(packet), "00*3 70 22*112 01 00*3 70 33*112"));

    Supplement supplement;
    supplement.keys = {{test::filled<EpochId>(0x11), box}};
    CHECK(ends_with(encode_signed_part(supplement), "00 01 11*32 00*3 70 22*112 00"));
    supplement.ground = test::filled<StatementId>(0x44);
    CHECK(ends_with(encode_signed_part(supplement), "00*3 70 22*112 01 44*32"));
}

TEST_CASE("Packet: at most 300 recipients, and 300 fit", "[wire][packet]") {
    KeyPacket packet = small_packet();
    packet.keys.clear();
    for (std::uint16_t i = 0; i <= packet_recipients_max; ++i) {
        SealedKey key{{}, 1, Bytes(sealed_key_size)};
        key.device.bytes[0] = static_cast<std::byte>(i >> 8);
        key.device.bytes[1] = static_cast<std::byte>(i & 0xff);
        packet.keys.push_back(key);
    }
    CHECK(error_of(packet) == Errc::limit_exceeded);
    packet.keys.pop_back();
    CHECK(error_of(packet) == Errc{});
}

TEST_CASE("Packet: a box is bound to compartment, nonce, recipient and its sealing epoch",
          "[wire][packet]") {
    KeyPacket packet = small_packet();
    const DeviceId recipient = packet.keys.front().device;
    const Hash context = packet_context(packet, recipient, 1, hasher);

    CHECK(packet_context(packet, recipient, 2, hasher) != context);
    CHECK(packet_context(packet, DeviceId{}, 1, hasher) != context);
    packet.nonce.bytes.front() ^= std::byte{1};
    CHECK(packet_context(packet, recipient, 1, hasher) != context);
    packet.nonce.bytes.front() ^= std::byte{1};
    packet.compartment.bytes.front() ^= std::byte{1};
    CHECK(packet_context(packet, recipient, 1, hasher) != context);
}

TEST_CASE("Supplement: what was encoded decodes to the same, byte for byte", "[wire][packet]") {
    CHECK(rc::check("round trip", [] {
        const Supplement supplement = *gen::supplement();
        const Bytes bytes = encode_supplement(supplement);
        const auto decoded = decode_supplement(bytes, hasher);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(decoded->id == supplement.id);
        RC_ASSERT(decoded->keys == supplement.keys);
        RC_ASSERT(encode_supplement(*decoded) == bytes);
    }));
}

TEST_CASE("Supplement: no prefix of one is one, and no changed one verifies", "[wire][packet]") {
    CHECK(rc::check("prefixes and flips", [] {
        const Bytes bytes = encode_supplement(*gen::supplement());
        const SigningPublicKey key = FakeSigner{1}.public_key();
        for_each_prefix(bytes, [](ByteView prefix) {
            RC_ASSERT(!decode_supplement(prefix, hasher).has_value());
        });
        for_each_flip(bytes, [&](ByteView changed) {
            const auto decoded = decode_supplement(changed, hasher);
            RC_ASSERT((!decoded || !verify_supplement(*decoded, key, verifier)));
        });
    }));
}

TEST_CASE("Supplement: a packet's signature is none for it", "[wire][packet]") {
    Supplement supplement;
    FakeSigner signer{1};
    sign_supplement(supplement, signer, hasher);
    CHECK(verify_supplement(supplement, signer.public_key(), verifier));
    supplement.signature = signer.sign(Domain::packet, encode_signed_part(supplement));
    CHECK_FALSE(verify_supplement(supplement, signer.public_key(), verifier));
}
