#include "core/vfs/sqlite_memory.hpp"

#include "core/base/secret.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

namespace samsyn {

namespace {

sqlite3_mem_methods plain;  // SQLite's own allocator; written once, before any other use

void wipe_block(void* block) {
    wipe({static_cast<std::byte*>(block), static_cast<std::size_t>(plain.xSize(block))});
}

void wiping_free(void* block) {
    if (block == nullptr) return;
    wipe_block(block);
    plain.xFree(block);
}

/// Never in place: the allocator below might move the block and leave the old bytes.
void* wiping_realloc(void* block, int size) {
    void* const moved = plain.xMalloc(size);
    if (moved == nullptr || block == nullptr) return moved;
    std::memcpy(moved, block, static_cast<std::size_t>(std::min(size, plain.xSize(block))));
    wiping_free(block);
    return moved;
}

Result<void> install() {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return fail(Errc::system_failed, "sqlite was used before its memory was made to be wiped");
    sqlite3_mem_methods wiping = plain;
    wiping.xFree = wiping_free;
    wiping.xRealloc = wiping_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &wiping) != SQLITE_OK)
        return fail(Errc::system_failed, "sqlite was used before its memory was made to be wiped");
    return {};
}

}  // namespace

Result<void> make_sqlite_wipe_memory() {
    static const Result<void> installed = install();
    return installed;
}

}  // namespace samsyn
