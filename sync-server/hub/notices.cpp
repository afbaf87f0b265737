#include "sync-server/hub/notices.hpp"

#include "core/policy/leaving.hpp"
#include "core/wire/escrow.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {

Result<bool> is_notice_for(const LogEntry& entry,
                           const DeviceId& device,
                           const Registry& registry,
                           Storage& storage,
                           Instant now) {
    const auto* const stream = std::get_if<Stream>(&entry.channel.name);
    if (stream == nullptr || stream->kind != StreamKind::notice) return true;
    if (entry.author == device) return true;
    const auto own = registry.streams_of(stream->case_id, device, now).streams;
    if (std::ranges::find(own, *stream) != own.end()) return true;
    const auto statement = decode_statement(entry.bytes, registry.hasher());
    const auto* const verdict = statement ? std::get_if<EscrowVerdict>(&statement->body) : nullptr;
    if (verdict == nullptr) return false;
    const auto judged = SAMSYN_TRY(storage.find(verdict->blob));
    return judged && judged->author == device;
}

bool is_escrow_for(const LogEntry& entry,
                   const DeviceId& device,
                   const Registry& registry,
                   Instant now) {
    const auto decoded = decode_escrow(entry.bytes, registry.hasher());
    if (!decoded) return false;
    if (const auto* const blob = std::get_if<EscrowBlob>(&*decoded)) {
        const Registry::Compartment info{blob->case_id, blob->label};
        return std::ranges::binary_search(blob->keys, device, {}, &SealedKey::device) &&
               registry.may(blob->compartment, info, {}, device, now).permitted;
    }
    const auto& held = std::get<HeldEntry>(*decoded);
    const Stream& stream = std::get<Stream>(entry.channel.name);
    const CaseView* const view = registry.view(stream.case_id);
    if (view == nullptr ||
        !may_judge_escrow(device, stream.unit, *view, registry.federation(), now))
        return false;
    if (held.kind == EntryKind::statement) return true;
    const auto batch = decode_batch(held.bytes, registry.hasher());
    return batch && registry.may(batch->header.compartment, {}, device, now).permitted;
}

}  // namespace samsyn
