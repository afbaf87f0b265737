#pragma once

#include "core/base/bytes.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <functional>

namespace samsyn {

/// An opaque name of fixed size. Distinct tags are distinct types, so that a user's id cannot be
/// passed where a unit's is wanted. All zero means "none" and never names anything.
template <class Tag, std::size_t Size>
struct Id {
    static constexpr std::size_t size = Size;

    std::array<std::byte, Size> bytes{};

    /// Copies exactly `Size` bytes; the caller has checked the length.
    static Id from(ByteView view) {
        SAMSYN_ASSERT(view.size() == Size);
        Id id;
        std::memcpy(id.bytes.data(), view.data(), Size);
        return id;
    }

    bool is_none() const { return *this == Id{}; }

    ByteView view() const { return bytes; }

    friend auto operator<=>(const Id&, const Id&) = default;
    friend bool operator==(const Id&, const Id&) = default;
};

template <class Tag, std::size_t Size>
std::string to_hex(const Id<Tag, Size>& id) {
    return to_hex(id.view());
}

/// A 256-bit hash (BLAKE2b-256 in production), always taken under a `Domain`.
using Hash = Id<struct HashTag, 32>;

/// The hash of the founding statement: pinned by every device at enrolment.
using FederationId = Id<struct FederationTag, 32>;
using OrganisationId = Id<struct OrganisationTag, 16>;
using UnitId = Id<struct UnitTag, 16>;
using UserId = Id<struct UserTag, 16>;

/// The first 16 bytes of the hash of the signing key: a device id cannot be claimed by another key.
using DeviceId = Id<struct DeviceTag, 16>;

using CaseId = Id<struct CaseTag, 16>;

/// A person around whom the case works: random *per case*, so that cases cannot be linked by it.
using PersonId = Id<struct PersonTag, 16>;
using ItemId = Id<struct ItemTag, 16>;
using AudienceId = Id<struct AudienceTag, 16>;

/// Hash of a statement's signed bytes.
using StatementId = Id<struct StatementTag, 32>;

/// Hash of case and label: the unit of keys, of access, of sync.
using CompartmentId = Id<struct CompartmentTag, 32>;

/// Hash of the key packet that starts the epoch: concurrent issuers cannot collide.
using EpochId = Id<struct EpochTag, 32>;

/// Hash of a batch's signed bytes.
using BatchId = Id<struct BatchTag, 32>;

/// Hash of the sealed chunks of an attached file.
using AttachmentId = Id<struct AttachmentTag, 32>;

/// One life of a server's log; a signed restore starts a new one.
using Incarnation = Id<struct IncarnationTag, 16>;

using Nonce = Id<struct NonceTag, 32>;
using SigningPublicKey = Id<struct SigningPublicKeyTag, 32>;
using SealingPublicKey = Id<struct SealingPublicKeyTag, 32>;
using Signature = Id<struct SignatureTag, 64>;

/// Names a device to the server while it is locked: 32 random bytes outside the vault, no key, and
/// not its device id. The server keeps only its hash under `Domain::unlock_token`.
using UnlockToken = Id<struct UnlockTokenTag, 32>;

}  // namespace samsyn

template <class Tag, std::size_t Size>
struct std::hash<samsyn::Id<Tag, Size>> {
    std::size_t operator()(const samsyn::Id<Tag, Size>& id) const noexcept {
        static_assert(Size >= sizeof(std::size_t));
        std::size_t value = 0;  // ids are random or hashes: their first bytes are hash enough
        std::memcpy(&value, id.bytes.data(), sizeof value);
        return value;
    }
};
