#pragma once

#include "core/wire/room_messages.hpp"

namespace samsyn {

// The bodies of the messages about rooms. Private to core/wire.
namespace rooms {

void write(Writer& out, const RoomCall& call);
void write(Writer& out, const RoomHello& hello);
void write(Writer& out, const RoomKey& key);
void write(Writer& out, const RoomFrame& frame);
void write(Writer& out, const RoomTick& tick);
void write(Writer& out, const RoomRefused& refused);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
template <class Body>
Result<Body> read(Reader& in);

template <>
Result<RoomCall> read(Reader& in);
template <>
Result<RoomHello> read(Reader& in);
template <>
Result<RoomKey> read(Reader& in);
template <>
Result<RoomFrame> read(Reader& in);
template <>
Result<RoomTick> read(Reader& in);
template <>
Result<RoomRefused> read(Reader& in);

}  // namespace rooms

}  // namespace samsyn
