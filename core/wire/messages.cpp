#include "core/wire/messages.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/log_messages_codec.hpp"
#include "core/wire/room_codec.hpp"
#include "core/wire/statement_codec.hpp"
#include "core/wire/unlocking_messages.hpp"

#include <array>

namespace samsyn {

namespace {

constexpr std::size_t entry_bytes_max = batch_bytes_max + 2 * 1024;  // escrow holds a batch

constexpr std::size_t welcome_gaps_max = 256;
constexpr std::size_t context_bytes_max = 200;
constexpr std::size_t deliver_entries_max = 4096;

// --- Parts ---------------------------------------------------------------------------------------

/// Contexts end up in logs and on terminals: no control characters, neither C0 nor C1.
bool is_control(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7f) return true;
    return byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

void write_context(Writer& out, std::string_view context) {
    std::string text{context.substr(0, context_bytes_max)};
    while (!is_utf8(as_bytes(text))) text.pop_back();
    std::string clean;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool control = is_control(text, i);
        clean += control ? '?' : text[i];
        if (control && text[i] == '\xc2') ++i;  // a C1 character is two bytes
    }
    out.text(clean);
}

Result<std::string> read_context(Reader& in) {
    std::string context = SAMSYN_TRY(in.text(context_bytes_max, "context"));
    for (std::size_t i = 0; i < context.size(); ++i)
        if (is_control(context, i)) return fail(Errc::malformed, "context");
    return context;
}

bool belongs(EntryKind kind, const Channel& channel) {
    // Escrow travels beside the statements of a notice stream.
    if (kind == EntryKind::escrow) {
        const auto* notices = std::get_if<Stream>(&channel.name);
        return notices && notices->kind == StreamKind::notice;
    }
    return (kind == EntryKind::statement) == std::holds_alternative<Stream>(channel.name);
}

void write(Writer& out, const Channel& channel) {
    const auto* stream = std::get_if<Stream>(&channel.name);
    out.boolean(stream == nullptr);
    if (stream)
        encode(out, *stream);
    else
        out.id(std::get<CompartmentId>(channel.name));
}

// --- Bodies --------------------------------------------------------------------------------------

using attachments::write;
using fleet::write;
using log_messages::write;
using presences::write;
using rooms::write;
using unlocking::write;

template <class Body>
concept OfRooms = std::is_same_v<Body, RoomCall> || std::is_same_v<Body, RoomHello> ||
                  std::is_same_v<Body, RoomKey> || std::is_same_v<Body, RoomFrame> ||
                  std::is_same_v<Body, RoomTick> || std::is_same_v<Body, RoomRefused>;

template <class Body>
Result<Body> read(Reader& in) {
    if constexpr (OfRooms<Body>)
        return rooms::read<Body>(in);
    else
        return unlocking::read<Body>(in);
}

template <>
Result<Presence> read(Reader& in) {
    return presences::read_presence(in);
}

template <>
Result<LogProofRequest> read(Reader& in) {
    return log_messages::read_log_proof_request(in);
}

template <>
Result<LogProof> read(Reader& in) {
    return log_messages::read_log_proof(in);
}

template <>
Result<LogQuery> read(Reader& in) {
    return log_messages::read_log_query(in);
}

template <>
Result<LogRows> read(Reader& in) {
    return log_messages::read_log_rows(in);
}

template <>
Result<DeviceReport> read(Reader& in) {
    return fleet::read_device_report(in);
}

template <>
Result<FleetQuery> read(Reader& in) {
    return fleet::read_fleet_query(in);
}

template <>
Result<FleetRows> read(Reader& in) {
    return fleet::read_fleet_rows(in);
}

template <>
Result<ReceiptRequest> read(Reader& in) {
    return log_messages::read_receipt_request(in);
}

template <>
Result<Receipts> read(Reader& in) {
    return log_messages::read_receipts(in);
}

template <>
Result<AttachmentOffer> read(Reader& in) {
    return attachments::read_offer(in);
}

template <>
Result<AttachmentState> read(Reader& in) {
    return attachments::read_state(in);
}

template <>
Result<AttachmentPiece> read(Reader& in) {
    return attachments::read_piece(in);
}

template <>
Result<AttachmentRequest> read(Reader& in) {
    return attachments::read_request(in);
}

void write(Writer& out, const Resend& resend) {
    out.number(resend.ticket);
    out.enumerator(resend.kind);
    out.blob(resend.bytes);
    log_messages::write(out, resend.receipt);
}

template <>
Result<Resend> read(Reader& in) {
    Resend resend;
    resend.ticket = SAMSYN_TRY(in.number<std::uint32_t>("ticket"));
    resend.kind = SAMSYN_TRY(in.enumerator(EntryKind::last, "entry kind"));
    const bool fits = resend.kind == EntryKind::packet || resend.kind == EntryKind::supplement ||
                      resend.kind == EntryKind::batch;
    if (!fits) return fail(Errc::malformed, "entry kind");
    resend.bytes = to_bytes(SAMSYN_TRY(in.blob(batch_bytes_max, "entry")));
    resend.receipt = SAMSYN_TRY(log_messages::read_receipt(in));
    return resend;
}

void write(Writer& out, const Hello& hello) {
    out.enumerator(hello.purpose);
    out.number(hello.version_min);
    out.number(hello.version_max);
    out.id(hello.federation);
    out.id(hello.device);
    out.id(hello.nonce);
    out.number(hello.statute_version);
    out.number(hello.schema_version);
}

template <>
Result<Hello> read(Reader& in) {
    Hello hello;
    hello.purpose = SAMSYN_TRY(in.enumerator(SessionPurpose::last, "purpose"));
    hello.version_min = SAMSYN_TRY(in.number<std::uint16_t>("least version"));
    hello.version_max = SAMSYN_TRY(in.number<std::uint16_t>("greatest version"));
    hello.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    hello.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    hello.nonce = SAMSYN_TRY(in.id<Nonce>("nonce"));
    hello.statute_version = SAMSYN_TRY(in.number<std::uint32_t>("statute version"));
    hello.schema_version = SAMSYN_TRY(in.number<std::uint16_t>("schema version"));
    if (hello.version_min > hello.version_max) return fail(Errc::malformed, "versions");
    if (hello.purpose == SessionPurpose::restricted && !hello.device.is_none())
        return fail(Errc::malformed, "a locked device does not say who it is");
    return hello;
}

void write(Writer& out, const Challenge& challenge) {
    out.number(challenge.version);
    out.id(challenge.nonce);
    out.instant(challenge.time);
    out.id(challenge.incarnation);
    out.number(challenge.statute_version);
    out.id(challenge.server_key);
    out.id(challenge.signature);
}

template <>
Result<Challenge> read(Reader& in) {
    Challenge challenge;
    challenge.version = SAMSYN_TRY(in.number<std::uint16_t>("version"));
    challenge.nonce = SAMSYN_TRY(in.id<Nonce>("nonce"));
    challenge.time = SAMSYN_TRY(in.instant("time"));
    challenge.incarnation = SAMSYN_TRY(in.id<Incarnation>("incarnation"));
    challenge.statute_version = SAMSYN_TRY(in.number<std::uint32_t>("statute version"));
    challenge.server_key = SAMSYN_TRY(in.id<SigningPublicKey>("server key"));
    challenge.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    return challenge;
}

void write(Writer& out, const Proof& proof) {
    write_ids(out, proof.federation_heads);
    out.id(proof.signature);
}

template <>
Result<Proof> read(Reader& in) {
    Proof proof;
    proof.federation_heads =
        SAMSYN_TRY(read_sorted_ids<StatementId>(in, statement_previous_max, "federation heads"));
    proof.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    return proof;
}

void write(Writer& out, const Welcome& welcome) {
    out.number(welcome.greatest_counter);
    write_numbers(out, welcome.gaps);
    out.number(welcome.log_size);
    out.id(welcome.log_root);
}

template <>
Result<Welcome> read(Reader& in) {
    Welcome welcome;
    welcome.greatest_counter = SAMSYN_TRY(in.number<std::uint64_t>("greatest counter"));
    welcome.gaps = SAMSYN_TRY(read_ascending(in, welcome_gaps_max, "gaps"));
    welcome.log_size = SAMSYN_TRY(in.number<std::uint64_t>("log size"));
    welcome.log_root = SAMSYN_TRY(in.id<Hash>("log root"));
    return welcome;
}

void write(Writer& out, const Resume& resume) {
    out.list(resume.cursors, [&](const Resume::Cursor& cursor) {
        write(out, cursor.channel);
        out.number(cursor.number);
    });
    out.boolean(resume.last);
}

template <>
Result<Resume> read(Reader& in) {
    Resume resume;
    const auto count = SAMSYN_TRY(in.count(resume_cursors_max, "cursors"));
    for (std::size_t i = 0; i < count; ++i) {
        Resume::Cursor cursor;
        cursor.channel = SAMSYN_TRY(decode_channel(in));
        cursor.number = SAMSYN_TRY(in.number<EntryNumber>("cursor"));
        resume.cursors.push_back(cursor);
    }
    resume.last = SAMSYN_TRY(in.boolean("last"));
    return resume;
}

void write(Writer& out, const Push& push) {
    out.number(push.ticket);
    out.enumerator(push.kind);
    out.blob(push.bytes);
}

template <>
Result<Push> read(Reader& in) {
    Push push;
    push.ticket = SAMSYN_TRY(in.number<std::uint32_t>("ticket"));
    push.kind = SAMSYN_TRY(in.enumerator(EntryKind::last, "entry kind"));
    push.bytes = to_bytes(SAMSYN_TRY(in.blob(entry_bytes_max, "entry")));
    return push;
}

void write(Writer& out, const Answer& answer) {
    out.number(answer.ticket);
    out.enumerator(answer.outcome);
    out.enumerator(answer.why);
    write_context(out, answer.context);
    out.number(answer.number);
    out.instant(answer.server_time);
}

template <>
Result<Answer> read(Reader& in) {
    Answer answer;
    answer.ticket = SAMSYN_TRY(in.number<std::uint32_t>("ticket"));
    answer.outcome = SAMSYN_TRY(in.enumerator(AnswerOutcome::last, "outcome"));
    answer.why = SAMSYN_TRY(read_why(in));
    answer.context = SAMSYN_TRY(read_context(in));
    answer.number = SAMSYN_TRY(in.number<EntryNumber>("entry number"));
    answer.server_time = SAMSYN_TRY(in.instant("server time"));
    return answer;
}

void write(Writer& out, const Deliver& deliver) {
    write(out, deliver.channel);
    out.list(deliver.entries, [&](const Deliver::Entry& entry) {
        out.number(entry.number);
        out.enumerator(entry.kind);
        out.blob(entry.bytes);
    });
    out.number(deliver.up_to);
}

template <>
Result<Deliver> read(Reader& in) {
    Deliver deliver;
    deliver.channel = SAMSYN_TRY(decode_channel(in));
    const auto count = SAMSYN_TRY(in.count(deliver_entries_max, "entries"));
    EntryNumber previous = 0;
    for (std::size_t i = 0; i < count; ++i) {
        Deliver::Entry entry;
        entry.number = SAMSYN_TRY(in.number<EntryNumber>("entry number"));
        entry.kind = SAMSYN_TRY(in.enumerator(EntryKind::last, "entry kind"));
        entry.bytes = to_bytes(SAMSYN_TRY(in.blob(entry_bytes_max, "entry")));
        if (entry.number <= previous) return fail(Errc::malformed, "entry number");
        if (!belongs(entry.kind, deliver.channel)) return fail(Errc::malformed, "entry kind");
        previous = entry.number;
        deliver.entries.push_back(std::move(entry));
    }
    deliver.up_to = SAMSYN_TRY(in.number<EntryNumber>("up to"));
    if (deliver.up_to < previous) return fail(Errc::malformed, "up to");
    return deliver;
}

void write(Writer& out, const Withdrawn& withdrawn) {
    write(out, withdrawn.channel);
}

template <>
Result<Withdrawn> read(Reader& in) {
    return Withdrawn{SAMSYN_TRY(decode_channel(in))};
}

void write(Writer& out, const CaughtUp& caught_up) {
    out.enumerator(caught_up.phase);
    out.instant(caught_up.time);
    out.id(caught_up.signature);
}

template <>
Result<CaughtUp> read(Reader& in) {
    CaughtUp caught_up;
    caught_up.phase = SAMSYN_TRY(in.enumerator(CaughtUp::Phase::last, "phase"));
    caught_up.time = SAMSYN_TRY(in.instant("time"));
    caught_up.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    return caught_up;
}

void write(Writer& out, const Goodbye& goodbye) {
    out.enumerator(goodbye.why);
    write_context(out, goodbye.context);
}

template <>
Result<Goodbye> read(Reader& in) {
    Goodbye goodbye;
    goodbye.why = SAMSYN_TRY(read_why(in));
    goodbye.context = SAMSYN_TRY(read_context(in));
    return goodbye;
}

// --- The table of kinds --------------------------------------------------------------------------

template <class Body>
Result<Message> read_whole(Reader& in) {
    Message message{SAMSYN_TRY(read<Body>(in))};
    SAMSYN_TRY(in.finish("message"));
    return message;
}

template <std::size_t... Index>
constexpr auto message_readers_of(std::index_sequence<Index...>) {
    return std::array{&read_whole<std::variant_alternative_t<Index, MessageKinds>>...};
}

/// A message's kind is its place in `Message`, from 1: new ones are added at the end.
constexpr auto message_readers =
    message_readers_of(std::make_index_sequence<std::variant_size_v<MessageKinds>>{});

/// A message's kind is its place in `Message`, from 1.
template <class Body>
std::size_t kind_of() {
    return Message{Body{}}.index() + 1;
}

bool may_hold_secrets(std::size_t kind) {
    return kind >= kind_of<UnlockRegister>() && kind <= kind_of<RestrictedAnswer>();
}

}  // namespace

