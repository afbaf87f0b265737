#include "sync-server/storage/storage.hpp"

namespace samsyn {

std::uint64_t storage_bytes(const std::filesystem::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code ec;
    for (std::filesystem::directory_iterator at{folder, ec}, end; !ec && at != end;
         at.increment(ec)) {
        std::error_code gone;
        if (!at->path().filename().string().starts_with(storage_file_names[0])) continue;
        const auto size = at->file_size(gone);
        if (!gone) bytes += size;
    }
    return bytes;
}

}  // namespace samsyn
