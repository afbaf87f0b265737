#include "core/store/search_index.hpp"
#include "tests/core/store/store_builders.hpp"
#include "tests/support/plain_pages.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>

using namespace samsyn;

namespace {

constexpr auto search_author = 1;

/// Item numbers that a search of case 1 finds, sorted.
std::vector<int> found(DeviceStore& store, std::string_view words) {
    std::vector<int> numbers;
    for (const StoredHit& hit : must(store.search(id_of<CaseId>(1), words)))
        numbers.push_back(std::to_integer<int>(hit.id.bytes.front()));
    std::ranges::sort(numbers);
    return numbers;
}

void write(DeviceStore& store, const Change& change, unsigned char compartment = 1) {
    must(store.put_compartment(compartment_of(compartment)));
    (void)must(
        store.merge(id_of<CompartmentId>(compartment), change, id_of<DeviceId>(search_author)));
}

Change person_of(unsigned char item, std::string name, std::string number = {}) {
    Change change = change_of(item, 5, std::move(name));
    change.header.type = ItemType::person;
    if (number.empty()) return change;
    change.header.writes.push_back({make_field(6, MergeKind::single), {}});
    change.values.emplace_back(std::move(number));
    return change;
}

Change deletion_of(unsigned char item, std::uint64_t time, std::vector<Version> replaces) {
    Change change = change_of(item, time, {}, std::move(replaces));
    change.header.writes.front().field = deleted_field;
    change.values = {Value{true}};
    return change;
}

/// All that the index holds, for comparing.
std::vector<std::string> rows_of_index(DeviceStore& store) {
    std::vector<std::string> rows;
    Query query =
        must(store.database().query("SELECT rowid, names, number, text FROM search ORDER BY 1"));
    while (must(query.step()))
        rows.push_back(std::to_string(query.number(0)) + "|" + std::string{query.text(1)} + "|" +
                       std::string{query.text(2)} + "|" + std::string{query.text(3)});
    return rows;
}

std::string random_word(std::mt19937_64& random) {
    std::string word;
    for (int i = 0; i < 20; ++i) word.push_back(static_cast<char>('a' + random() % 26));
    return word;
}

/// How many of the words somebody with the key finds in the pages. FTS5 leaves out what a word has
/// in common with the one before it in the alphabet, so the ends of the words are looked for.
std::size_t count_in_pages(const std::filesystem::path& file,
                           const std::vector<std::string>& words) {
    const PlainPages plain = plain_pages(file, store_pages());
    CHECK(plain.pages + plain.frames > 10);
    CHECK(plain.unopened == 0);
    return static_cast<std::size_t>(std::ranges::count_if(words, [&](const std::string& word) {
        return plain.bytes.find(word.substr(8)) != std::string::npos;
    }));
}

}  // namespace

TEST_CASE("search: words and their beginnings find an item, in any case and order", "[search]") {
    DeviceStore store = memory_store();
    write(store, change_of(1, 5, "Elin sover bättre på Björkskolan."));
    write(store, change_of(2, 5, "Per ringde från sjön"));
    CHECK(found(store, "sover") == std::vector{1});
    CHECK(found(store, "BJÖRK elin") == std::vector{1});
    CHECK(found(store, "björkskolan.") == std::vector{1});
    CHECK(found(store, "s") == std::vector{1, 2});
    CHECK(found(store, "sover ringde").empty());
    CHECK(found(store, "kskolan").empty());
}

TEST_CASE("search: å, ä and ö are letters of their own", "[search]") {
    DeviceStore store = memory_store();
    write(store, change_of(1, 5, "båten"));
    write(store, change_of(2, 5, "baten"));
    write(store, change_of(3, 5, "HÄLSA ÖGA ÅTERBESÖK"));
    CHECK(found(store, "båten") == std::vector{1});
    CHECK(found(store, "baten") == std::vector{2});
    CHECK(found(store, "BÅT") == std::vector{1});
    CHECK(found(store, "hälsa öga återbesök") == std::vector{3});
    CHECK(found(store, "halsa").empty());
}

