#pragma once

#include "core/base/ports.hpp"
#include "core/policy/federation.hpp"
#include "core/wire/messages.hpp"

namespace samsyn {

/// What a device knows of its federation while it is locked: what `config.json` pinned.
struct PinnedFederation {
    FederationId federation;  ///< the hash of the founding statement: it pins the root key too
    DeviceId device;          ///< this device; never from the server, or it could name another one

    /// Whose administrators may order this device: the organisation that certified it, as the
    /// device itself found in the federation log. None only before its first session, when it holds
    /// nothing: then any organisation that certified it by the chain shown.
    std::optional<OrganisationId> organisation;

    /// Identities of the server that count: the one of enrolment, and those that the device itself
    /// found certified in the federation log while it was unlocked. A restricted session takes no
    /// successor from the server: it could not be proven that the root named it last.
    std::vector<SigningPublicKey> server_keys;
};

/// An order whose signature, chain and addressee have been verified by this device itself.
struct VerifiedOrder {
    DeviceOrder order;
    DeviceId author;  ///< an administrator of the device's organisation, or the root
};

/// Verifies an order that came with the statements that prove its signer (docs/PROTOCOL.md,
/// "Orders"): every signature, the federation from the pinned founding statement on, and that the
/// author may say this of *this* device. The server can withhold an order or a revocation of its
/// author; it cannot invent one.
///
/// Errors: those of `decode_statement`; `wrong_federation` where a statement is of another one, or
/// the chain does not begin with the pinned founding statement; `bad_signature`; `not_permitted`
/// where the author may not order this, or it is no order; `revoked_device` where the author was
/// revoked before it; `unknown_device` where it names another device.
Result<VerifiedOrder> verify_order(const Order& message,
                                   const PinnedFederation& pinned,
                                   const Verifier& verifier,
                                   const Hasher& hasher);

/// The statements of `graph` that prove an order about `device` by `author`, as `verify_order`
/// wants them: founding, organisations, administrators, those who confirmed them as second persons,
/// the device's certificates, and whatever revokes the author. At most `order_chain_max`, within
/// one message.
std::vector<StatementPtr> chain_of_order(const Statement& order, const StatementGraph& graph);

/// The same for what `author` says about the device, order or not.
std::vector<StatementPtr> chain_for(const DeviceId& device,
                                    const DeviceId& author,
                                    const StatementGraph& graph);

}  // namespace samsyn
