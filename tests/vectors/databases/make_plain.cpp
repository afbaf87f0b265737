// Writes a device database as the store of one commit wrote it: see README.md beside this file.

#include "tests/core/store/fixture_rows.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    using namespace samsyn;
    if (argc != 2) return 2;
    const auto make = [&]() -> Result<void> {
        Database database = SAMSYN_TRY(Database::open(argv[1]));
        DeviceStore store = SAMSYN_TRY(DeviceStore::open(std::move(database)));
        Transaction transaction = SAMSYN_TRY(Transaction::begin(store.database()));
        SAMSYN_TRY(fixture::write(store));
        return std::move(transaction).commit();
    };
    const auto made = make();
    if (!made) std::fprintf(stderr, "%s\n", to_string(made.error()).c_str());
    return made ? 0 : 1;
}
