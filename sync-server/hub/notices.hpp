#pragma once

#include "sync-server/hub/registry.hpp"

namespace samsyn {

// Who gets what of a notice stream. Its addressees are the participants of its unit; of the others
// each author gets what is about its own doings.

/// Is a statement of a stream that `device` receives for it? Errors: of the storage.
Result<bool> is_notice_for(const LogEntry& entry,
                           const DeviceId& device,
                           const Registry& registry,
                           Storage& storage,
                           Instant now);

/// May the device have an entry in escrow now? Whom it is sealed for, while `decide` lets them read
/// where it was meant to go; what was held of a revoked device, those who judge it.
bool is_escrow_for(const LogEntry& entry,
                   const DeviceId& device,
                   const Registry& registry,
                   Instant now);

}  // namespace samsyn
