#include "client-sdk/agent/operations_call.hpp"

#include "core/model/local_date.hpp"
#include "core/model/personal_number.hpp"

#include <charconv>

namespace samsyn {

namespace {

using nlohmann::json;

std::unexpected<Error> wrong(const FieldInfo& field) {
    return fail(Errc::invalid_argument, field.key);
}

Result<Value> choice_value(const FieldInfo& field, std::string_view text) {
    const std::string word = folded(text);
    for (std::size_t i = 0; i < field.choices.size(); ++i)
        if (folded(field.choices[i].en) == word || folded(field.choices[i].sv) == word)
            return Value{static_cast<std::int64_t>(i)};
    return wrong(field);
}

Result<Value> text_value(const FieldInfo& field, const std::string& text) {
    if (field.finds != Finds::personal_number) return Value{text};
    auto number = personal_number_from_text(text);
    if (!number) return fail(Errc::invalid_argument, number.error().context);
    return Value{*std::move(number)};
}

Result<Value> integer_value(const FieldInfo& field, std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return wrong(field);
    return Value{number};
}

Result<Value> boolean_value(const FieldInfo& field, std::string_view text) {
    const std::string word = folded(text);
    if (word == "true" || word == "yes" || word == "ja") return Value{true};
    if (word == "false" || word == "no" || word == "nej") return Value{false};
    return wrong(field);
}

/// "2026-06-30 14:05" by the local clock, or "2026-06-30T12:05:00Z".
Result<Value> instant_value(const FieldInfo& field, std::string_view text) {
    const bool utc = text.size() == 20 && text[10] == 'T' && text.substr(16) == ":00Z";
    const bool local = text.size() == 16 && (text[10] == ' ' || text[10] == 'T');
    if ((!utc && !local) || text[13] != ':') return wrong(field);
    const auto date = date_from_text(text.substr(0, 10));
    const auto hour = integer_value(field, text.substr(11, 2));
    const auto minute = integer_value(field, text.substr(14, 2));
    if (!date || !hour || !minute) return wrong(field);
    const auto h = std::get<std::int64_t>(*hour);
    const auto m = std::get<std::int64_t>(*minute);
    if (h < 0 || h > 23 || m < 0 || m > 59) return wrong(field);
    const std::chrono::minutes clock{h * 60 + m};
    return Value{utc ? Instant{date->day + clock} : at_local_time(*date, clock)};
}

template <class IdType>
Result<Value> reference(const Result<IdType>& id) {
    if (!id) return std::unexpected{id.error()};
    return Value{ReferenceId::from(id->view())};
}

Result<Value> value_from_text(Call& call,
                              const CaseId& case_id,
                              const FieldInfo& field,
                              const std::string& text) {
    switch (field.kind) {
        case ValueKind::text:
            return text_value(field, text);
        case ValueKind::document:
            return Value{text};
        case ValueKind::file:
            return fail(Errc::invalid_argument, std::string{field.key} + ": samsyn attach");
        case ValueKind::integer:
            return integer_value(field, text);
        case ValueKind::boolean:
            return boolean_value(field, text);
        case ValueKind::choice:
            return choice_value(field, text);
        case ValueKind::date: {
            const auto date = date_from_text(text);
            if (!date) return wrong(field);
            return Value{*date};
        }
        case ValueKind::instant:
            return instant_value(field, text);
        case ValueKind::user:
            return reference(call.names.user(field.key, text));
        case ValueKind::unit:
            return reference(call.names.unit(field.key, text));
        case ValueKind::person:
            return reference(call.names.person(case_id, field.key, text));
        case ValueKind::item:
            return reference(call.names.item(field.key, text));
    }
    return wrong(field);
}

}  // namespace

DeviceId device_of(Call& call, const UserId& user) {
    for (const DeviceView& device : call.device.devices())
        if (device.user == user && !device.revoked) return device.id;
    return {};
}

Result<CaseId> case_of(Call& call) {
    return call.names.case_id("case", SAMSYN_TRY(call.args.text("case")));
}

Result<OrganisationId> organisation_of(Call& call) {
    return call.names.organisation("organisation", SAMSYN_TRY(call.args.text("organisation")));
}

Result<std::optional<AudienceId>> closed_of(Call& call, std::string_view argument) {
    if (!call.args.has(argument)) return std::nullopt;
    const auto id = id_from_hex<AudienceId>(SAMSYN_TRY(call.args.text(argument)));
    if (!id) return fail(Errc::invalid_argument, argument);
    return id;
}

Result<UserId> user_of(Call& call, std::string_view argument) {
    return call.names.user(argument, SAMSYN_TRY(call.args.text(argument)));
}

Result<UnitId> unit_of(Call& call, std::string_view argument) {
    return call.names.unit(argument, SAMSYN_TRY(call.args.text(argument)));
}

Result<PersonId> person_of(Call& call, const CaseId& case_id, std::string_view argument) {
    return call.names.person(case_id, argument, SAMSYN_TRY(call.args.text(argument)));
}

Result<std::vector<PersonId>> persons_of(Call& call,
                                         const CaseId& case_id,
                                         std::string_view argument) {
    std::vector<PersonId> persons;
    for (const std::string& text : SAMSYN_TRY(call.args.texts(argument)))
        persons.push_back(SAMSYN_TRY(call.names.person(case_id, argument, text)));
    return persons;
}

Result<std::vector<UnitId>> units_of(Call& call, std::string_view argument) {
    std::vector<UnitId> units;
    for (const std::string& text : SAMSYN_TRY(call.args.texts(argument)))
        units.push_back(SAMSYN_TRY(call.names.unit(argument, text)));
    return units;
}

Result<Categories> categories_of(const Arguments& args, std::string_view argument) {
    Categories categories;
    for (const std::string& key : SAMSYN_TRY(args.texts(argument))) {
        const auto category = find_category(key);
        if (!category || *category == Category::directory)
            return fail(Errc::invalid_argument, argument);
        categories.insert(*category);
    }
    return categories;
}

Result<Value> value_of(Call& call,
                       const CaseId& case_id,
                       const FieldInfo& field,
                       const json& value) {
    if (value.is_null()) return Value{};
    if (value.is_string()) {
        const std::string text = SAMSYN_TRY(clean_text(
            value.get_ref<const std::string&>(),
            field.key,
            field.kind == ValueKind::document ? document_bytes_max : value_text_bytes_max));
        return value_from_text(call, case_id, field, text);
    }
    if (value.is_boolean() && field.kind == ValueKind::boolean) return Value{value.get<bool>()};
    const bool counts = field.kind == ValueKind::integer || field.kind == ValueKind::choice;
    if (!counts || !value.is_number_integer()) return wrong(field);
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
        return wrong(field);
    const auto number = value.get<std::int64_t>();
    const bool beyond = number < 0 || static_cast<std::uint64_t>(number) >= field.choices.size();
    if (field.kind == ValueKind::choice && beyond) return wrong(field);
    return Value{number};
}

Result<std::vector<FieldInput>> fields_of(Call& call,
                                          const CaseId& case_id,
                                          const TypeInfo& type,
                                          std::string_view argument) {
    std::vector<FieldInput> inputs;
    const json* fields = call.args.find(argument);
    if (fields == nullptr) return inputs;
    if (!fields->is_object()) return fail(Errc::invalid_argument, argument);
    if (fields->size() > change_writes_max) return fail(Errc::limit_exceeded, argument);
    for (const auto& [key, value] : fields->items()) {
        const FieldInfo* field = find_field(type, std::string_view{key});
        if (field == nullptr) return fail(Errc::invalid_argument, argument);
        const bool several = value.is_array() && merge_kind(field->number) != MergeKind::single;
        if (several && value.size() > change_writes_max) return wrong(*field);
        if (!several) {
            auto one = SAMSYN_TRY(value_of(call, case_id, *field, value));
            inputs.push_back({key, std::move(one)});
            continue;
        }
        for (const json& element : value) {
            auto one = SAMSYN_TRY(value_of(call, case_id, *field, element));
            inputs.push_back({key, std::move(one)});
        }
    }
    return inputs;
}

}  // namespace samsyn
