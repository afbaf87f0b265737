#pragma once

#include "core/base/codec.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"

namespace samsyn {

// Who is at an item now (docs/PROTOCOL.md, "Presence"): passed on, never stored.

inline constexpr std::size_t presence_sealed_bytes_max = 256;

/// A device says that its person is at an item of this compartment, or has left it. The server
/// passes it on to those who say so of the same compartment, and does not learn the item.
struct Presence {
    CompartmentId compartment;
    DeviceId device;
    EpochId epoch;  ///< whose key sealed it
    Instant at;     ///< by the author's clock
    Bytes sealed;   ///< a `PresenceSaid`, at most `presence_sealed_bytes_max` bytes
    friend bool operator==(const Presence&, const Presence&) = default;
};

/// What is sealed in it.
struct PresenceSaid {
    ItemId item;
    bool here = false;
    Signature signature;  ///< of the author, under `Domain::presence`
    friend bool operator==(const PresenceSaid&, const PresenceSaid&) = default;
};

/// What is authenticated with the sealed part and not contained.
Bytes presence_aad(const Presence& presence);

/// What the author signs: all but the sealed bytes, and what is in them.
Bytes presence_signed_part(const Presence& presence, const PresenceSaid& said);

Bytes encode_presence(const PresenceSaid& said);

/// Errors: `truncated`, `malformed`, `trailing_bytes`.
Result<PresenceSaid> decode_presence(ByteView bytes);

namespace presences {

// The body. Private to core/wire.

void write(Writer& out, const Presence& presence);
Result<Presence> read_presence(Reader& in);

}  // namespace presences

}  // namespace samsyn
