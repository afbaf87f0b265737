#include "core/model/change.hpp"

#include "core/model/schema.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;

namespace {

Change a_note() {
    const TypeInfo& type = *find_type("observation");
    Change change;
    change.header.type = type.type;
    change.header.time.value = 77;
    change.header.writes = {{find_field(type, "text")->number, {}},
                            {find_field(type, "date")->number, {}}};
    change.values = {std::string{"Hembesök i Hällefors"},
                     Date{std::chrono::sys_days{std::chrono::days{20'500}}}};
    return change;
}

}  // namespace

TEST_CASE("ChangeHeader: reads back as it was written", "[model][change]") {
    Change change = a_note();
    change.header.restated_author = DeviceId{};
    change.header.writes[0].replaces = {Version{{1}, {}}, Version{{2}, {}}};
    Writer out;
    encode(out, change.header);
    Reader in{out.view()};
    CHECK(decode_change_header(in) == change.header);
    CHECK(in.at_end());
}

TEST_CASE("ChangeHeader: fields out of order, or twice, are malformed", "[model][change]") {
    Change change = a_note();
    std::swap(change.header.writes[0], change.header.writes[1]);
    Writer out;
    encode(out, change.header);
    Reader in{out.view()};
    CHECK(decode_change_header(in).error().code == Errc::malformed);
}

TEST_CASE("ChangeHeader: of what only grows nothing is replaced", "[model][change][attack]") {
    for (const MergeKind kind : {MergeKind::text, MergeKind::append_only, MergeKind::set}) {
        ChangeHeader header = a_note().header;
        header.writes = {{make_field(6, kind), {Version{{1}, {}}}}};
        Writer out;
        encode(out, header);
        Reader in{out.view()};
        const auto decoded = decode_change_header(in);
        CHECK(decoded.has_value() == !only_grows(kind));
        if (!decoded) CHECK(decoded.error().code == Errc::malformed);
    }
}

TEST_CASE("Values: every kind survives, and a wrong count does not", "[model][change]") {
    const std::vector<Value> values{std::monostate{},
                                    std::string{"åäö"},
                                    std::int64_t{-5},
                                    true,
                                    Date{},
                                    Instant{},
                                    ReferenceId{},
                                    Bytes(3, std::byte{9})};
    const Bytes body = encode_values(values);
    CHECK(decode_values(body, values.size()) == values);
    CHECK(decode_values(body, values.size() - 1).error().code == Errc::trailing_bytes);
    CHECK(decode_values(body, values.size() + 1).error().code == Errc::truncated);
}

TEST_CASE("Schema: field numbers are distinct and carry their merge kind", "[model][schema]") {
    for (const TypeInfo& type : schema()) {
        CAPTURE(type.key);
        for (const FieldInfo& field : type.fields) {
            CHECK(find_field(type, field.number) == &field);
            CHECK(find_field(type, field.key) == &field);
            CHECK(field.number != deleted_field);
            const bool is_text = merge_kind(field.number) == MergeKind::text;
            CHECK((field.kind == ValueKind::document) == is_text);
        }
        CHECK(find_type(type.key) == &type);
    }
}

TEST_CASE("Schema: a new item without a required field is refused, naming it", "[model][schema]") {
    Change change = a_note();
    CHECK(validate_new(change).has_value());
    change.header.writes.erase(change.header.writes.begin());
    change.values.erase(change.values.begin());
    CHECK(validate_new(change).error() == Error{Errc::invalid_argument, "text"});
    CHECK(validate_edit(change).has_value());
}

TEST_CASE("Schema: a value of the wrong kind is refused, naming the field", "[model][schema]") {
    Change change = a_note();
    change.values[1] = std::string{"i går"};
    CHECK(validate_edit(change).error() == Error{Errc::invalid_argument, "date"});
}
