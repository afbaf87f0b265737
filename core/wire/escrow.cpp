#include "core/wire/escrow.hpp"

#include "core/wire/lists.hpp"

#include <algorithm>

namespace samsyn {

namespace {

enum class Form : std::uint8_t { sealed = 1, held = 2, last = held };

void write_clear_part(Writer& out, const EscrowBlob& blob) {
    out.id(blob.federation);
    out.id(blob.case_id);
    encode(out, blob.label);
    out.id(blob.compartment);
    out.id(blob.author);
    out.number(blob.counter);
    out.instant(blob.written);
    out.instant(blob.made);
    out.enumerator(blob.why);
    out.text(blob.reason);
    encode(out, blob.change);
}

Bytes signed_part(const EscrowBlob& blob) {
    Writer out;
    write_clear_part(out, blob);
    write_sealed_keys(out, blob.keys);
    write_recovery_box(out, blob.recovery_box);
    out.blob(blob.body);
    return std::move(out).take();
}

Result<EscrowBlob> read_blob(Reader& in, const Hasher& hasher) {
    EscrowBlob blob;
    blob.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    blob.case_id = SAMSYN_TRY(in.id<CaseId>("case"));
    blob.label = SAMSYN_TRY(decode_label(in));
    blob.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment"));
    blob.author = SAMSYN_TRY(in.id<DeviceId>("author"));
    blob.counter = SAMSYN_TRY(in.number<std::uint64_t>("counter"));
    blob.written = SAMSYN_TRY(in.instant("written"));
    blob.made = SAMSYN_TRY(in.instant("made"));
    blob.why = errc_from_wire(SAMSYN_TRY(in.number<std::uint16_t>("why")));
    blob.reason = SAMSYN_TRY(in.text(escrow_reason_bytes_max, "reason"));
    blob.change = SAMSYN_TRY(decode_change_header(in));
    blob.keys = SAMSYN_TRY(read_sealed_keys(in, escrow_recipients_max));
    blob.recovery_box = SAMSYN_TRY(read_recovery_box(in));
    blob.body = to_bytes(SAMSYN_TRY(in.blob(escrow_bytes_max, "sealed body")));

    if (blob.compartment != compartment_id(hasher, blob.case_id, blob.label))
        return fail(Errc::malformed, "compartment");
    if (blob.change.restated_author) return fail(Errc::malformed, "restated author");
    for (const FieldWrite& write : blob.change.writes)
        if (write.replaces.size() > escrow_replaces_max)
            return fail(Errc::limit_exceeded, "replaced versions");
    return blob;
}

}  // namespace

Bytes encode_escrow(const EscrowBlob& blob) {
    Writer out;
    out.enumerator(Form::sealed);
    out.blob(signed_part(blob));
    out.id(blob.signature);
    return std::move(out).take();
}

Bytes encode_escrow(const HeldEntry& held) {
    Writer out;
    out.enumerator(Form::held);
    out.enumerator(held.kind);
    out.blob(held.bytes);
    return std::move(out).take();
}

Result<EscrowEntry> decode_escrow(ByteView bytes, const Hasher& hasher) {
    if (bytes.size() > escrow_bytes_max) return fail(Errc::limit_exceeded, "escrow");
    Reader in{bytes};
    const Form form = SAMSYN_TRY(in.enumerator(Form::last, "form"));
    if (form == Form::held) {
        HeldEntry held;
        held.kind = SAMSYN_TRY(in.enumerator(EntryKind::last, "kind"));
        if (held.kind != EntryKind::batch && held.kind != EntryKind::statement)
            return fail(Errc::malformed, "kind");
        held.bytes = to_bytes(SAMSYN_TRY(in.blob(escrow_bytes_max, "held entry")));
        SAMSYN_TRY(in.finish("escrow"));
        held.id = hasher.hash(Domain::escrow_blob, {bytes});
        return EscrowEntry{std::move(held)};
    }
    if (form != Form::sealed) return fail(Errc::malformed, "form");
    const ByteView part = SAMSYN_TRY(in.blob(escrow_bytes_max, "escrow"));
    const auto signature = SAMSYN_TRY(in.id<Signature>("signature"));
    SAMSYN_TRY(in.finish("escrow"));
    Reader fields{part};
    EscrowBlob blob = SAMSYN_TRY(read_blob(fields, hasher));
    SAMSYN_TRY(fields.finish("escrow"));
    blob.id = hasher.hash(Domain::escrow_blob, {part});
    blob.signature = signature;
    return EscrowEntry{std::move(blob)};
}

Hash escrow_context(const EscrowBlob& blob,
                    const DeviceId& recipient,
                    std::uint32_t sealing_epoch,
                    const Hasher& hasher) {
    Writer out;
    out.id(blob.compartment);
    out.id(blob.author);
    out.number(blob.counter);
    out.id(recipient);
    out.number(sealing_epoch);
    return hasher.hash(Domain::escrow_context, {out.view()});
}

Bytes escrow_aad(const EscrowBlob& blob) {
    Writer out;
    out.raw(as_bytes(label_of(Domain::escrow_body)));
    write_clear_part(out, blob);
    return std::move(out).take();
}

void prepare_escrow(EscrowBlob& blob) {
    normalise(blob.label);
    blob.reason.resize(std::min(blob.reason.size(), escrow_reason_bytes_max));
    for (FieldWrite& write : blob.change.writes) {
        auto& replaces = write.replaces;
        std::ranges::sort(replaces);
        if (replaces.size() > escrow_replaces_max)
            replaces.erase(replaces.begin(),
                           replaces.end() - static_cast<std::ptrdiff_t>(escrow_replaces_max));
    }
}

void sign_escrow(EscrowBlob& blob, Signer& signer, const Hasher& hasher) {
    std::ranges::sort(blob.keys, {}, &SealedKey::device);
    const Bytes part = signed_part(blob);
    blob.id = hasher.hash(Domain::escrow_blob, {part});
    blob.signature = signer.sign(Domain::escrow_blob, part);
}

bool verify_escrow(const EscrowBlob& blob,
                   const SigningPublicKey& author_key,
                   const Verifier& verifier) {
    return verifier.verify(author_key, Domain::escrow_blob, signed_part(blob), blob.signature);
}

Stream escrow_stream(const CaseId& case_id, const Label& label) {
    return {StreamKind::notice, case_id, label.disclosing.unit};
}

}  // namespace samsyn
