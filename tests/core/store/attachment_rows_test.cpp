#include "core/store/attachment_rows.hpp"

#include "tests/core/store/store_builders.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/temporary_folder.hpp"

#include <rapidcheck.h>

using namespace samsyn;

namespace {

const CompartmentId some_place = id_of<CompartmentId>(1);

Bytes numbered(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 31 + i / 251);
    return bytes;
}

StoredAttachment fresh(unsigned char item, std::uint64_t size) {
    StoredAttachment attachment;
    attachment.compartment = some_place;
    attachment.item = id_of<ItemId>(item);
    attachment.id = id_of<AttachmentId>(item);
    attachment.size = size;
    return attachment;
}

std::int64_t rows_of(DeviceStore& store, const char* sql) {
    Query query = must(store.database().query(sql));
    REQUIRE(must(query.step()));
    return query.number(0);
}

Bytes read_whole(AttachmentRows& rows, const StoredAttachment& attachment) {
    Bytes whole;
    while (whole.size() < attachment.size) {
        const Bytes piece = must(rows.chunks().read(attachment.number, whole.size(), 10'000));
        REQUIRE_FALSE(piece.empty());
        whole.insert(whole.end(), piece.begin(), piece.end());
    }
    return whole;
}

}  // namespace

TEST_CASE("AttachmentRows: pieces of any size are the file, and its id", "[store][attachment]") {
    CHECK(rc::check("pieces", [] {
        DeviceStore store = memory_store();
        AttachmentRows rows{store.database()};
        const Bytes file = numbered(*rc::gen::inRange<std::size_t>(1, 200'000));
        StoredAttachment attachment = fresh(1, file.size());
        commit(store, [&] {
            attachment = must(rows.put(attachment));
            for (ByteView rest{file}; !rest.empty();) {
                const auto size =
                    std::min<std::size_t>(rest.size(), *rc::gen::inRange<std::size_t>(1, 90'000));
                must(rows.append(attachment, rest.first(size), FakeHasher{}));
                rest = rest.subspan(size);
            }
        });
        RC_ASSERT(read_whole(rows, attachment) == file);
        Bytes hashes;
        for (ByteView rest{file}; !rest.empty();) {
            const ByteView chunk = rest.first(std::min(rest.size(), attachment_chunk_bytes));
            const Hash hash = chunk_hash(FakeHasher{}, chunk);
            hashes.insert(hashes.end(), hash.bytes.begin(), hash.bytes.end());
            rest = rest.subspan(chunk.size());
        }
        RC_ASSERT(must(rows.chunks().id_of(attachment.number, file.size(), FakeHasher{})) ==
                  attachment_id(FakeHasher{}, file.size(), hashes));
    }));
}

TEST_CASE("AttachmentRows: half a file has no id", "[store][attachment]") {
    DeviceStore store = memory_store();
    AttachmentRows rows{store.database()};
    const Bytes file = numbered(150'000);
    StoredAttachment attachment = fresh(1, file.size());
    commit(store, [&] {
        attachment = must(rows.put(attachment));
        must(rows.append(attachment, ByteView{file}.first(140'000), FakeHasher{}));
    });
    const auto id = rows.chunks().id_of(attachment.number, file.size(), FakeHasher{});
    REQUIRE(!id);
    CHECK(id.error().code == Errc::malformed);
}

TEST_CASE("AttachmentRows: a purge takes the files of its compartment and no others",
          "[store][attachment]") {
    DeviceStore store = memory_store();
    AttachmentRows rows{store.database()};
    const Bytes file = numbered(70'000);
    StoredAttachment kept = fresh(2, file.size());
    kept.compartment = id_of<CompartmentId>(2);
    commit(store, [&] {
        StoredAttachment gone = must(rows.put(fresh(1, file.size())));
        must(rows.append(gone, file, FakeHasher{}));
        kept = must(rows.put(kept));
        must(rows.append(kept, file, FakeHasher{}));
    });
    commit(store, [&] { must(store.purge(some_place)); });
    CHECK(rows_of(store, "SELECT count(*) FROM attachments") == 1);
    CHECK(rows_of(store, "SELECT count(*) FROM sealed_chunks") == 2);
    CHECK(read_whole(rows, kept) == file);
}

TEST_CASE("AttachmentRows: a copy has its own bytes", "[store][attachment]") {
    DeviceStore store = memory_store();
    AttachmentRows rows{store.database()};
    const Bytes file = numbered(70'000);
    commit(store, [&] {
        StoredAttachment original = must(rows.put(fresh(1, file.size())));
        must(rows.append(original, file, FakeHasher{}));
        StoredAttachment copy = original;
        copy.item = id_of<ItemId>(2);
        must(rows.copy(original, copy));
        must(rows.erase(original.number));
    });
    const auto copy = must(rows.find(some_place, id_of<ItemId>(2)));
    REQUIRE(copy);
    CHECK(copy->is_whole());
    CHECK(read_whole(rows, *copy) == file);
}

TEST_CASE("AttachmentRows: what a killed process was attaching goes at the next opening",
          "[store][attachment]") {
    const TemporaryFolder folder;
    {
        DeviceStore store = open_store(folder / "device.db");
        AttachmentRows rows{store.database()};
        commit(store, [&] {
            StoredAttachment begun = fresh(1, 1000);
            begun.id = {};
            begun = must(rows.put(begun));
            must(rows.append(begun, numbered(1000), FakeHasher{}));
            StoredAttachment whole = must(rows.put(fresh(2, 1000)));
            must(rows.append(whole, numbered(1000), FakeHasher{}));
        });
    }
    DeviceStore store = open_store(folder / "device.db");
    CHECK(must(AttachmentRows{store.database()}.known_items()).size() == 1);
    CHECK(rows_of(store, "SELECT count(*) FROM sealed_chunks") == 1);
}

TEST_CASE(
    "AttachmentRows: one that is under way holds up no other, and only what was not there is "
    "asked for again",
    "[store][attachment]") {
    DeviceStore store = memory_store();
    AttachmentRows rows{store.database()};
    commit(store, [&] {
        for (const unsigned char item : Numbers{1, 2}) {
            StoredAttachment wanted = fresh(item, item * 100U);
            wanted.way = AttachmentWay::wanted;
            (void)must(rows.put(wanted));
        }
    });
    const AttachmentPlace first = fresh(1, 100).place();
    const AttachmentPlace second = fresh(2, 200).place();
    CHECK(must(rows.first_wanted({}))->place() == first);
    CHECK(must(rows.first_wanted(first))->place() == second);
    CHECK(must(rows.foreign_bytes()) == 300);
    commit(store, [&] {
        must(rows.set_refused(first, AttachmentWay::wanted, Errc::not_authentic));
        must(rows.set_refused(second, AttachmentWay::wanted, Errc::not_found));
        must(rows.allow(first));
        must(rows.allow(second));
    });
    CHECK(must(rows.first_wanted({}))->place() == second);
    CHECK_FALSE(must(rows.first_wanted(second)));
    CHECK(must(rows.foreign_bytes()) == 200);  // what was refused takes no room
}
