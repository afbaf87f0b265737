#include "core/store/copy.hpp"

#include "core/store/migrate.hpp"
#include "tests/core/store/fixture_check.hpp"
#include "tests/core/store/statement_hook.hpp"
#include "tests/core/store/store_builders.hpp"

using namespace samsyn;

namespace {

DeviceStore filled_store() {
    DeviceStore store = memory_store();
    commit(store, [&] { must(fixture::write(store)); });
    return store;
}

/// Every row of every ordinary table, as text.
std::vector<std::string> dump(Database& db) {
    std::vector<std::string> tables;
    {
        Query query =
            must(db.query("SELECT name FROM pragma_table_list WHERE schema = 'main' "
                          "AND type = 'table' AND name <> 'sqlite_schema' ORDER BY name"));
        while (must(query.step())) tables.emplace_back(query.text(0));
    }
    std::vector<std::string> rows;
    for (const std::string& table : tables) {
        std::string columns;
        {
            Query query =
                must(db.query_made("SELECT name FROM pragma_table_info('" + table + "')"));
            while (must(query.step()))
                columns += (columns.empty() ? "quote(" : ") || '|' || quote(") +
                           std::string{query.text(0)};
        }
        Query query = must(db.query_made("SELECT " + columns + ") FROM " + table + " ORDER BY 1"));
        while (must(query.step())) rows.push_back(table + ": " + std::string{query.text(0)});
    }
    return rows;
}

}  // namespace

TEST_CASE("copy_into: every row of every table is in the copy, and it goes on as the source would",
          "[store][rekey]") {
    DeviceStore source = filled_store();
    const auto before = dump(source.database());
    CHECK(before.size() > 60);
    Database target = must(Database::open_in_memory());
    std::uint64_t last = 0;
    std::uint64_t total = 0;
    must(copy_into(
        source.database(), target, [&](std::uint64_t done, std::uint64_t of) -> Result<void> {
            CHECK(done >= last);
            CHECK(done <= of);
            last = done;
            total = of;
            return {};
        }));
    CHECK(last == total);
    CHECK(dump(target) == before);
    CHECK(dump(source.database()) == before);
    DeviceStore copy = must(DeviceStore::open(std::move(target)));
    fixture::check(copy);
    fixture::check_numbers(copy);
    must(copy.database().exec("INSERT INTO search(search) VALUES('integrity-check')"));
}

TEST_CASE("copy_into: more rows than one transaction takes arrive too", "[store][rekey]") {
    DeviceStore source = filled_store();
    commit(source, [&] {
        for (std::uint64_t time = 100; time < 1500; ++time)
            (void)must(source.merge(fixture::id_of<CompartmentId>(1),
                                    fixture::change_of(7, ItemType::visit_note, time, "x"),
                                    fixture::id_of<DeviceId>(4)));
    });
    Database target = must(Database::open_in_memory());
    must(copy_into(source.database(), target, {}));
    CHECK(dump(target) == dump(source.database()));
}

TEST_CASE("copy_into: refuses a target with rows and a source of another version",
          "[store][rekey]") {
    DeviceStore source = filled_store();
    DeviceStore used = filled_store();
    CHECK(copy_into(source.database(), used.database(), {}).error().code == Errc::invalid_argument);
    Database target = must(Database::open_in_memory());
    must(source.database().set_version(1));
    CHECK(copy_into(source.database(), target, {}).error().code == Errc::malformed);
}

TEST_CASE("copy_into: a source with a table that is not ours is refused, not copied in part",
          "[store][rekey]") {
    DeviceStore source = filled_store();
    must(source.database().exec("CREATE TABLE extra(x)"));
    Database target = must(Database::open_in_memory());
    CHECK(copy_into(source.database(), target, {}).error() == Error{Errc::malformed, "tables"});
}

TEST_CASE("copy_into: stopped at any statement it fails or is whole, and the source stays",
          "[store][rekey][crash]") {
    DeviceStore source = filled_store();
    const auto before = dump(source.database());
    int failures = 0;
    for (int nth = 1;; ++nth) {
        CAPTURE(nth);
        bool reached = false;
        Result<void> copied;
        std::optional<Database> target;
        {
            const StatementHook hook{[&](int number) {
                reached = reached || number == nth;
                return number == nth;
            }};
            auto made = Database::open_in_memory();  // the source has no hook
            if (made) {
                target.emplace(*std::move(made));
                copied = copy_into(source.database(), *target, {});
            } else {
                copied = std::unexpected{made.error()};
            }
        }
        if (!reached) break;
        if (!copied) ++failures;
        if (copied) CHECK(dump(*target) == before);
    }
    CHECK(failures > 100);
    CHECK(dump(source.database()) == before);
}
