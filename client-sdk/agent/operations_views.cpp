#include "client-sdk/agent/operations_views.hpp"

#include "core/attachment/attached_file.hpp"
#include "core/base/codec.hpp"
#include "core/model/local_date.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

template <class Container, class Describe>
json list_of(const Container& from, Describe describe) {
    json list = json::array();
    for (const auto& each : from) list.push_back(describe(each));
    return list;
}

json persons_json(Directory& names, const CaseId& case_id, const std::vector<PersonId>& persons) {
    return list_of(persons, [&](const PersonId& id) { return names.describe(case_id, id); });
}

json users_json(Directory& names, const std::vector<UserId>& users) {
    return list_of(users, [&](const UserId& id) { return names.describe(id); });
}

json ids_json(const std::vector<StatementId>& ids) {
    return list_of(ids, [](const StatementId& id) { return to_hex(id); });
}

json categories_json(const Categories& categories) {
    json list = json::array();
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i)
        if (categories.contains(static_cast<Category>(i)))
            list.push_back(key_of(static_cast<Category>(i)));
    return list;
}

json actions_json(const Actions& actions) {
    json list = json::array();
    for (unsigned i = 0; i <= static_cast<unsigned>(Action::last); ++i)
        if (actions.contains(static_cast<Action>(i)))
            list.push_back(key_of(static_cast<Action>(i)));
    return list;
}

void put_label(json& out, Directory& names, const CaseId& case_id, const Label& label) {
    out["about"] = persons_json(names, case_id, label.subjects);
    out["unit"] = names.describe(label.disclosing.unit);
    out["category"] = key_of(label.category);
    out["category_title"] = title_of(label.category).en;
    out["category_title_sv"] = title_of(label.category).sv;
    out["sensitivity"] = key_of(label.sensitivity);
}

json shown(const json& value, std::string_view en, std::string_view sv) {
    json out = json::object({{"value", value}, {"shown", en}});
    if (sv != en) out["shown_sv"] = sv;
    return out;
}

json reference_json(Directory& names,
                    const CaseId& case_id,
                    const FieldInfo& info,
                    const ReferenceId& id) {
    json named = json::object();
    if (info.kind == ValueKind::user) named = names.describe(UserId::from(id.view()));
    if (info.kind == ValueKind::unit) named = names.describe(UnitId::from(id.view()));
    if (info.kind == ValueKind::person) named = names.describe(case_id, PersonId::from(id.view()));
    const std::string name = named.value("name", "");
    const std::string hex = to_hex(id);
    return shown(hex, name.empty() ? hex : name, name.empty() ? hex : name);
}

/// How large it is; its key is nobody's business.
json file_json(const Value& value) {
    const auto* const text = std::get_if<std::string>(&value);
    const auto file = decode_attached_file(text == nullptr ? std::string_view{} : *text);
    if (!file) return shown(nullptr, "?", "?");
    const std::string size = std::to_string(file->size) + " B";
    return shown(file->size, size, size);
}

}  // namespace

json value_json(Directory& names,
                const CaseId& case_id,
                const FieldInfo* info,
                const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return shown(nullptr, "", "");
    if (info != nullptr && info->kind == ValueKind::file) return file_json(value);
    if (const auto* text = std::get_if<std::string>(&value)) return shown(*text, *text, *text);
    if (const auto* yes = std::get_if<bool>(&value))
        return shown(*yes, *yes ? "yes" : "no", *yes ? "ja" : "nej");
    if (const auto* date = std::get_if<Date>(&value))
        return shown(to_text(*date), to_text(*date), to_text(*date));
    if (const auto* at = std::get_if<Instant>(&value))
        return shown(to_iso(*at), to_local_text(*at), to_local_text(*at));
    if (const auto* id = std::get_if<ReferenceId>(&value))
        return info ? reference_json(names, case_id, *info, *id)
                    : shown(to_hex(*id), to_hex(*id), to_hex(*id));

    const auto* const integer = std::get_if<std::int64_t>(&value);
    if (integer == nullptr) return shown(nullptr, "", "");
    const std::int64_t number = *integer;
    const bool is_choice = info != nullptr && info->kind == ValueKind::choice && number >= 0 &&
                           static_cast<std::size_t>(number) < info->choices.size();
    if (!is_choice) return shown(number, std::to_string(number), std::to_string(number));
    const Words& words = info->choices[static_cast<std::size_t>(number)];
    return shown(words.en, words.en, words.sv);
}

