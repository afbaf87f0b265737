#pragma once

#include "core/store/device_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/temporary_folder.hpp"

namespace samsyn {

using Numbers = std::initializer_list<unsigned char>;

/// The value, or a failed test that says why.
template <class T>
T must(Result<T> result) {
    if (!result) FAIL(to_string(result.error()));
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <class IdType>
IdType id_of(unsigned char number) {
    IdType id;
    id.bytes.front() = std::byte{number};
    id.bytes.back() = std::byte{7};
    return id;
}

inline Bytes some_bytes(std::size_t size, unsigned char fill = 0xa5) {
    return Bytes(size, std::byte{fill});
}

inline ContentKey a_key(unsigned char fill = 0x42) {
    std::array<std::byte, ContentKey::size> bytes{};
    bytes.fill(std::byte{fill});
    return ContentKey{bytes};
}

inline Label label_of(unsigned char unit) {
    Label label;
    label.subjects = {id_of<PersonId>(1)};
    label.disclosing = {id_of<OrganisationId>(1), id_of<UnitId>(unit), Regime::social};
    label.category = Category::social;
    label.sensitivity = Sensitivity::normal;
    return label;
}

inline StoredCompartment compartment_of(unsigned char number) {
    return {id_of<CompartmentId>(number), id_of<CaseId>(1), label_of(number)};
}

inline constexpr FieldNumber title_field = make_field(1, MergeKind::single);

inline Version version_of(std::uint64_t time, unsigned char device) {
    return {HybridTime{time}, id_of<DeviceId>(device)};
}

/// One write of the title.
inline Change change_of(unsigned char item,
                        std::uint64_t time,
                        std::string text,
                        std::vector<Version> replaces = {}) {
    Change change;
    change.header.item = id_of<ItemId>(item);
    change.header.type = ItemType::visit_note;
    change.header.time = HybridTime{time};
    change.header.writes = {{title_field, std::move(replaces)}};
    change.values = {std::move(text)};
    return change;
}

/// One for all: databases must not outlive their cipher.
inline SodiumPageCipher& store_pages() {
    static SodiumPageCipher pages = test_pages();
    return pages;
}

inline Result<Database> open_database(const std::filesystem::path& file) {
    return std::filesystem::exists(file) ? Database::open(file, store_pages())
                                         : Database::create(file, store_pages());
}

inline DeviceStore open_store(const std::filesystem::path& file) {
    return must(DeviceStore::open(must(open_database(file))));
}

inline DeviceStore memory_store() {
    return must(DeviceStore::open(must(Database::open_in_memory())));
}

/// Runs `work` in a transaction that commits.
template <class Work>
void commit(DeviceStore& store, Work work) {
    Transaction transaction = must(Transaction::begin(store.database()));
    work();
    must(std::move(transaction).commit());
}

}  // namespace samsyn