TEST_CASE("search: stays inside its case", "[search]") {
    DeviceStore store = memory_store();
    write(store, change_of(1, 5, "missbruk"));
    auto other = compartment_of(2);
    other.case_id = id_of<CaseId>(2);
    must(store.put_compartment(other));
    (void)must(store.merge(other.id, change_of(2, 5, "missbruk"), id_of<DeviceId>(search_author)));
    CHECK(found(store, "missbruk") == std::vector{1});
    CHECK(must(store.search(id_of<CaseId>(2), "missbruk")).size() == 1);
    CHECK(must(store.search(id_of<CaseId>(3), "missbruk")).empty());
}

TEST_CASE("search: what replaces, settles, deletes and restates is in the index at once",
          "[search]") {
    DeviceStore store = memory_store();
    write(store, change_of(1, 5, "gammal"));
    write(store, change_of(1, 6, "ny", {version_of(5, search_author)}));
    CHECK(found(store, "gammal").empty());
    CHECK(found(store, "ny") == std::vector{1});

    SECTION("a value that loses a conflict is found until it is settled") {
        (void)must(
            store.merge(id_of<CompartmentId>(1), change_of(1, 4, "motsatt"), id_of<DeviceId>(2)));
        CHECK(found(store, "motsatt") == std::vector{1});
        CHECK(found(store, "ny") == std::vector{1});
        write(store, change_of(1, 9, "enade", {version_of(6, search_author), version_of(4, 2)}));
        CHECK(found(store, "motsatt").empty());
        CHECK(found(store, "ny").empty());
        CHECK(found(store, "enade") == std::vector{1});
    }
    SECTION("a deleted item is not found, and is again when somebody had changed it meanwhile") {
        write(store, deletion_of(1, 8, {version_of(6, search_author)}));
        CHECK(found(store, "ny").empty());
        (void)must(
            store.merge(id_of<CompartmentId>(1), change_of(1, 7, "ändrad"), id_of<DeviceId>(2)));
        CHECK(found(store, "ändrad") == std::vector{1});
    }
    SECTION("a restated value is found") {
        Change restated = change_of(2, 5, "återgiven");
        restated.header.restated_author = id_of<DeviceId>(3);
        (void)must(store.merge_restated(id_of<CompartmentId>(1), restated, id_of<DeviceId>(2)));
        CHECK(found(store, "återgiven") == std::vector{2});
    }
    SECTION("a forgotten version is not found") {
        must(store.forget_version(id_of<ItemId>(1), version_of(6, search_author)));
        CHECK(found(store, "ny").empty());
    }
    SECTION("a rolled back change is not found, and what it replaced still is") {
        {
            Transaction transaction = must(Transaction::begin(store.database()));
            write(store, change_of(1, 9, "ångrad", {version_of(6, search_author)}));
            CHECK(found(store, "ångrad") == std::vector{1});
        }
        CHECK(found(store, "ångrad").empty());
        CHECK(found(store, "ny") == std::vector{1});
    }
}

TEST_CASE("search: only fields that the schema marks as searchable are found", "[search]") {
    DeviceStore store = memory_store();
    Change note = change_of(1, 5, "samtal");
    note.header.writes.push_back({make_field(3, MergeKind::single), {}});  // place
    note.values.emplace_back(std::string{"Nora"});
    write(store, note);
    CHECK(found(store, "samtal") == std::vector{1});
    CHECK(found(store, "nora").empty());
}

TEST_CASE("search: whatever a person types is text", "[search][attack]") {
    DeviceStore store = memory_store();
    write(store, change_of(1, 5, "NEAR OR NOT tre and \"citat\" (a) b*c names:x -minus ^tak"));
    write(store, person_of(2, "Elin Alm", "20170305-2389"));
    for (const std::string_view words : {"\"",
                                         "\"\"",
                                         "'",
                                         "*",
                                         "(",
                                         ")",
                                         "NEAR(a b)",
                                         "names:",
                                         "{names}:",
                                         "- names:x",
                                         "^",
                                         "+",
                                         "\\",
                                         "text : elin",
                                         "a AND",
                                         "OR",
                                         "NOT",
                                         "\"elin",
                                         "elin\"",
                                         "--",
                                         "; DROP TABLE",
                                         "\"a\" *",
                                         "{",
                                         "}",
                                         "a\"\"b",
                                         "names:elin",
                                         "....",
                                         "\x01\x02",
                                         "\xc3\xa5",
                                         "\xcc\x8a",
                                         "\xf0\x9f\x98\x80"}) {
        CAPTURE(words);
        CHECK(store.search(id_of<CaseId>(1), words).has_value());
        CHECK(store.find_names(words).has_value());
        CHECK(store.find_number(words).has_value());
    }
    CHECK(found(store, "OR") == std::vector{1});
    CHECK(found(store, "NOT near") == std::vector{1});
    CHECK(found(store, "\"citat\"") == std::vector{1});
    CHECK(found(store, "names:elin").empty());    // a word of that text, not a column
    CHECK(found(store, "elin OR near").empty());  // three words, not a choice
    CHECK(found(store, "elin NOT near").empty());
    CHECK(found(store, std::string_view{"el\0in", 5}).empty());
    CHECK(found(store, std::string_view{"elin\0alm", 8}) == std::vector{2});
    CHECK(found(store, "").empty());
    CHECK(found(store, "\xff\xfe").empty());
    CHECK(store.search(id_of<CaseId>(1), std::string(1024 * 1024, 'a')).error().code ==
          Errc::limit_exceeded);
    std::string many;
    for (std::size_t i = 0; i <= search_words_max; ++i) many += "a ";
    CHECK(store.search(id_of<CaseId>(1), many).error().code == Errc::limit_exceeded);
}