namespace {

json field_json(Directory& names, const CaseId& case_id, const FieldView& field) {
    json out = json::object();
    const std::string unknown = "field_" + std::to_string(static_cast<unsigned>(field.number));
    static constexpr FieldInfo marks[] = {
        {deleted_field, "deleted", {"Deleted", "Borttagen"}, ValueKind::boolean},
        {recalled_field, "recalled", {"Taken back", "Återtagen"}, ValueKind::integer}};
    const auto* const mark = std::ranges::find(marks, field.number, &FieldInfo::number);
    const FieldInfo* const info = field.info != nullptr     ? field.info
                                  : mark != std::end(marks) ? mark
                                                            : nullptr;
    out["key"] = info != nullptr ? info->key : unknown;
    out["title"] = info != nullptr ? info->title.en : unknown;
    out["title_sv"] = info != nullptr ? info->title.sv : unknown;
    out["conflict"] = field.conflict;
    out["values"] = list_of(field.values, [&](const ValueView& each) {
        json value = value_json(names, case_id, field.info, each.value);
        value["version"] = to_text(each.version);
        value["writer"] = names.describe(each.writer);
        value["written_at"] = to_json(each.version.time.instant());
        value["own"] = each.own;
        value["unsent"] = each.unsent;
        return value;
    });
    return out;
}

std::string_view presence_key(ItemState::Presence presence) {
    switch (presence) {
        case ItemState::Presence::present:
            return "present";
        case ItemState::Presence::deleted:
            return "deleted";
        case ItemState::Presence::deleted_but_edited:
            return "deleted_but_edited";
    }
    return "unknown";
}

struct StandingWords {
    std::string_view key;
    Words title;
};

StandingWords words_of(SignatureStanding standing) {
    switch (standing) {
        case SignatureStanding::stands:
            return {"stands", {"as signed", "som signerat"}};
        case SignatureStanding::changed:
            return {"changed", {"changed since", "ändrat sedan dess"}};
        case SignatureStanding::incomplete:
            return {"incomplete", {"not all of it has come yet", "allt har inte kommit än"}};
        case SignatureStanding::copied:
            return {"copied", {"signed before it was moved", "signerat innan det flyttades"}};
        case SignatureStanding::not_authentic:
            break;
    }
    return {"not_authentic", {"NOT AUTHENTIC", "INTE ÄKTA"}};
}

json signature_json(Directory& names, const SignatureView& signature) {
    const StandingWords words = words_of(signature.standing);
    return json::object({{"user", names.describe(signature.user)},
                         {"device", to_hex(signature.device)},
                         {"at", to_json(signature.at)},
                         {"standing", words.key},
                         {"standing_title", words.title.en},
                         {"standing_title_sv", words.title.sv}});
}

}  // namespace

json to_json(Instant instant) {
    if (instant == instant_max) return nullptr;
    return to_iso(instant);
}

json to_json(const std::optional<Instant>& instant) {
    return instant ? to_json(*instant) : json{};
}

json last_day(Instant end) {
    if (end == instant_max) return nullptr;
    return to_text(local_date(end - std::chrono::milliseconds{1}));
}

std::string to_text(const Version& version) {
    Writer out;
    out.number(version.time.value);
    out.id(version.device);
    return to_hex(out.view());
}

json to_json(Reason reason) {
    return json::object(
        {{"key", key_of(reason)}, {"en", words_of(reason).en}, {"sv", words_of(reason).sv}});
}

json to_json(Directory& names, const CaseId& case_id, const Decision& decision) {
    json out = json::object();
    out["outcome"] = key_of(decision.outcome);
    out["reasons"] = list_of(decision.reasons, [](Reason reason) { return to_json(reason); });
    out["missing"] = list_of(decision.missing, [&](const MissingConsent& missing) {
        return json::object(
            {{"from", missing.from.is_none() ? json{} : names.describe(case_id, missing.from)},
             {"subject", names.describe(case_id, missing.subject)},
             {"why", to_json(missing.why)}});
    });
    out["inform"] = persons_json(names, case_id, decision.obligations.inform);
    out["get_in_writing"] = decision.obligations.get_in_writing;
    out["by"] = ids_json(decision.by);
    out["valid_until"] = to_json(decision.valid_until);
    return out;
}

json to_json(Directory& names, const Recipient& recipient) {
    json out = json::object({{"unit", names.describe(recipient.unit)}});
    out["role"] = recipient.role ? json(key_of(*recipient.role)) : json{};
    out["user"] = recipient.user ? names.describe(*recipient.user) : json{};
    return out;
}

