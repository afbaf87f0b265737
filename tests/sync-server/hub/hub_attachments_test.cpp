// The server's limits on attached files. What attackers try is in
// device_attachments_attack_test.cpp.

#include "core/attachment/attached_file.hpp"
#include "core/wire/log_rows.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {

namespace {

/// The lead of a case, whose compartment the hub knows.
struct FilesOfCase {
    explicit FilesOfCase(const HubLimits& limits) : world(limits), lead(world, world.lead, 1) {
        lead.start();
        for (const Bytes& statement : world.open_case())
            lead.send(Push{1, EntryKind::statement, statement});
        lead.send(Push{2, EntryKind::packet, world.packet(world.lead, world.label)});
        compartment = world.compartment(world.label);
        lead.pull();
    }

    AttachmentState offer(unsigned char name, std::uint64_t size) {
        place = {compartment, {}};
        place.attachment.bytes.fill(std::byte{name});
        return answer_to(AttachmentOffer{place, size});
    }

    AttachmentState piece(std::uint64_t offset, std::size_t size) {
        return answer_to(AttachmentPiece{place, offset, Bytes(size)});
    }

    AttachmentState answer_to(const Message& message) {
        lead.received.clear();
        lead.send(message);
        lead.pull();
        REQUIRE(lead.last<AttachmentState>() != nullptr);
        return *lead.last<AttachmentState>();
    }

    HubWorld world;
    ScriptedClient lead;
    CompartmentId compartment;
    AttachmentPlace place;
};

}  // namespace

TEST_CASE("Hub: a file larger than the limit is refused", "[hub][attachment][limits]") {
    HubLimits limits;
    limits.attachment_bytes_max = 1000;
    FilesOfCase files{limits};
    CHECK(files.offer(1, 1000).refused == Errc{});
    CHECK(files.offer(2, 1001).refused == Errc::limit_exceeded);
}

TEST_CASE("Hub: a device begins only so many files", "[hub][attachment][limits]") {
    HubLimits limits;
    limits.attachments_unfinished_max = 2;
    FilesOfCase files{limits};
    CHECK(files.offer(1, 1000).refused == Errc{});
    CHECK(files.offer(2, 1000).refused == Errc{});
    CHECK(files.offer(3, 1000).refused == Errc::rate_limited);
    CHECK(files.offer(2, 1000).refused == Errc{});  // begun already

    files.world.now += std::chrono::days{31};  // what nobody went on with is given up
    files.lead.start();
    CHECK(files.offer(3, 1000).refused == Errc{});
}

TEST_CASE("Hub: a device sends only so many bytes of files", "[hub][attachment][limits]") {
    HubLimits limits;
    limits.attachment_rate = {std::chrono::hours{1}, 1};
    FilesOfCase files{limits};
    REQUIRE(files.offer(1, 50'000).refused == Errc{});
    CHECK(files.piece(0, 5000).have == 5000);
    CHECK(files.piece(5000, 5000).have == 10'000);  // of the same mebibyte
    REQUIRE(files.offer(2, 50'000).refused == Errc{});
    CHECK(files.piece(0, 5000).refused == Errc::rate_limited);
    files.world.now += std::chrono::hours{1};
    CHECK(files.piece(0, 5000).have == 5000);
}

TEST_CASE("Hub: what was sent of a file outlives the server's process", "[hub][attachment]") {
    FilesOfCase files{HubLimits{}};
    REQUIRE(files.offer(1, 50'000).refused == Errc{});
    CHECK(files.piece(0, 30'000).have == 30'000);
    files.world.restart();
    files.lead.start();
    CHECK(files.offer(1, 50'000).have == 30'000);
}

TEST_CASE("Hub: what is erased goes by and by, and is not found at once", "[hub][attachment]") {
    FilesOfCase files{HubLimits{}};
    const std::uint64_t size = 40 * attachment_chunk_bytes;
    REQUIRE(files.offer(1, size).refused == Errc{});
    for (std::uint64_t at = 0; at + attachment_piece_bytes_max < size;
         at += attachment_piece_bytes_max)
        REQUIRE(files.piece(at, attachment_piece_bytes_max).refused == Errc{});
    const AttachmentPlace begun = files.place;
    // Its last bytes make it another file than it says: all of it goes.
    CHECK(files.piece(size - attachment_piece_bytes_max, attachment_piece_bytes_max).refused ==
          Errc::not_authentic);
    AttachmentRecords& records = files.world.storage->attachments();
    CHECK_FALSE(records.find_begun(begun, files.world.lead.device)->has_value());
    std::size_t groups = 0;
    while (*records.has_erased()) {
        REQUIRE(++groups < 10);
        (void)files.offer(2, 5000);
    }
    CHECK(groups >= 3);  // 40 chunks, 16 at a time
}

TEST_CASE("Hub: who sends a file and who gets it stands in the log", "[hub][attachment][log]") {
    FilesOfCase files{HubLimits{}};
    const Bytes sealed(6000, std::byte{3});
    Bytes hashes;
    const Hash hash = chunk_hash(files.world.hasher, sealed);
    hashes.assign(hash.bytes.begin(), hash.bytes.end());
    files.place = {files.compartment, attachment_id(files.world.hasher, sealed.size(), hashes)};
    REQUIRE(files.answer_to(AttachmentOffer{files.place, sealed.size()}).refused == Errc{});
    REQUIRE(files.answer_to(AttachmentPiece{files.place, 0, sealed}).whole);
    for (int times = 0; times < 2; ++times) {  // twice in one session is one row
        files.lead.received.clear();
        files.lead.send(AttachmentRequest{files.place, 0, 6000});
        files.lead.pull();
        REQUIRE(files.lead.last<AttachmentPiece>() != nullptr);
        CHECK(files.lead.last<AttachmentPiece>()->bytes == sealed);
    }
    std::vector<bool> delivered;
    for (std::uint64_t number = 0;; ++number) {
        const auto bytes = files.world.storage->log().row(number);
        if (!bytes) break;
        const auto row = decode_log_row(*bytes);
        REQUIRE(row);
        if (const auto* const act = std::get_if<RowAttachment>(&row->act)) {
            CHECK(act->place == files.place);
            CHECK(row->device == files.world.lead.device);
            delivered.push_back(act->delivered);
        }
    }
    CHECK(delivered == std::vector<bool>{false, true});
}

}  // namespace samsyn
