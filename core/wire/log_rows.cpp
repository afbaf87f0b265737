#include "core/wire/log_rows.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/unlocking_messages.hpp"

#include <array>

namespace samsyn {

namespace {

void write(Writer& out, const Channel& channel) {
    out.raw(encode_channel(channel));
}

void write(Writer& out, const RowGround& ground) {
    out.text(ground.reason);
    write_ids(out, ground.by);
}

Result<RowGround> read_ground(Reader& in) {
    RowGround ground;
    ground.reason = SAMSYN_TRY(in.text(row_reason_bytes_max, "reason"));
    ground.by = SAMSYN_TRY(read_sorted_ids<StatementId>(in, row_statements_max, "statements"));
    return ground;
}

void write(Writer& out, const RowAccepted& act) {
    write(out, act.channel);
    out.enumerator(act.kind);
    out.number(act.number);
    out.id(act.hash);
    out.number(act.statement_kind);
}

void write(Writer& out, const RowDelivered& act) {
    write(out, act.channel);
    out.number(act.first);
    out.number(act.last);
    out.number(act.count);
    write(out, act.ground);
}

void write(Writer& out, const RowWithdrawn& act) {
    write(out, act.channel);
}

void write(Writer& out, const RowRefused& act) {
    out.enumerator(act.what);
    out.enumerator(act.kind);
    out.enumerator(act.why);
}

void write(Writer& out, const RowRead& act) {
    out.id(act.compartment);
    out.number(act.sequence);
    out.id(act.entry);
    out.instant(act.device_time);
    out.instant(act.signed_time);
    out.enumerator(act.action);
    out.boolean(act.permitted);
    write(out, act.ground);
    write_ids(out, act.items);
}

void write(Writer& out, const RowChainBroken& act) {
    out.enumerator(act.how);
    out.number(act.expected);
    out.number(act.got);
    out.id(act.head);
    out.id(act.previous);
}

void write(Writer& out, const RowQueried& act) {
    out.number(act.first);
    out.number(act.last);
}

void write(Writer& out, const RowAttachment& act) {
    out.id(act.place.compartment);
    out.id(act.place.attachment);
    out.boolean(act.delivered);
    write(out, act.ground);
}

template <class Act>
Result<Act> read(Reader& in);

template <>
Result<RowAccepted> read(Reader& in) {
    RowAccepted act;
    act.channel = SAMSYN_TRY(decode_channel(in));
    act.kind = SAMSYN_TRY(in.enumerator(EntryKind::last, "entry kind"));
    act.number = SAMSYN_TRY(in.number<EntryNumber>("entry number"));
    act.hash = SAMSYN_TRY(in.id<Hash>("entry hash"));
    act.statement_kind = SAMSYN_TRY(in.number<std::uint16_t>("statement kind"));
    return act;
}

template <>
Result<RowDelivered> read(Reader& in) {
    RowDelivered act;
    act.channel = SAMSYN_TRY(decode_channel(in));
    act.first = SAMSYN_TRY(in.number<EntryNumber>("first entry"));
    act.last = SAMSYN_TRY(in.number<EntryNumber>("last entry"));
    act.count = SAMSYN_TRY(in.number<std::uint16_t>("entries"));
    act.ground = SAMSYN_TRY(read_ground(in));
    return act;
}

template <>
Result<RowWithdrawn> read(Reader& in) {
    return RowWithdrawn{SAMSYN_TRY(decode_channel(in))};
}

template <>
Result<RowRefused> read(Reader& in) {
    RowRefused act;
    act.what = SAMSYN_TRY(in.enumerator(RefusedWhat::last, "what was refused"));
    act.kind = SAMSYN_TRY(in.enumerator(EntryKind::last, "entry kind"));
    act.why = SAMSYN_TRY(read_why(in));
    return act;
}

template <>
Result<RowRead> read(Reader& in) {
    RowRead act;
    act.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment"));
    act.sequence = SAMSYN_TRY(in.number<std::uint64_t>("read sequence"));
    act.entry = SAMSYN_TRY(in.id<Hash>("read entry"));
    act.device_time = SAMSYN_TRY(in.instant("device time"));
    act.signed_time = SAMSYN_TRY(in.instant("signed time"));
    act.action = SAMSYN_TRY(in.enumerator(ReadAction::last, "read action"));
    act.permitted = SAMSYN_TRY(in.boolean("permitted"));
    act.ground = SAMSYN_TRY(read_ground(in));
    act.items = SAMSYN_TRY(read_sorted_ids<ItemId>(in, read_items_max, "read items"));
    return act;
}

template <>
Result<RowChainBroken> read(Reader& in) {
    RowChainBroken act;
    act.how = SAMSYN_TRY(in.enumerator(RowChainBroken::How::last, "break of a chain"));
    act.expected = SAMSYN_TRY(in.number<std::uint64_t>("expected"));
    act.got = SAMSYN_TRY(in.number<std::uint64_t>("got"));
    act.head = SAMSYN_TRY(in.id<Hash>("head of the chain"));
    act.previous = SAMSYN_TRY(in.id<Hash>("previous read"));
    return act;
}

template <>
Result<RowQueried> read(Reader& in) {
    RowQueried act;
    act.first = SAMSYN_TRY(in.number<std::uint64_t>("first row"));
    act.last = SAMSYN_TRY(in.number<std::uint64_t>("last row"));
    return act;
}

template <>
Result<RowAttachment> read(Reader& in) {
    RowAttachment act;
    act.place.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment of an attachment"));
    act.place.attachment = SAMSYN_TRY(in.id<AttachmentId>("attachment"));
    act.delivered = SAMSYN_TRY(in.boolean("delivered"));
    act.ground = SAMSYN_TRY(read_ground(in));
    return act;
}

template <class Act>
Result<RowAct> read_whole(Reader& in) {
    RowAct act{SAMSYN_TRY(read<Act>(in))};
    SAMSYN_TRY(in.finish("log row"));
    return act;
}

template <std::size_t... Index>
constexpr auto row_readers_of(std::index_sequence<Index...>) {
    return std::array{&read_whole<std::variant_alternative_t<Index, RowAct>>...};
}

/// A row's kind is its act's place in `RowAct`, from 1: new ones are added at the end.
constexpr auto row_readers =
    row_readers_of(std::make_index_sequence<std::variant_size_v<RowAct>>{});

}  // namespace

Bytes encode_log_row(const LogRow& row) {
    Writer out;
    out.number(static_cast<std::uint8_t>(row.act.index() + 1));
    out.id(row.salt);
    out.instant(row.at);
    out.id(row.device);
    out.id(row.user);
    out.id(row.unit);
    out.id(row.case_id);
    out.id(row.disclosing);
    std::visit([&](const auto& act) { write(out, act); }, row.act);
    return std::move(out).take();
}

Result<LogRow> decode_log_row(ByteView bytes) {
    Reader in{bytes};
    LogRow row;
    const auto kind = SAMSYN_TRY(in.number<std::uint8_t>("kind of log row"));
    if (kind == 0 || kind > row_readers.size()) return fail(Errc::malformed, "kind of log row");
    row.salt = SAMSYN_TRY(in.id<RowSalt>("log row"));
    row.at = SAMSYN_TRY(in.instant("log row"));
    row.device = SAMSYN_TRY(in.id<DeviceId>("log row"));
    row.user = SAMSYN_TRY(in.id<UserId>("log row"));
    row.unit = SAMSYN_TRY(in.id<UnitId>("log row"));
    row.case_id = SAMSYN_TRY(in.id<CaseId>("log row"));
    row.disclosing = SAMSYN_TRY(in.id<UnitId>("log row"));
    row.act = SAMSYN_TRY(row_readers[kind - 1U](in));
    return row;
}

}  // namespace samsyn
