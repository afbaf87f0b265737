#include "core/wire/batch.hpp"

#include "tests/core/wire/fakes.hpp"
#include "tests/core/wire/golden_kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/generators.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

BatchItem item(std::byte fill, std::size_t size = 40) {
    BatchItem::Full full;
    full.header.item.bytes.fill(fill);
    full.header.writes = {FieldWrite{deleted_field, {}}};
    full.sealed = Bytes(size, fill);
    return BatchItem{full};
}

Batch small_batch() {
    Batch batch;
    batch.header.sequence = 1;
    batch.items = {item(std::byte{1}), item(std::byte{2}), item(std::byte{3})};
    return batch;
}

Bytes signed_and_encoded(Batch batch) {
    FakeSigner signer{1};
    sign_batch(batch, signer, hasher);
    return encode_batch(batch);
}

Errc error_of(const Batch& batch) {
    const auto decoded = decode_batch(signed_and_encoded(batch), hasher);
    return decoded ? Errc{} : decoded.error().code;
}

Hash node(const Hash& left, const Hash& right) {
    return hasher.hash(Domain::tree_node, {left.view(), right.view()});
}

}  // namespace

TEST_CASE("Batch: what was encoded decodes to the same, byte for byte", "[wire][batch]") {
    CHECK(rc::check("round trip", [] {
        const Batch batch = *gen::batch();
        const Bytes bytes = encode_batch(batch);
        const auto decoded = decode_batch(bytes, hasher);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(decoded->id == batch.id);
        RC_ASSERT(decoded->header == batch.header);
        RC_ASSERT(decoded->items == batch.items);
        RC_ASSERT(encode_batch(*decoded) == bytes);
        RC_ASSERT(verify_batch(*decoded, FakeSigner{1}.public_key(), verifier));
    }));
}

TEST_CASE("Batch: what it replaces has the documented layout", "[wire][batch]") {
    Batch batch = small_batch();
    batch.header.replaces = test::filled<BatchId>(0x44);
    batch.header.log_size = 9;
    // After federation, compartment, epoch, author, counter, sequence and previous batch.
    const std::size_t place = 3 * 32 + 16 + 2 * 8 + 32;
    const Bytes expected = test::bytes_of("01 44*32 00 00 00*7 09");
    const Bytes part = encode_signed_part(batch);
    CHECK(equal(ByteView{part}.subspan(place, expected.size()), expected));
}

TEST_CASE("Batch: no prefix of one is one, and no changed one verifies", "[wire][batch]") {
    CHECK(rc::check("prefixes and flips", [] {
        const Bytes bytes = encode_batch(*gen::batch());
        const SigningPublicKey key = FakeSigner{1}.public_key();
        for_each_prefix(
            bytes, [](ByteView prefix) { RC_ASSERT(!decode_batch(prefix, hasher).has_value()); });
        for_each_flip(bytes, [&](ByteView changed) {
            const auto decoded = decode_batch(changed, hasher);
            RC_ASSERT((!decoded || !verify_batch(*decoded, key, verifier)));
        });
    }));
}

TEST_CASE("Batch: a pruned item is its digest, and the signature still holds", "[wire][batch]") {
    FakeSigner signer{1};
    Batch batch = small_batch();
    sign_batch(batch, signer, hasher);
    const BatchId id = batch.id;
    batch.items[1] = BatchItem{item_digest(batch.items[1], hasher)};

    const auto decoded = decode_batch(encode_batch(batch), hasher);
    REQUIRE(decoded.has_value());
    CHECK(decoded->id == id);
    CHECK(std::holds_alternative<Hash>(decoded->items[1].content));
    CHECK(verify_batch(*decoded, signer.public_key(), verifier));
}

TEST_CASE("Batch: items that do not hash to the root are not authentic", "[wire][batch]") {
    FakeSigner signer{1};
    Batch batch = small_batch();
    sign_batch(batch, signer, hasher);
    std::swap(batch.items[0], batch.items[1]);
    const auto decoded = decode_batch(encode_batch(batch), hasher);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code == Errc::not_authentic);
}

TEST_CASE("Batch: what its format forbids is refused", "[wire][batch]") {
    Batch batch = small_batch();

    SECTION("sequence 0") {
        batch.header.sequence = 0;
        CHECK(error_of(batch) == Errc::malformed);
    }
    SECTION("a first one with a batch before it") {
        batch.header.previous.bytes.front() = std::byte{1};
        CHECK(error_of(batch) == Errc::malformed);
    }
    SECTION("a second one without") {
        batch.header.sequence = 2;
        CHECK(error_of(batch) == Errc::malformed);
    }
    SECTION("another author's values outside a restatement") {
        std::get<BatchItem::Full>(batch.items[0].content).header.restated_author = DeviceId{};
        CHECK(error_of(batch) == Errc::malformed);
        batch.header.restatement = true;
        CHECK(error_of(batch) == Errc{});
    }
    SECTION("a body of more than 40 KiB") {
        batch.items = {item(std::byte{1}, sealed_body_bytes_max + 1)};
        CHECK(error_of(batch) == Errc::limit_exceeded);
    }
    SECTION("more than 64 KiB") {
        batch.items = {item(std::byte{1}, 33 * 1024), item(std::byte{1}, 33 * 1024)};
        CHECK(error_of(batch) == Errc::limit_exceeded);
    }
}

TEST_CASE("Batch: a million empty items are refused by their count", "[wire][batch]") {
    Batch batch = small_batch();
    batch.item_count = 0xffff;
    const auto decoded = decode_batch(encode_batch(batch), hasher);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code == Errc::limit_exceeded);
}

TEST_CASE("Tree: its root is that of RFC 9162, section 2.1.1", "[wire][batch]") {
    std::vector<Hash> leaves(7);
    for (std::size_t i = 0; i < leaves.size(); ++i)
        leaves[i].bytes.fill(static_cast<std::byte>(i + 1));
    const std::span<const Hash> all{leaves};

    CHECK(tree_root({}, hasher) == hasher.hash(Domain::tree_leaf, {}));
    CHECK(tree_root(all.first(1), hasher) == leaves[0]);
    CHECK(tree_root(all.first(3), hasher) == node(node(leaves[0], leaves[1]), leaves[2]));
    const Hash four = node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3]));
    CHECK(tree_root(all.first(4), hasher) == four);
    CHECK(tree_root(all, hasher) == node(four, node(node(leaves[4], leaves[5]), leaves[6])));
}

TEST_CASE("Item: its sealed body is bound to batch, epoch and clear header", "[wire][batch]") {
    BatchHeader header;
    const ChangeHeader change = std::get<BatchItem::Full>(item(std::byte{1}).content).header;
    const Bytes aad = item_aad(header, change);
    CHECK(as_text(aad).substr(0, domain_label_size) == label_of(Domain::item_aad));

    BatchHeader other = header;
    SECTION("epoch") {
        other.epoch.bytes.front() = std::byte{1};
    }
    SECTION("compartment") {
        other.compartment.bytes.front() = std::byte{1};
    }
    SECTION("author") {
        other.author.bytes.front() = std::byte{1};
    }
    SECTION("counter") {
        other.counter = 1;
    }
    SECTION("restatement") {
        other.restatement = true;
    }
    CHECK(item_aad(other, change) != aad);
}
