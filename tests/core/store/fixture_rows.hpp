#pragma once

#include "core/store/device_store.hpp"

#include <string>

#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 4
#include "core/store/read_log.hpp"
#include "tests/support/fake_hasher.hpp"
#endif

#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 5
#include "core/store/resend_log.hpp"
#endif

#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 6
#include "core/text/text_document.hpp"
#endif

#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 7
#include "core/store/attachment_rows.hpp"
#include "core/store/late_words.hpp"
#endif

// What the fixtures in tests/vectors/databases hold: rows in every table, with unsent work aboard.
// Compiled with the store as it was at each version, so it uses nothing that came later.

namespace samsyn::fixture {

template <class IdType>
IdType id_of(unsigned char number) {
    IdType id;
    id.bytes.front() = std::byte{number};
    id.bytes.back() = std::byte{0xf1};
    return id;
}

inline Bytes bytes_of(std::size_t size, unsigned char fill) {
    return Bytes(size, std::byte{fill});
}

inline ContentKey a_key() {
    std::array<std::byte, ContentKey::size> bytes{};
    bytes.fill(std::byte{0x6b});
    return ContentKey{bytes};
}

inline Label a_label() {
    Label label;
    label.subjects = {id_of<PersonId>(1)};
    label.disclosing = {id_of<OrganisationId>(1), id_of<UnitId>(1), Regime::social};
    label.category = Category::social;
    label.sensitivity = Sensitivity::normal;
    return label;
}

inline Version version_of(std::uint64_t time, unsigned char device) {
    return {HybridTime{time}, id_of<DeviceId>(device)};
}

inline Change change_of(unsigned char item,
                        ItemType type,
                        std::uint64_t time,
                        std::string text,
                        std::vector<Version> replaces = {}) {
    Change change;
    change.header.item = id_of<ItemId>(item);
    change.header.type = type;
    change.header.time = HybridTime{time};
    change.header.writes = {{make_field(1, MergeKind::single), std::move(replaces)}};
    change.values = {Value{std::move(text)}};
    return change;
}

inline constexpr int notes = 40;

inline std::string text_of_note(int number) {
    return "Anteckning nummer" + std::to_string(number) + " om sömn på Björkskolan";
}

/// Work that no server has: written, parked, and sealed but not answered.
inline Change unsent_change() {
    return change_of(101, ItemType::visit_note, 50, "Osänt: ringde farmor");
}

inline Change parked_change() {
    return change_of(102, ItemType::visit_note, 51, "Parkerat: skrivet utan rätt");
}

inline Change sealed_change() {
    return change_of(103, ItemType::visit_note, 52, "Förseglat: väntar på svar");
}

#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 4
inline ReadEntry a_read() {
    ReadEntry entry;
    entry.case_id = id_of<CaseId>(1);
    entry.parts.push_back({id_of<CompartmentId>(1), {id_of<ItemId>(4)}});
    return entry;
}

inline SignedCheckpoint a_checkpoint(std::uint64_t size) {
    SignedCheckpoint checkpoint;
    checkpoint.checkpoint.tree = {size, id_of<Hash>(5)};
    return checkpoint;
}
#endif

#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 6
inline constexpr FieldNumber minutes = make_field(6, MergeKind::text);

/// Minutes that another began, and this device goes on writing.
inline Result<void> write_minutes(DeviceStore& store) {
    const auto place = id_of<CompartmentId>(1);
    TextDocument begun{id_of<DeviceId>(2)};
    SAMSYN_TRY(begun.insert(0, "Protokoll: "));
    const auto runs = SAMSYN_TRY(begun.take_runs());
    Change change = change_of(105, ItemType::meeting, 14, {});
    change.header.writes = {{minutes, {}}};
    change.values = {Value{encode(runs.front())}};
    (void)SAMSYN_TRY(store.merge(place, change, id_of<DeviceId>(2)));
    if (!SAMSYN_TRY(store.fold_texts(id_of<DeviceId>(1))).empty())
        return fail(Errc::malformed, "run of the fixture");
    change.header.time = HybridTime{15};
    change.values = {Value{Bytes{}}};
    (void)SAMSYN_TRY(store.merge(place, change, id_of<DeviceId>(1)));
    (void)SAMSYN_TRY(store.edit_text({place, id_of<ItemId>(105), minutes},
                                     std::nullopt,
                                     "Protokoll: farmor kom",
                                     id_of<DeviceId>(1)));
    return {};
}
#endif

/// Fills a new store, inside the caller's transaction.
inline Result<void> write(DeviceStore& store) {
    const auto place = id_of<CompartmentId>(1);
    const auto own = id_of<DeviceId>(1);
    SAMSYN_TRY(store.put_value("title/fixture", as_bytes(std::string_view{"Familjen Alm"})));
    for (int i = 0; i < 7; ++i) (void)SAMSYN_TRY(store.take_counter());
    for (unsigned char n = 1; n <= 3; ++n)
        (void)SAMSYN_TRY(store.put_statement(id_of<StatementId>(n), bytes_of(90, n)));
    SAMSYN_TRY(store.put_cursor(id_of<Incarnation>(1), Channel{place}, 17));
    SAMSYN_TRY(store.put_compartment({place, id_of<CaseId>(1), a_label()}));
    (void)SAMSYN_TRY(store.put_epoch(id_of<EpochId>(1), place, bytes_of(200, 9)));
    SAMSYN_TRY(store.put_key(id_of<EpochId>(1), a_key()));
    (void)SAMSYN_TRY(store.put_epoch(id_of<EpochId>(2), place, bytes_of(200, 8)));
    SAMSYN_TRY(store.hold_batch(place, id_of<EpochId>(2), 9, bytes_of(120, 7)));

    for (int i = 0; i < notes; ++i)
        (void)SAMSYN_TRY(store.merge(
            place,
            change_of(static_cast<unsigned char>(i + 1), ItemType::visit_note, 10, text_of_note(i)),
            own));
    (void)SAMSYN_TRY(store.merge(
        place, change_of(1, ItemType::visit_note, 11, "Ersatt text", {version_of(10, 1)}), own));
    // Two tablets at once: a conflict.
    (void)SAMSYN_TRY(store.merge(
        place, change_of(2, ItemType::visit_note, 12, "Samtidig text"), id_of<DeviceId>(2)));
    (void)SAMSYN_TRY(store.merge(place, change_of(100, ItemType::person, 5, "Elin Älv"), own));
    Change deletion = change_of(3, ItemType::visit_note, 13, {}, {version_of(10, 1)});
    deletion.header.writes.front().field = deleted_field;
    deletion.values = {Value{true}};
    (void)SAMSYN_TRY(store.merge(place, deletion, own));
#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 2
    Change restated = change_of(104, ItemType::visit_note, 6, "Återgiven av annan");
    restated.header.restated_author = id_of<DeviceId>(3);
    (void)SAMSYN_TRY(store.merge_restated(place, restated, id_of<DeviceId>(2)));
#endif

#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 4
    ReadLog reads{store.database()};
    for (int i = 0; i < 2; ++i) SAMSYN_TRY(reads.append(a_read(), FakeHasher{}));
    SAMSYN_TRY(reads.acknowledge(1, Instant{}));
    SAMSYN_TRY(reads.put_checkpoint(a_checkpoint(7)));
    SAMSYN_TRY(reads.put_evidence({Instant{}, a_checkpoint(7), a_checkpoint(6)}));
#endif

    for (const Change& change : {unsent_change(), parked_change(), sealed_change()})
        (void)SAMSYN_TRY(store.merge(place, change, own));
    (void)SAMSYN_TRY(store.put_pending(place, unsent_change(), Instant{}));
    const auto parked = SAMSYN_TRY(store.put_pending(place, parked_change(), Instant{}));
    SAMSYN_TRY(store.park(parked, {Errc::not_permitted, "no_ground"}));
    const auto sealed = SAMSYN_TRY(store.put_pending(place, sealed_change(), Instant{}));
    SAMSYN_TRY(store.mark_sealed(sealed, 6));
    // The greatest number was used and is gone: it may not come again.
    const auto used = SAMSYN_TRY(store.put_pending(place, sealed_change(), Instant{}));
    SAMSYN_TRY(store.mark_sealed(used, 5));
    SAMSYN_TRY(store.drop_sealed(5));
    SAMSYN_TRY(store.put_outgoing({5, EntryKind::batch, bytes_of(64, 5), place, Instant{}}));
    SAMSYN_TRY(store.mark_answered(5, AnswerOutcome::stored));
#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 5
    ResendLog kept{store.database()};
    SAMSYN_TRY(kept.put_receipt(5, 3, bytes_of(48, 5)));
    SAMSYN_TRY(kept.queue_all(2));
#endif
#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 6
    SAMSYN_TRY(write_minutes(store));
#endif
#if !defined(SAMSYN_FIXTURE_VERSION) || SAMSYN_FIXTURE_VERSION >= 7
    AttachmentRows files{store.database()};
    StoredAttachment file{.compartment = place,
                          .item = id_of<ItemId>(106),
                          .id = id_of<AttachmentId>(1),
                          .size = 300,
                          .way = AttachmentWay::goes};
    file = SAMSYN_TRY(files.put(file));
    SAMSYN_TRY(files.append(file, bytes_of(300, 6), FakeHasher{}));
    (void)SAMSYN_TRY(LateRows{store.database()}.put(place, id_of<DeviceId>(2), sealed_change()));
#endif
    SAMSYN_TRY(store.put_outgoing({6, EntryKind::batch, bytes_of(64, 6), place, Instant{}}));
    return store.put_position(place, {2, id_of<BatchId>(2)});
}

}  // namespace samsyn::fixture
