#include "client-sdk/device/engine.hpp"
#include "core/store/resend_log.hpp"

#include <samsyn/restoring.hpp>

#include <algorithm>

namespace samsyn {

Result<StatementId> Restoring::sign(const RestoreRequest& request) {
    Device::Impl& my = *device_.impl_;
    if (request.federation != my.config.federation) return fail(Errc::wrong_federation, "restore");
    const auto& restores = my.federation().restores();
    if (std::ranges::count(restores, request.restored) > 0)
        return fail(Errc::already_exists, "this restore has been signed");
    return my.transact(
        [&]() -> Result<StatementId> { return my.author(Stream{}, request.restored); });
}

Result<std::uint64_t> Restoring::kept() {
    return ResendLog{device_.impl_->store.database()}.kept_count();
}

Result<std::uint64_t> Restoring::waiting() {
    return ResendLog{device_.impl_->store.database()}.queued_count();
}

}  // namespace samsyn