json texts_json(const std::vector<ParkedView::Text>& texts) {
    return list_of(texts, [](const ParkedView::Text& text) {
        return json::object({{"field", text.field}, {"text", text.text}});
    });
}

json to_json(Directory& names, const CaseSummary& summary) {
    return json::object({{"id", to_hex(summary.id)},
                         {"title", summary.title},
                         {"model", key_of(summary.model)},
                         {"lead", names.describe(summary.lead)},
                         {"closed", summary.closed},
                         {"items", summary.items},
                         {"conflicts", summary.conflicts}});
}

json to_json(Directory& names, const CaseId& case_id, const PersonView& person) {
    names.note_shown(case_id, ItemId::from(person.id.view()));
    return json::object({{"id", to_hex(person.id)},
                         {"name", person.name},
                         {"adult", person.adult},
                         {"guardians", persons_json(names, case_id, person.guardians)}});
}

json to_json(Directory& names, const CompartmentView& compartment) {
    json out = json::object();
    out["id"] = to_hex(compartment.id);
    out["case"] = names.describe(compartment.case_id);
    put_label(out, names, compartment.case_id, compartment.label);
    out["items"] = compartment.items;
    out["mine"] = to_json(names, compartment.case_id, compartment.mine);
    out["readers"] = users_json(names, compartment.readers);
    out["has_key"] = compartment.has_key;
    out["waiting_since"] = compartment.waiting_since ? to_json(*compartment.waiting_since) : json{};
    return out;
}

json to_json(Directory& names, const ItemView& item) {
    names.note_shown(item.case_id, item.id);
    json out = json::object();
    out["id"] = to_hex(item.id);
    out["case"] = names.describe(item.case_id);
    out["compartment"] = to_hex(item.compartment);
    const TypeInfo* type = find_type(item.type);
    out["type"] = type ? json(type->key) : json(static_cast<unsigned>(item.type));
    out["type_title"] = type ? type->title.en : "?";
    out["type_title_sv"] = type ? type->title.sv : "?";
    out["title"] = item.title();
    put_label(out, names, item.case_id, item.label);
    out["presence"] = presence_key(item.presence);
    out["conflict"] = item.conflict;
    out["unsent"] = item.unsent;
    out["locked"] = item.locked;
    out["signatures"] = list_of(item.signatures, [&](const SignatureView& signature) {
        return signature_json(names, signature);
    });
    out["fields"] = json::array();
    for (const FieldView& field : item.fields)
        if (field.info == nullptr || field.info->key != "signatures")
            out["fields"].push_back(field_json(names, item.case_id, field));
    return out;
}

json to_json(Directory& names, const ConsentView& view) {
    const Consent& consent = view.consent;
    json out = json::object();
    out["id"] = to_hex(view.id);
    out["case"] = names.describe(view.case_id);
    out["grantor"] = names.describe(view.case_id, consent.grantor);
    out["capacity"] = key_of(consent.capacity);
    out["subject"] = names.describe(view.case_id, consent.subject);
    out["from"] = names.describe(consent.disclosing);
    out["to"] = to_json(names, consent.recipient);
    out["categories"] = categories_json(consent.categories);
    out["reserved"] = categories_json(consent.reserved);
    out["purpose"] = key_of(consent.purpose);
    out["actions"] = actions_json(consent.actions);
    out["not_before"] = to_json(consent.not_before);
    out["not_after"] = to_json(consent.not_after);
    out["until"] = last_day(consent.not_after);
    out["reach"] = key_of(consent.reach);
    out["form"] = key_of(consent.form);
    out["names"] = ids_json(consent.names);
    out["recorded_by"] = names.describe(view.recorded_by);
    out["recorded_at"] = to_json(view.recorded_at);
    out["confirmed"] = view.confirmed;
    out["closed"] = view.closed;
    out["in_force"] = view.in_force;
    return out;
}

json to_json(Directory& names, const ClosingView& view) {
    const Closing& closing = view.closing;
    json out = json::object();
    out["id"] = to_hex(view.id);
    out["case"] = names.describe(view.case_id);
    out["kind"] = key_of(closing.kind);
    out["decider"] = names.describe(view.case_id, closing.decider);
    out["subject"] = names.describe(view.case_id, closing.subject);
    out["from"] = closing.disclosing ? names.describe(*closing.disclosing) : json{};
    out["to"] = closing.recipient ? to_json(names, *closing.recipient) : json{};
    out["categories"] = categories_json(closing.categories);
    out["recorded_by"] = names.describe(view.recorded_by);
    out["recorded_at"] = to_json(view.recorded_at);
    return out;
}

}  // namespace samsyn
