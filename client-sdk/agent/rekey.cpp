// OpenedDevice: another key for its database, in another file.

#include "client-sdk/agent/opened_parts.hpp"
#include "core/store/database.hpp"

namespace samsyn {

Result<void> OpenedDevice::rekey(const std::filesystem::path& folder,
                                 Vault& vault,
                                 const Progress& progress) {
    VaultContents next = vault.contents().duplicate();
    const std::uint64_t old_number = next.database.number;
    next.database = VaultDatabase::make(old_number + 1);
    auto pages =
        std::make_unique<SodiumPageCipher>(next.database.key.duplicate(), next.database.file_id);
    bool committing = false;
    const auto move = [&]() -> Result<void> {
        auto target =
            SAMSYN_TRY(Database::create(database_path(folder, next.database.number), *pages));
        return parts_->device->move_into(std::move(target), progress, [&] {
            committing = true;
            return vault.replace_contents(next);
        });
    };
    if (auto moved = move(); !moved) {
        // A vault that failed to write holds the old contents or the new ones: both files stay,
        // both hold the same, nothing more is written, and the next opening finds out which counts.
        if (committing)
            parts_->device->make_read_only({moved.error().code, "rekey: unlock again"});
        else
            (void)remove_databases_but(folder, old_number);  // tried again at the next opening
        return moved;
    }
    parts_->pages = std::move(pages);
    (void)remove_databases_but(folder, next.database.number);
    return {};
}

}  // namespace samsyn
