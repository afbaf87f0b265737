#pragma once

#include "core/wire/restore_request.hpp"

#include <samsyn/device.hpp>

namespace samsyn {

/// Says, as an administrator, that the server's log was restored from a backup: what
/// `samsyn-server restore` asks for. It has effect once an administrator of another organisation
/// has confirmed it (`Provisioning::confirm`), and then travels to the server as text
/// (`Provisioning::export_statement`).
class Restoring {
public:
    explicit Restoring(Device& device) : device_(device) {}

    /// Errors: `wrong_federation`; `already_exists` where this restore has been signed and counts;
    /// `not_permitted` for who is no administrator.
    Result<StatementId> sign(const RestoreRequest& request);

    /// How many sealed things of its own the device keeps that a server has taken.
    Result<std::uint64_t> kept();

    /// How many things wait to be sent again to a server that was restored.
    Result<std::uint64_t> waiting();

private:
    Device& device_;
};

}  // namespace samsyn
