#include "core/wire/presence_message.hpp"

#include "core/base/domain.hpp"

namespace samsyn {

namespace {

void write_header(Writer& out, const Presence& presence) {
    out.id(presence.compartment);
    out.id(presence.device);
    out.id(presence.epoch);
    out.instant(presence.at);
}

}  // namespace

Bytes presence_aad(const Presence& presence) {
    Writer out;
    out.raw(as_bytes(label_of(Domain::presence)));
    write_header(out, presence);
    return std::move(out).take();
}

Bytes presence_signed_part(const Presence& presence, const PresenceSaid& said) {
    Writer out;
    write_header(out, presence);
    out.id(said.item);
    out.boolean(said.here);
    return std::move(out).take();
}

Bytes encode_presence(const PresenceSaid& said) {
    Writer out;
    out.id(said.item);
    out.boolean(said.here);
    out.id(said.signature);
    return std::move(out).take();
}

Result<PresenceSaid> decode_presence(ByteView bytes) {
    Reader in{bytes};
    PresenceSaid said;
    said.item = SAMSYN_TRY(in.id<ItemId>("item"));
    said.here = SAMSYN_TRY(in.boolean("here"));
    said.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    SAMSYN_TRY(in.finish("presence"));
    return said;
}

namespace presences {

void write(Writer& out, const Presence& presence) {
    write_header(out, presence);
    out.blob(presence.sealed);
}

Result<Presence> read_presence(Reader& in) {
    Presence presence;
    presence.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment"));
    presence.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    presence.epoch = SAMSYN_TRY(in.id<EpochId>("epoch"));
    presence.at = SAMSYN_TRY(in.instant("at"));
    presence.sealed = to_bytes(SAMSYN_TRY(in.blob(presence_sealed_bytes_max, "presence")));
    return presence;
}

}  // namespace presences

}  // namespace samsyn