TEST_CASE("search: a name or number is found across cases, other words are not", "[search]") {
    DeviceStore store = memory_store();
    write(store, person_of(1, "Nora Älv", "20170305-2389"));
    write(store, change_of(2, 5, "Nora älv missbruk 20170305-2389"));
    const auto names = must(store.find_names("äl nora"));
    REQUIRE(names.size() == 1);
    CHECK(names.front().id == id_of<ItemId>(1));
    CHECK(must(store.find_names("missbruk")).empty());
    CHECK(must(store.find_names("20170305")).empty());
    CHECK(must(store.find_number("20170305-2389")).size() == 1);
    CHECK(must(store.find_number("nora")).empty());
}

TEST_CASE("search: a snippet marks the words that were found, and nothing a text holds",
          "[search]") {
    DeviceStore store = memory_store();
    write(store, change_of(1, 5, "Elin \x01sover\x02 bättre, säger Eva"));
    const auto hits = must(store.search(id_of<CaseId>(1), "sov bätt"));
    REQUIRE(hits.size() == 1);
    CHECK(must(store.snippet(hits.front(), "sov bätt")) ==
          "Elin  \x01sover\x02  \x01"
          "bättre\x02, säger Eva");
    CHECK(must(store.item_of(hits.front())).id == id_of<ItemId>(1));
}

TEST_CASE("search: after any history the index is what it would be if built anew", "[search]") {
    std::mt19937_64 random{2026};
    for (int round = 0; round < 60; ++round) {
        CAPTURE(round);
        DeviceStore store = memory_store();
        for (int i = 0; i < 40; ++i) {
            const auto item = static_cast<unsigned char>(1 + random() % 4);
            const std::uint64_t time = 1 + random() % 9;
            std::vector<Version> replaces;
            for (auto n = random() % 3; n > 0; --n)
                replaces.push_back(
                    version_of(1 + random() % 9, static_cast<unsigned char>(1 + random() % 3)));
            Change change = random() % 4 == 0
                                ? deletion_of(item, time, replaces)
                                : change_of(item, time, random_word(random), replaces);
            change.header.type = random() % 3 == 0 ? ItemType::person : ItemType::visit_note;
            const auto device = id_of<DeviceId>(static_cast<unsigned char>(1 + random() % 3));
            const auto place = id_of<CompartmentId>(static_cast<unsigned char>(1 + random() % 2));
            switch (random() % 8) {
                case 0:
                    must(store.forget_version(id_of<ItemId>(item), {HybridTime{time}, device}));
                    break;
                case 1:
                    change.header.restated_author = device;
                    (void)must(store.merge_restated(place, change, id_of<DeviceId>(3)));
                    break;
                case 2:
                    if (random() % 8 == 0) must(store.purge(place));
                    break;
                default:
                    (void)must(store.merge(place, change, device));
            }
        }
        const auto kept = rows_of_index(store);
        must(store.database().exec("INSERT INTO search(search) VALUES('integrity-check')"));
        must(rebuild_index(store.database(), {}));
        CHECK(kept == rows_of_index(store));
    }
}

