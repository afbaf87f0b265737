#include "core/wire/attachment_messages.hpp"

#include "core/attachment/attached_file.hpp"
#include "core/wire/unlocking_messages.hpp"

namespace samsyn::attachments {

namespace {

void write(Writer& out, const AttachmentPlace& place) {
    out.id(place.compartment);
    out.id(place.attachment);
}

Result<AttachmentPlace> read_place(Reader& in) {
    AttachmentPlace place;
    place.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment of an attachment"));
    place.attachment = SAMSYN_TRY(in.id<AttachmentId>("attachment"));
    return place;
}

/// A place in a file, or its size.
Result<std::uint64_t> read_extent(Reader& in, std::string_view what) {
    const auto bytes = SAMSYN_TRY(in.number<std::uint64_t>(what));
    if (bytes > attachment_bytes_max) return fail(Errc::limit_exceeded, what);
    return bytes;
}

}  // namespace

void write(Writer& out, const AttachmentOffer& offer) {
    write(out, offer.place);
    out.number(offer.size);
}

Result<AttachmentOffer> read_offer(Reader& in) {
    AttachmentOffer offer;
    offer.place = SAMSYN_TRY(read_place(in));
    offer.size = SAMSYN_TRY(read_extent(in, "size of an attachment"));
    if (offer.size == 0) return fail(Errc::malformed, "size of an attachment");
    return offer;
}

void write(Writer& out, const AttachmentState& state) {
    write(out, state.place);
    out.enumerator(state.refused);
    out.number(state.have);
    out.boolean(state.whole);
}

Result<AttachmentState> read_state(Reader& in) {
    AttachmentState state;
    state.place = SAMSYN_TRY(read_place(in));
    state.refused = SAMSYN_TRY(read_why(in));
    state.have = SAMSYN_TRY(read_extent(in, "bytes held of an attachment"));
    state.whole = SAMSYN_TRY(in.boolean("whole"));
    return state;
}

void write(Writer& out, const AttachmentPiece& piece) {
    write(out, piece.place);
    out.number(piece.offset);
    out.blob(piece.bytes);
}

Result<AttachmentPiece> read_piece(Reader& in) {
    AttachmentPiece piece;
    piece.place = SAMSYN_TRY(read_place(in));
    piece.offset = SAMSYN_TRY(read_extent(in, "offset of a piece"));
    piece.bytes = to_bytes(SAMSYN_TRY(in.blob(attachment_piece_bytes_max, "piece")));
    if (piece.bytes.empty()) return fail(Errc::malformed, "piece");
    if (piece.offset + piece.bytes.size() > attachment_bytes_max)
        return fail(Errc::limit_exceeded, "piece");
    return piece;
}

void write(Writer& out, const AttachmentRequest& request) {
    write(out, request.place);
    out.number(request.offset);
    out.number(request.bytes);
}

Result<AttachmentRequest> read_request(Reader& in) {
    AttachmentRequest request;
    request.place = SAMSYN_TRY(read_place(in));
    request.offset = SAMSYN_TRY(read_extent(in, "offset of a request"));
    request.bytes = SAMSYN_TRY(in.number<std::uint32_t>("bytes of a request"));
    if (request.bytes == 0 || request.bytes > attachment_request_bytes_max)
        return fail(Errc::limit_exceeded, "bytes of a request");
    return request;
}

}  // namespace samsyn::attachments
