#pragma once

#include "core/base/bytes.hpp"
#include "core/base/codec.hpp"
#include "core/base/ids.hpp"

#include <vector>

namespace samsyn {

// What a presenter's device and a room's screen say to each other through the server
// (docs/PROTOCOL.md, "Rooms"). `session` is the id of the presenter's `RoomSession` statement. The
// server stores none of these; it passes the newest frame on after asking `decide`.

/// From the presenter, until the screen answers: a session wants this room. The server looks the
/// statement up in its case, and does not tell the screen which that is.
struct RoomCall {
    StatementId session;
    DeviceId room;
    DeviceId presenter;
    CaseId case_id;  ///< none towards the screen
    friend bool operator==(const RoomCall&, const RoomCall&) = default;
};

/// From the screen: it shows nothing, holds no key, and waits for one that names this nonce. Not
/// signed: only the room's certified device opens the key that answers it, and takes it only for
/// the nonce that it made itself.
struct RoomHello {
    StatementId session;
    DeviceId room;
    DeviceId presenter;
    Nonce nonce;
    friend bool operator==(const RoomHello&, const RoomHello&) = default;
};

/// From the presenter: the session key for those who are present now, in a sealed box to the
/// screen's certified sealing key. Signed by the presenter's device under `room_key` over
/// `key_signed_part`.
struct RoomKey {
    StatementId session;
    DeviceId room;
    DeviceId presenter;
    std::uint32_t number = 0;  ///< grows with each change of those present; from 1
    Nonce nonce;               ///< of the screen's newest hello
    Instant until;             ///< the session ends by itself
    Bytes box;
    Signature signature;
    friend bool operator==(const RoomKey&, const RoomKey&) = default;
};

/// From the presenter: all that the screen is to show from now on, and the presenter's sign of
/// life. Every frame is whole, so that only the newest counts; all are of one size.
struct RoomFrame {
    StatementId session;
    DeviceId room;
    std::uint32_t number = 0;                 ///< of the key
    std::uint64_t sequence = 0;               ///< under that key, from 1
    std::uint64_t echo = 0;                   ///< the newest tick that the presenter has heard
    std::vector<CompartmentId> compartments;  ///< that the view draws on; sorted, each once
    Bytes sealed;
    friend bool operator==(const RoomFrame&, const RoomFrame&) = default;
};

/// From the screen: its clock, and the newest frame that replaced what it showed before.
struct RoomTick {
    StatementId session;
    DeviceId room;
    std::uint32_t number = 0;     ///< of the key
    std::uint64_t tick = 0;       ///< grows; a frame that echoes it was made after it was heard
    std::uint64_t confirmed = 0;  ///< sequence of the newest frame that it took
    Bytes proof;                  ///< nothing, sealed under the key
    friend bool operator==(const RoomTick&, const RoomTick&) = default;
};

/// From the server to the presenter: a frame was not passed on. Says nothing of the room.
struct RoomRefused {
    StatementId session;
    DeviceId room;
    Errc why{};
    friend bool operator==(const RoomRefused&, const RoomRefused&) = default;
};

inline constexpr std::size_t room_compartments_max = 64;

/// What a frame's names and body take together: the same for each frame, whatever it shows.
inline constexpr std::size_t room_view_bytes = 16 * 1024;
inline constexpr std::size_t room_sealed_bytes_max = room_view_bytes + 64;
inline constexpr std::size_t room_box_bytes_max = 256;

Bytes key_signed_part(const RoomKey& key);

/// What binds a box to its place: hashed under `room_context`.
Bytes key_context_part(const RoomKey& key);

/// Everything of a frame or tick but what is sealed: authenticated with it.
Bytes header_of(const RoomFrame& frame);
Bytes header_of(const RoomTick& tick);

}  // namespace samsyn