TEST_CASE("search: an item with very many values stays cheap, its first texts are found",
          "[search][attack]") {
    DeviceStore store = memory_store();
    for (unsigned char device = 1; device < 20; ++device)
        (void)must(store.merge(
            id_of<CompartmentId>(1),
            change_of(1, device, "ord" + std::to_string(device) + std::string(20'000, '.')),
            id_of<DeviceId>(device)));
    must(store.put_compartment(compartment_of(1)));
    CHECK(found(store, "ord19") == std::vector{1});
    Query size = must(store.database().query("SELECT length(text) FROM search"));
    REQUIRE(must(size.step()));
    CHECK(static_cast<std::size_t>(size.number(0)) <= indexed_bytes_max);
}

TEST_CASE("purge: no word of the compartment is left in any page, those of others are",
          "[search][attack]") {
    const TemporaryFolder folder;
    std::mt19937_64 random{7};
    std::vector<std::string> gone;
    std::vector<std::string> kept;
    {
        DeviceStore store = open_store(folder / "device.db");
        // In one transaction: FTS5 then has no reason of its own to rewrite anything.
        commit(store, [&] {
            for (unsigned char item = 1; item < 250; ++item) {
                const unsigned char compartment = 1 + item % 2;
                std::string text;
                for (int i = 0; i < 6; ++i) {
                    (compartment == 1 ? gone : kept).push_back(random_word(random));
                    text += (compartment == 1 ? gone : kept).back() + " ";
                }
                write(store, change_of(item, 5, text), compartment);
            }
        });
        commit(store, [&] { must(store.purge(id_of<CompartmentId>(1))); });
        CHECK(store.purge_unfinished());
        // The rows are gone and the log is empty; the index holds hundreds of words all the same.
        must(store.database().checkpoint());
        CHECK(count_in_pages(folder / "device.db", gone) > 100);

        SECTION("when it is finished at once") {
            must(store.finish_purge());
            CHECK_FALSE(store.purge_unfinished());
            CHECK(count_in_pages(folder / "device.db", gone) == 0);
        }
        SECTION("when the process ended between, by opening again") {}
    }
    DeviceStore store = open_store(folder / "device.db");
    CHECK_FALSE(store.purge_unfinished());
    CHECK(count_in_pages(folder / "device.db", gone) == 0);
    must(store.database().checkpoint());
    CHECK(count_in_pages(folder / "device.db", kept) == kept.size());
    for (const std::string& word : kept)
        CHECK(must(store.search(id_of<CaseId>(1), word)).size() == 1);
    for (const std::string& word : gone) CHECK(must(store.search(id_of<CaseId>(1), word)).empty());
}

TEST_CASE("measure: what search and purge cost, by the number of notes", "[.measure]") {
    using Clock = std::chrono::steady_clock;
    const auto milliseconds = [](Clock::time_point since) {
        return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
    };
    std::mt19937_64 random{3};
    std::vector<std::string> vocabulary(20'000);
    for (std::string& word : vocabulary) word = random_word(random).substr(0, 3 + random() % 9);
    for (const int notes : {2'000, 10'000, 50'000}) {
        const TemporaryFolder folder;
        DeviceStore store = open_store(folder / "device.db");
        const auto began = Clock::now();
        commit(store, [&] {
            for (int i = 0; i < notes; ++i) {
                std::string text;
                // Squared: few words are frequent, as in a language.
                for (int n = 0; n < 45; ++n) {
                    const auto at = static_cast<double>(random() % 1'000) / 1'000;
                    text += vocabulary[static_cast<std::size_t>(at * at * 20'000)] + " ";
                }
                Change change = change_of(1, 5, text);
                std::memcpy(change.header.item.bytes.data(), &i, sizeof i);
                write(store, change, static_cast<unsigned char>(1 + i % 20));
            }
        });
        const double filled = milliseconds(began);
        auto at = Clock::now();
        const auto hits = must(store.search(id_of<CaseId>(1), vocabulary[0].substr(0, 3))).size();
        const double searched = milliseconds(at);
        commit(store, [&] { must(store.purge(id_of<CompartmentId>(1))); });
        at = Clock::now();
        must(store.finish_purge());
        const double finished = milliseconds(at);
        std::printf("%d notes, %.1f MB: fill %.0f ms, search %.2f ms (%zu hits), purge %.0f ms\n",
                    notes,
                    static_cast<double>(std::filesystem::file_size(folder / "device.db")) / 1e6,
                    filled,
                    searched,
                    hits,
                    finished);
    }
}
