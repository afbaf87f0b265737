#include "client-sdk/device/engine.hpp"
#include "core/store/copy.hpp"

namespace samsyn {

Result<void> Device::move_into(Database target,
                               const Progress& progress,
                               const std::function<Result<void>()>& commit) {
    Impl& my = *impl_;
    SAMSYN_TRY(copy_into(my.store.database(), target, progress));
    // Open before it counts: nothing can fail between the commit and the first use.
    DeviceStore moved = SAMSYN_TRY(DeviceStore::open(std::move(target)));
    SAMSYN_TRY(commit());
    my.store = std::move(moved);
    return {};
}

}  // namespace samsyn
