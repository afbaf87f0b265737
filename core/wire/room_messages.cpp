#include "core/wire/room_messages.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/room_codec.hpp"
#include "core/wire/unlocking_messages.hpp"

namespace samsyn {

namespace {

// What is sealed in one direction never opens as the other.
constexpr std::uint8_t frame_header = 1;
constexpr std::uint8_t tick_header = 2;

void write_place(Writer& out, const StatementId& session, const DeviceId& room) {
    out.id(session);
    out.id(room);
}

template <class Body>
Result<void> read_place(Reader& in, Body& body) {
    body.session = SAMSYN_TRY(in.id<StatementId>("room session"));
    body.room = SAMSYN_TRY(in.id<DeviceId>("room"));
    return {};
}

void write_header(Writer& out, const RoomFrame& frame) {
    write_place(out, frame.session, frame.room);
    out.number(frame.number);
    out.number(frame.sequence);
    out.number(frame.echo);
    write_ids(out, frame.compartments);
}

void write_header(Writer& out, const RoomTick& tick) {
    write_place(out, tick.session, tick.room);
    out.number(tick.number);
    out.number(tick.tick);
    out.number(tick.confirmed);
}

void write_unsigned(Writer& out, const RoomKey& key) {
    write_place(out, key.session, key.room);
    out.id(key.presenter);
    out.number(key.number);
    out.id(key.nonce);
    out.instant(key.until);
    out.blob(key.box);
}

}  // namespace

namespace rooms {

void write(Writer& out, const RoomCall& call) {
    write_place(out, call.session, call.room);
    out.id(call.presenter);
    out.id(call.case_id);
}

template <>
Result<RoomCall> read(Reader& in) {
    RoomCall call;
    SAMSYN_TRY(read_place(in, call));
    call.presenter = SAMSYN_TRY(in.id<DeviceId>("presenter"));
    call.case_id = SAMSYN_TRY(in.id<CaseId>("case"));
    return call;
}

void write(Writer& out, const RoomHello& hello) {
    write_place(out, hello.session, hello.room);
    out.id(hello.presenter);
    out.id(hello.nonce);
}

template <>
Result<RoomHello> read(Reader& in) {
    RoomHello hello;
    SAMSYN_TRY(read_place(in, hello));
    hello.presenter = SAMSYN_TRY(in.id<DeviceId>("presenter"));
    hello.nonce = SAMSYN_TRY(in.id<Nonce>("nonce"));
    return hello;
}

void write(Writer& out, const RoomKey& key) {
    write_unsigned(out, key);
    out.id(key.signature);
}

template <>
Result<RoomKey> read(Reader& in) {
    RoomKey key;
    SAMSYN_TRY(read_place(in, key));
    key.presenter = SAMSYN_TRY(in.id<DeviceId>("presenter"));
    key.number = SAMSYN_TRY(in.number<std::uint32_t>("key number"));
    key.nonce = SAMSYN_TRY(in.id<Nonce>("nonce"));
    key.until = SAMSYN_TRY(in.instant("until"));
    key.box = to_bytes(SAMSYN_TRY(in.blob(room_box_bytes_max, "sealed key")));
    key.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    return key;
}

void write(Writer& out, const RoomFrame& frame) {
    write_header(out, frame);
    out.blob(frame.sealed);
}

template <>
Result<RoomFrame> read(Reader& in) {
    RoomFrame frame;
    SAMSYN_TRY(read_place(in, frame));
    frame.number = SAMSYN_TRY(in.number<std::uint32_t>("key number"));
    frame.sequence = SAMSYN_TRY(in.number<std::uint64_t>("sequence"));
    frame.echo = SAMSYN_TRY(in.number<std::uint64_t>("echo"));
    frame.compartments =
        SAMSYN_TRY(read_sorted_ids<CompartmentId>(in, room_compartments_max, "compartments"));
    frame.sealed = to_bytes(SAMSYN_TRY(in.blob(room_sealed_bytes_max, "sealed view")));
    return frame;
}

void write(Writer& out, const RoomTick& tick) {
    write_header(out, tick);
    out.blob(tick.proof);
}

template <>
Result<RoomTick> read(Reader& in) {
    RoomTick tick;
    SAMSYN_TRY(read_place(in, tick));
    tick.number = SAMSYN_TRY(in.number<std::uint32_t>("key number"));
    tick.tick = SAMSYN_TRY(in.number<std::uint64_t>("tick"));
    tick.confirmed = SAMSYN_TRY(in.number<std::uint64_t>("confirmed"));
    tick.proof = to_bytes(SAMSYN_TRY(in.blob(room_box_bytes_max, "proof")));
    return tick;
}

void write(Writer& out, const RoomRefused& refused) {
    write_place(out, refused.session, refused.room);
    out.enumerator(refused.why);
}

template <>
Result<RoomRefused> read(Reader& in) {
    RoomRefused refused;
    SAMSYN_TRY(read_place(in, refused));
    refused.why = SAMSYN_TRY(read_why(in));
    return refused;
}

}  // namespace rooms

Bytes key_signed_part(const RoomKey& key) {
    Writer out;
    write_unsigned(out, key);
    return std::move(out).take();
}

Bytes key_context_part(const RoomKey& key) {
    Writer out;
    write_place(out, key.session, key.room);
    out.id(key.presenter);
    out.number(key.number);
    out.id(key.nonce);
    return std::move(out).take();
}

Bytes header_of(const RoomFrame& frame) {
    Writer out;
    out.number(frame_header);
    write_header(out, frame);
    return std::move(out).take();
}

Bytes header_of(const RoomTick& tick) {
    Writer out;
    out.number(tick_header);
    write_header(out, tick);
    return std::move(out).take();
}

}  // namespace samsyn