bool may_hold_secrets(ByteView message) {
    return message.size() > 1 && may_hold_secrets(std::to_integer<std::size_t>(message[1]));
}

Bytes encode_message(const Message& message) {
    Writer out;
    // Written into memory that does not move: no copy stays behind.
    if (may_hold_secrets(message.index() + 1)) out.reserve(message_bytes_before_proof_max);
    out.number(wire_version);
    out.number(static_cast<std::uint8_t>(message.index() + 1));
    std::visit([&](const auto& body) { write(out, body); }, message);
    return std::move(out).take();
}

Result<Message> decode_message(ByteView bytes, std::size_t bytes_max) {
    if (bytes.size() > bytes_max) return fail(Errc::limit_exceeded, "message");
    Reader in{bytes};
    if (SAMSYN_TRY(in.number<std::uint8_t>("wire version")) != wire_version)
        return fail(Errc::unsupported_version, "wire version");
    const auto kind = SAMSYN_TRY(in.number<std::uint8_t>("message kind"));
    if (kind == 0 || kind > message_readers.size()) return fail(Errc::malformed, "message kind");
    return message_readers[kind - 1U](in);
}

Bytes challenge_signed_part(const Nonce& client_nonce,
                            const Challenge& challenge,
                            const Hash& exporter) {
    Writer out;
    out.id(client_nonce);
    out.id(challenge.nonce);
    out.id(exporter);
    out.instant(challenge.time);
    out.id(challenge.incarnation);
    out.number(challenge.version);  // so that nobody in between talks two new peers down
    out.number(challenge.statute_version);
    return std::move(out).take();
}

Bytes proof_signed_part(const Nonce& server_nonce,
                        const Nonce& client_nonce,
                        const Hash& exporter,
                        const std::vector<StatementId>& heads) {
    Writer out;
    out.id(server_nonce);
    out.id(client_nonce);
    out.id(exporter);
    write_ids(out, heads);
    return std::move(out).take();
}

Bytes signed_time_part(const Incarnation& incarnation, Instant time) {
    Writer out;
    out.id(incarnation);
    out.instant(time);
    return std::move(out).take();
}

Bytes encode_channel(const Channel& channel) {
    Writer out;
    write(out, channel);
    return std::move(out).take();
}

Result<Channel> decode_channel(Reader& in) {
    if (SAMSYN_TRY(in.boolean("channel")))
        return Channel{SAMSYN_TRY(in.id<CompartmentId>("channel"))};
    return Channel{SAMSYN_TRY(decode_stream(in))};
}

}  // namespace samsyn
