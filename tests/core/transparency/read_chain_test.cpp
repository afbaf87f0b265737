#include "core/transparency/read_chain.hpp"

#include "core/transparency/checkpoint.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/seeded_random.hpp"

namespace samsyn {
namespace {

const FakeHasher hasher;
const FakeVerifier verifier;

/// A device that reads.
struct Reading {
    explicit Reading(std::uint64_t seed) : signer(seed), random(seed) {
        segment.federation = random_id<FederationId>(random);
        segment.device = random_id<DeviceId>(random);
    }

    ReadEntry next() {
        ReadEntry entry;
        entry.sequence = ++sequence;
        entry.previous = head;
        entry.device_time = Instant{std::chrono::milliseconds{1'000 + sequence}};
        entry.case_id = random_id<CaseId>(random);
        entry.parts.push_back({random_id<CompartmentId>(random), {random_id<ItemId>(random)}});
        return entry;
    }

    void add(const ReadEntry& entry) {
        segment.entries.push_back(encode_read_entry(entry));
        head = read_entry_hash(segment.entries.back(), hasher);
    }

    Bytes signed_bytes() {
        sign_read_segment(segment, signer, hasher);
        return encode_read_segment(segment);
    }

    FakeSigner signer;
    SeededRandom random;
    ReadSegment segment;
    std::uint64_t sequence = 0;
    Hash head;
};

}  // namespace

TEST_CASE("ReadChain: entries that follow one another come back as they were", "[transparency]") {
    Reading reading{1};
    std::vector<ReadEntry> said;
    for (int i = 0; i < 5; ++i) {
        said.push_back(reading.next());
        said.back().action = static_cast<ReadAction>(i);
        reading.add(said.back());
    }
    const auto reads = decode_read_segment(reading.signed_bytes(), hasher);
    REQUIRE(reads);
    CHECK(reads->entries == said);
    CHECK(reads->hashes.back() == reading.head);
    CHECK(verify_read_segment(*reads, reading.signer.public_key(), verifier));
    CHECK_FALSE(verify_read_segment(*reads, FakeSigner{2}.public_key(), verifier));
}

TEST_CASE("ReadChain: an entry left out, swapped or changed breaks it", "[transparency]") {
    Reading reading{1};
    for (int i = 0; i < 4; ++i) reading.add(reading.next());
    const ReadSegment whole = reading.segment;

    SECTION("left out") {
        reading.segment.entries.erase(reading.segment.entries.begin() + 1);
        CHECK(decode_read_segment(reading.signed_bytes(), hasher).error().code ==
              Errc::missing_parent);
    }
    SECTION("swapped") {
        std::swap(reading.segment.entries[1], reading.segment.entries[2]);
        CHECK(decode_read_segment(reading.signed_bytes(), hasher).error().code ==
              Errc::missing_parent);
    }
    SECTION("changed") {
        auto entry = *decode_read_entry(whole.entries[1]);
        entry.parts[0].items[0].bytes[3] ^= std::byte{1};
        reading.segment.entries[1] = encode_read_entry(entry);
        CHECK(decode_read_segment(reading.signed_bytes(), hasher).error().code ==
              Errc::missing_parent);
    }
    SECTION("the last one changed: the signature shows it") {
        const Bytes signed_before = reading.signed_bytes();
        auto entry = *decode_read_entry(whole.entries[3]);
        entry.device_time += std::chrono::hours{1};
        reading.segment.entries[3] = encode_read_entry(entry);
        const auto reads = decode_read_segment(encode_read_segment(reading.segment), hasher);
        REQUIRE(reads);
        CHECK_FALSE(verify_read_segment(*reads, reading.signer.public_key(), verifier));
    }
    SECTION("said to be another device's") {
        (void)reading.signed_bytes();
        reading.segment.device = random_id<DeviceId>(reading.random);
        const auto reads = decode_read_segment(encode_read_segment(reading.segment), hasher);
        REQUIRE(reads);
        CHECK_FALSE(verify_read_segment(*reads, reading.signer.public_key(), verifier));
    }
}

TEST_CASE("ReadChain: what no device writes is refused", "[transparency]") {
    Reading reading{1};
    ReadEntry entry = reading.next();
    const auto refused = [&] { return decode_read_entry(encode_read_entry(entry)).error().code; };

    SECTION("no items") {
        entry.parts[0].items.clear();
        CHECK(refused() == Errc::malformed);
    }
    SECTION("nothing at all") {
        entry.parts.clear();
        CHECK(refused() == Errc::malformed);
    }
    SECTION("items twice") {
        entry.parts[0].items.push_back(entry.parts[0].items[0]);
        CHECK(refused() == Errc::malformed);
    }
    SECTION("a first one with something before it") {
        entry.previous = random_id<Hash>(reading.random);
        CHECK(refused() == Errc::malformed);
    }
    SECTION("more items than one entry holds, in several parts") {
        entry.parts.clear();
        for (int part = 0; part < 2; ++part) {
            ReadEntry::Part many{random_id<CompartmentId>(reading.random), {}};
            for (std::size_t i = 0; i <= read_items_max / 2; ++i)
                many.items.push_back(random_id<ItemId>(reading.random));
            std::ranges::sort(many.items);
            entry.parts.push_back(many);
        }
        std::ranges::sort(entry.parts, {}, &ReadEntry::Part::compartment);
        CHECK(refused() == Errc::limit_exceeded);
    }
    SECTION("bytes behind it") {
        Bytes bytes = encode_read_entry(entry);
        bytes.push_back(std::byte{0});
        CHECK(decode_read_entry(bytes).error().code == Errc::trailing_bytes);
    }
}

TEST_CASE("ReadChain: a piece cut at any byte is refused", "[transparency]") {
    Reading reading{1};
    for (int i = 0; i < 2; ++i) reading.add(reading.next());
    const Bytes bytes = reading.signed_bytes();
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decode_read_segment(ByteView{bytes}.first(size), hasher));
}

TEST_CASE("Checkpoint: comes back as it was, and verifies for nobody else", "[transparency]") {
    SeededRandom random{3};
    FakeSigner server{1};
    Checkpoint said{random_id<FederationId>(random),
                    random_id<Incarnation>(random),
                    {77, random_id<Hash>(random)},
                    Instant{std::chrono::milliseconds{5}}};
    const SignedCheckpoint checkpoint = sign_checkpoint(said, server);
    const auto read = decode_checkpoint(encode_checkpoint(checkpoint));
    REQUIRE(read);
    CHECK(*read == checkpoint);
    CHECK(verify_checkpoint(*read, verifier));
    SignedCheckpoint other = checkpoint;
    other.checkpoint.tree.size = 76;
    CHECK_FALSE(verify_checkpoint(other, verifier));
    other = checkpoint;
    other.checkpoint.incarnation = random_id<Incarnation>(random);
    CHECK_FALSE(verify_checkpoint(other, verifier));
}

}  // namespace samsyn
