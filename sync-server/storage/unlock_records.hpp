#pragma once

#include "core/base/secret.hpp"
#include "core/wire/messages.hpp"

#include <optional>
#include <vector>

namespace samsyn {

/// What the server keeps so that a device can open a restricted session: the hash of its token, and
/// for a PIN its verifier V and the server's share S, old and new while a change is under way.
struct UnlockRecord {
    struct Slot {
        PinVerifier verifier;
        PinSecret secret;
        friend bool operator==(const Slot&, const Slot&) = default;
    };

    DeviceId device;
    Hash token_hash;              ///< of the unlock token, under `Domain::unlock_token`
    std::optional<Slot> current;  ///< confirmed by the device
    std::optional<Slot> pending;  ///< made, and not confirmed yet
    std::uint32_t wrong_tries = 0;
    friend bool operator==(const UnlockRecord&, const UnlockRecord&) = default;
};

/// The part of the server's storage that is about unlocking and orders. Same thread, transactions
/// and errors as `Storage`.
class UnlockRecords {
public:
    virtual ~UnlockRecords() = default;

    virtual Result<std::optional<UnlockRecord>> find(const DeviceId& device) = 0;
    virtual Result<std::optional<UnlockRecord>> find_by_token(const Hash& token_hash) = 0;

    /// Replaces the device's record. What was there is overwritten in the file, too. Errors: also
    /// `conflict` where another device has this token.
    virtual Result<void> put(const UnlockRecord& record) = 0;

    /// Replaces the device's earlier answer to the same order.
    virtual Result<void> put_order_answer(const DeviceId& device,
                                          const OrderAnswer& answer,
                                          Instant at) = 0;

    /// Everything that the device has answered, by order.
    virtual Result<std::vector<OrderAnswer>> order_answers(const DeviceId& device) = 0;
};

}  // namespace samsyn
