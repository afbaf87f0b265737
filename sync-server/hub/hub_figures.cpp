// Hub: what it tells whoever watches it.

#include "core/base/codec.hpp"
#include "sync-server/hub/hub_impl.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view probe_key = "server/probe";

}  // namespace

bool Hub::must_pause(LinkId id, bool paused) const {
    const HubLink* const link = impl_->find(id);
    if (link == nullptr || (!link->delivery && !link->hand_in)) return false;
    const std::size_t most = impl_->limits.queued_bytes_max;
    return link->queued_bytes() >= (paused ? most / 2 : most);
}

void Hub::watch(Instant now) {
    if (!impl_->registry_lost) impl_->purges.go_on(impl_->registry, now);
}

Result<void> Hub::probe(Instant now) {
    SAMSYN_ASSERT(!impl_->in_group);
    Storage& storage = impl_->ports.storage;
    Writer row;
    row.instant(now);
    SAMSYN_TRY(storage.begin());
    auto written = storage.put_value(probe_key, std::move(row).take());
    if (written)
        written = storage.commit();
    else
        storage.rollback();
    return written;
}

Hub::Counts Hub::counts() const {
    Counts counts = impl_->counted;
    counts.links = impl_->links.size();
    for (const auto& [id, link] : impl_->links) {
        if (link.closing) continue;
        if (link.delivery) ++counts.sessions;
        if (link.restricted) ++counts.restricted_sessions;
        if (link.hand_in) ++counts.hand_in_sessions;
    }
    counts.log_rows = impl_->access_log.head().size;
    counts.unconfirmed_purges = impl_->purges.total();
    return counts;
}

}  // namespace samsyn
