#include "core/model/signed_note.hpp"

#include "core/base/codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::uint8_t note_format = 1;
constexpr std::size_t note_fields_max = 256;
constexpr std::size_t note_values_max = 256;
constexpr std::size_t note_writers_max = 256;

void encode_fields(Writer& out, const SignedNote& note) {
    out.list(note.fields, [&](const SignedField& field) {
        out.enumerator(field.field);
        out.number(static_cast<std::uint16_t>(field.values.size()));
        out.blob(encode_values(field.values));
    });
}

Bytes encode_note(const SignedNote& note) {
    Writer out;
    out.number(note_format);
    out.id(note.item);
    out.id(note.user);
    out.id(note.device);
    out.instant(note.at);
    encode_fields(out, note);
    out.list(note.texts, [&](const SignedText& text) {
        out.enumerator(text.field);
        out.id(text.text);
        out.list(text.made_of, [&](const WriterCount& writer) {
            out.id(writer.writer);
            out.number(writer.operations);
        });
    });
    return std::move(out).take();
}

Result<SignedField> read_field(Reader& in) {
    SignedField field;
    field.field = FieldNumber{SAMSYN_TRY(in.number<std::uint16_t>("signed field"))};
    const std::size_t count = SAMSYN_TRY(in.count(note_values_max, "signed values"));
    const ByteView values = SAMSYN_TRY(in.blob(signed_note_bytes_max, "signed values"));
    field.values = SAMSYN_TRY(decode_values(values, count));
    return field;
}

Result<SignedText> read_text(Reader& in) {
    SignedText text;
    text.field = FieldNumber{SAMSYN_TRY(in.number<std::uint16_t>("signed text"))};
    text.text = SAMSYN_TRY(in.id<Hash>("signed text"));
    const std::size_t count = SAMSYN_TRY(in.count(note_writers_max, "writers"));
    for (std::size_t i = 0; i < count; ++i) {
        WriterCount writer;
        writer.writer = SAMSYN_TRY(in.id<DeviceId>("writer"));
        writer.operations = SAMSYN_TRY(in.number<std::uint32_t>("operations"));
        text.made_of.push_back(writer);
    }
    if (!std::ranges::is_sorted(text.made_of, std::ranges::less_equal{}, &WriterCount::writer))
        return fail(Errc::malformed, "writers out of order");
    return text;
}

Result<SignedNote> read_note(Reader& in) {
    if (SAMSYN_TRY(in.number<std::uint8_t>("format")) != note_format)
        return fail(Errc::unsupported_version, "signed note");
    SignedNote note;
    note.item = SAMSYN_TRY(in.id<ItemId>("item"));
    note.user = SAMSYN_TRY(in.id<UserId>("user"));
    note.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    note.at = SAMSYN_TRY(in.instant("at"));
    const std::size_t fields = SAMSYN_TRY(in.count(note_fields_max, "signed fields"));
    for (std::size_t i = 0; i < fields; ++i) note.fields.push_back(SAMSYN_TRY(read_field(in)));
    const std::size_t texts = SAMSYN_TRY(in.count(note_fields_max, "signed texts"));
    for (std::size_t i = 0; i < texts; ++i) note.texts.push_back(SAMSYN_TRY(read_text(in)));
    const auto ascends = [](const auto& list, auto field) {
        return std::ranges::is_sorted(list, std::ranges::less_equal{}, field);
    };
    if (!ascends(note.fields, &SignedField::field) || !ascends(note.texts, &SignedText::field))
        return fail(Errc::malformed, "signed fields out of order");
    SAMSYN_TRY(in.finish("signed note"));
    return note;
}

bool same_text(const SignedText& one, const SignedText& other) {
    return one.field == other.field && one.text == other.text;
}

}  // namespace

bool same_content(const SignedNote& one, const SignedNote& other) {
    return one.item == other.item && one.fields == other.fields &&
           std::ranges::equal(one.texts, other.texts, same_text);
}

Hash content_hash(const Hasher& hasher, const SignedNote& note) {
    Writer out;
    out.id(note.item);
    encode_fields(out, note);
    out.list(note.texts, [&](const SignedText& text) {
        out.enumerator(text.field);
        out.id(text.text);
    });
    return hasher.hash(Domain::signed_note, {out.view()});
}

Result<std::string> sign_note(const SignedNote& note, Signer& signer) {
    Bytes message = encode_note(note);
    if (message.size() > signed_note_bytes_max) return fail(Errc::limit_exceeded, "signed fields");
    const Signature signature = signer.sign(Domain::signed_note, message);
    message.insert(message.end(), signature.view().begin(), signature.view().end());
    return to_hex(message);
}

Result<NoteSignature> read_note_signature(std::string_view value) {
    if (value.size() > 2 * (signed_note_bytes_max + Signature::size))
        return fail(Errc::limit_exceeded, "signed note");
    Bytes bytes = SAMSYN_TRY(from_hex(value));
    if (bytes.size() < Signature::size) return fail(Errc::truncated, "signed note");
    NoteSignature signature;
    signature.signature = Signature::from(ByteView{bytes}.last(Signature::size));
    bytes.resize(bytes.size() - Signature::size);
    Reader in{bytes};
    signature.note = SAMSYN_TRY(read_note(in));
    signature.message = std::move(bytes);
    return signature;
}

bool verify(const NoteSignature& signature, const SigningPublicKey& key, const Verifier& verifier) {
    return verifier.verify(key, Domain::signed_note, signature.message, signature.signature);
}

}  // namespace samsyn
