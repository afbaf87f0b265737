#include "core/wire/escrow.hpp"

#include "tests/core/wire/fakes.hpp"
#include "tests/core/wire/golden_kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

EscrowBlob small_blob() {
    EscrowBlob blob;
    blob.federation.bytes.fill(std::byte{1});
    blob.case_id.bytes.fill(std::byte{4});
    blob.label.subjects = {PersonId{}};
    blob.compartment = compartment_id(hasher, blob.case_id, blob.label);
    blob.author.bytes.fill(std::byte{5});
    blob.counter = 7;
    blob.why = Errc::not_permitted;
    blob.reason = "closed";
    blob.change.item.bytes.fill(std::byte{6});
    blob.change.time = HybridTime{99};
    blob.change.writes = {{make_field(1, MergeKind::single), {}}};
    for (int i = 3; i > 0; --i) {
        SealedKey key{{}, 1, Bytes(sealed_key_size)};
        key.device.bytes.fill(static_cast<std::byte>(i));
        blob.keys.push_back(key);
    }
    blob.body = Bytes(40, std::byte{0xaa});
    prepare_escrow(blob);
    FakeSigner signer{1};
    sign_escrow(blob, signer, hasher);
    return blob;
}

EscrowBlob decoded(const Bytes& bytes) {
    return std::get<EscrowBlob>(*decode_escrow(bytes, hasher));
}

Errc error_of(const EscrowBlob& blob) {
    const auto result = decode_escrow(encode_escrow(blob), hasher);
    return result ? Errc{} : result.error().code;
}

}  // namespace

TEST_CASE("Escrow: what was encoded decodes to the same, byte for byte", "[wire][escrow]") {
    const EscrowBlob blob = small_blob();
    const Bytes bytes = encode_escrow(blob);
    const EscrowBlob again = decoded(bytes);
    CHECK(again.id == blob.id);
    CHECK(again.keys == blob.keys);
    CHECK(again.change == blob.change);
    CHECK(encode_escrow(again) == bytes);
    CHECK(verify_escrow(again, FakeSigner{1}.public_key(), verifier));
    CHECK_FALSE(verify_escrow(again, FakeSigner{2}.public_key(), verifier));
}

TEST_CASE("Escrow: no prefix of one is one, and no changed one verifies", "[wire][escrow]") {
    const Bytes bytes = encode_escrow(small_blob());
    const SigningPublicKey key = FakeSigner{1}.public_key();
    for_each_prefix(bytes, [](ByteView prefix) { CHECK(!decode_escrow(prefix, hasher)); });
    for_each_flip(bytes, [&](ByteView changed) {
        const auto result = decode_escrow(changed, hasher);
        const auto* blob = result ? std::get_if<EscrowBlob>(&*result) : nullptr;
        CHECK((!blob || !verify_escrow(*blob, key, verifier)));
    });
}

TEST_CASE("Escrow: a compartment that is not the label's, unsorted boxes and too much are refused",
          "[wire][escrow]") {
    EscrowBlob other = small_blob();
    other.compartment.bytes.front() ^= std::byte{1};
    CHECK(error_of(other) == Errc::malformed);
    EscrowBlob unsorted = small_blob();
    std::swap(unsorted.keys.front(), unsorted.keys.back());
    CHECK(error_of(unsorted) == Errc::malformed);
    EscrowBlob restated = small_blob();
    restated.change.restated_author = DeviceId{};
    CHECK(error_of(restated) == Errc::malformed);
    EscrowBlob many = small_blob();
    many.keys.assign(escrow_recipients_max + 1, many.keys.front());
    CHECK(error_of(many) == Errc::limit_exceeded);
    EscrowBlob large = small_blob();
    large.body = Bytes(escrow_bytes_max);
    CHECK(error_of(large) == Errc::limit_exceeded);
}

TEST_CASE("Escrow: who may open its key has the documented layout", "[wire][escrow]") {
    EscrowBlob blob = small_blob();
    blob.keys = {
        {test::filled<DeviceId>(0x11), 0x01020304, Bytes(sealed_key_size, std::byte{0x22})}};
    blob.recovery_box = Bytes(sealed_key_size, std::byte{0x33});
    blob.body = {std::byte{0x55}};
    blob.signature = test::filled<Signature>(0x66);
    const Bytes end =
        test::bytes_of("00 01 11*16 01 02 03 04 00*3 70 22*112 01 00*3 70 33*112 00*3 01 55 66*64");
    const Bytes bytes = encode_escrow(blob);
    CHECK(equal(ByteView{bytes}.last(end.size()), end));
}

TEST_CASE("Escrow: preparing keeps the newest replaced versions only", "[wire][escrow]") {
    EscrowBlob blob = small_blob();
    for (std::uint64_t i = 1; i <= 20; ++i)
        blob.change.writes.front().replaces.push_back({HybridTime{i}, DeviceId{}});
    CHECK(error_of(blob) == Errc::limit_exceeded);
    prepare_escrow(blob);
    const auto& kept = blob.change.writes.front().replaces;
    REQUIRE(kept.size() == escrow_replaces_max);
    CHECK(kept.front().time == HybridTime{13});
    CHECK(error_of(blob) == Errc{});
}

TEST_CASE("Escrow: a held entry is a batch or a statement, and named by all its bytes",
          "[wire][escrow]") {
    const Bytes bytes = encode_escrow(HeldEntry{EntryKind::batch, Bytes(30, std::byte{3}), {}});
    const auto held = std::get<HeldEntry>(*decode_escrow(bytes, hasher));
    CHECK(held.bytes == Bytes(30, std::byte{3}));
    CHECK(held.id == hasher.hash(Domain::escrow_blob, {bytes}));
    for_each_prefix(bytes, [](ByteView prefix) { CHECK(!decode_escrow(prefix, hasher)); });
    CHECK(!decode_escrow(encode_escrow(HeldEntry{EntryKind::packet, {}, {}}), hasher));
}
