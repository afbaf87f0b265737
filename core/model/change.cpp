#include "core/model/change.hpp"

#include <algorithm>

namespace samsyn {

namespace {

enum class ValueTag : std::uint8_t {
    none,
    text,
    integer,
    boolean,
    date,
    instant,
    reference,
    run,
    last = run
};

// Days around 1970 that a date may name: the years 1 to 9999.
constexpr std::int64_t date_days_min = -719'162;
constexpr std::int64_t date_days_max = 2'932'896;

struct ValueEncoder {
    Writer& out;

    void operator()(std::monostate) const { out.enumerator(ValueTag::none); }

    void operator()(const std::string& text) const {
        out.enumerator(ValueTag::text);
        out.text(text);
    }

    void operator()(std::int64_t integer) const {
        out.enumerator(ValueTag::integer);
        out.number(static_cast<std::uint64_t>(integer));
    }

    void operator()(bool boolean) const {
        out.enumerator(ValueTag::boolean);
        out.boolean(boolean);
    }

    void operator()(Date date) const {
        out.enumerator(ValueTag::date);
        out.number(static_cast<std::uint64_t>(std::int64_t{date.day.time_since_epoch().count()}));
    }

    void operator()(Instant instant) const {
        out.enumerator(ValueTag::instant);
        out.instant(instant);
    }

    void operator()(const ReferenceId& reference) const {
        out.enumerator(ValueTag::reference);
        out.id(reference);
    }

    void operator()(const Bytes& run) const {
        out.enumerator(ValueTag::run);
        out.blob(run);
    }
};

Result<Value> decode_value(Reader& in) {
    switch (SAMSYN_TRY(in.enumerator(ValueTag::last, "value kind"))) {
        case ValueTag::none:
            return Value{};
        case ValueTag::text:
            return Value{SAMSYN_TRY(in.text(value_text_bytes_max, "text value"))};
        case ValueTag::integer:
            return Value{
                static_cast<std::int64_t>(SAMSYN_TRY(in.number<std::uint64_t>("integer")))};
        case ValueTag::boolean:
            return Value{SAMSYN_TRY(in.boolean("boolean value"))};
        case ValueTag::date: {
            const auto days =
                static_cast<std::int64_t>(SAMSYN_TRY(in.number<std::uint64_t>("date")));
            if (days < date_days_min || days > date_days_max) return fail(Errc::malformed, "date");
            return Value{Date{std::chrono::sys_days{std::chrono::days{days}}}};
        }
        case ValueTag::instant:
            return Value{SAMSYN_TRY(in.instant("instant value"))};
        case ValueTag::reference:
            return Value{SAMSYN_TRY(in.id<ReferenceId>("reference value"))};
        case ValueTag::run:
            return Value{to_bytes(SAMSYN_TRY(in.blob(value_run_bytes_max, "run of a text")))};
    }
    return fail(Errc::malformed, "value kind");
}

Result<FieldWrite> decode_write(Reader& in) {
    FieldWrite write;
    write.field = static_cast<FieldNumber>(SAMSYN_TRY(in.number<std::uint16_t>("field")));
    const auto count = SAMSYN_TRY(in.count(write_replaces_max, "replaced versions"));
    if (count > 0 && only_grows(merge_kind(write.field)))
        return fail(Errc::malformed, "replaced versions");
    for (std::size_t i = 0; i < count; ++i) {
        Version version;
        version.time.value = SAMSYN_TRY(in.number<std::uint64_t>("version time"));
        version.device = SAMSYN_TRY(in.id<DeviceId>("version device"));
        if (i > 0 && !(write.replaces.back() < version))
            return fail(Errc::malformed, "replaced versions");
        write.replaces.push_back(version);
    }
    return write;
}

}  // namespace

bool recalls(const ChangeHeader& header) {
    return std::ranges::find(header.writes, recalled_field, &FieldWrite::field) !=
           header.writes.end();
}

void encode(Writer& out, const ChangeHeader& header) {
    out.id(header.item);
    out.enumerator(header.type);
    out.number(header.time.value);
    out.boolean(header.restated_author.has_value());
    if (header.restated_author) out.id(*header.restated_author);
    out.list(header.writes, [&](const FieldWrite& write) {
        out.enumerator(write.field);
        out.list(write.replaces, [&](const Version& version) {
            out.number(version.time.value);
            out.id(version.device);
        });
    });
}

Result<ChangeHeader> decode_change_header(Reader& in) {
    ChangeHeader header;
    header.item = SAMSYN_TRY(in.id<ItemId>("item"));
    header.type = static_cast<ItemType>(SAMSYN_TRY(in.number<std::uint16_t>("item type")));
    header.time.value = SAMSYN_TRY(in.number<std::uint64_t>("change time"));
    if (SAMSYN_TRY(in.boolean("restated")))
        header.restated_author = SAMSYN_TRY(in.id<DeviceId>("restated author"));

    const auto count = SAMSYN_TRY(in.count(change_writes_max, "writes"));
    if (count == 0) return fail(Errc::malformed, "change without writes");
    for (std::size_t i = 0; i < count; ++i) {
        auto write = SAMSYN_TRY(decode_write(in));
        if (i > 0 && !(header.writes.back().field < write.field))
            return fail(Errc::malformed, "order of fields");
        header.writes.push_back(std::move(write));
    }
    return header;
}

Bytes encode_values(const std::vector<Value>& values) {
    Writer out;
    for (const Value& value : values) std::visit(ValueEncoder{out}, value);
    return std::move(out).take();
}

Result<std::vector<Value>> decode_values(ByteView body, std::size_t count) {
    if (count > change_writes_max) return fail(Errc::limit_exceeded, "values");
    Reader in{body};
    std::vector<Value> values;
    values.reserve(count);
    while (values.size() < count) values.push_back(SAMSYN_TRY(decode_value(in)));
    SAMSYN_TRY(in.finish("values"));
    return values;
}

}  // namespace samsyn
