#include "core/model/schema.hpp"

#include "core/model/personal_number.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

using enum ValueKind;

constexpr FieldNumber one(std::uint16_t ordinal) {
    return make_field(ordinal, MergeKind::single);
}

constexpr FieldNumber many(std::uint16_t ordinal) {
    return make_field(ordinal, MergeKind::set);
}

constexpr FieldNumber written(std::uint16_t ordinal) {
    return make_field(ordinal, MergeKind::text);
}

constexpr FieldNumber grows(std::uint16_t ordinal) {
    return make_field(ordinal, MergeKind::append_only);
}

constexpr std::array person_kinds{Words{"child", "barn"},
                                  Words{"guardian", "vårdnadshavare"},
                                  Words{"relative", "närstående"},
                                  Words{"other", "annan"}};
constexpr std::array commitment_states{Words{"promised", "utlovat"},
                                       Words{"taken home", "tas hem"},
                                       Words{"answered", "besvarat"},
                                       Words{"done", "klart"},
                                       Words{"broken", "brutet"},
                                       Words{"withdrawn", "återtaget"}};
constexpr std::array meeting_kinds{Words{"family only", "endast familjen"},
                                   Words{"agencies only", "endast verksamheterna"},
                                   Words{"joint", "gemensamt"},
                                   Words{"SIP", "SIP"},
                                   Words{"network meeting", "nätverksmöte"},
                                   Words{"consultation", "samråd"}};
constexpr std::array agenda_states{
    Words{"open", "kvar"}, Words{"treated", "behandlad"}, Words{"parked", "parkerad"}};
constexpr std::array goal_states{
    Words{"open", "pågår"}, Words{"reached", "uppnått"}, Words{"dropped", "avslutat"}};

// Field numbers are for ever: a removed field leaves its number unused.
constexpr std::array case_summary_fields{
    FieldInfo{one(1), "title", {"Family", "Familj"}, text, true, true},
};
constexpr std::array person_fields{
    FieldInfo{one(1), "name", {"Name", "Namn"}, text, true, true, false, {}, Finds::name},
    FieldInfo{one(2), "family", {"Family", "Familj"}, text, false, true, false, {}, Finds::name},
    FieldInfo{one(3), "kind", {"Who", "Vem"}, choice, false, false, false, person_kinds},
    FieldInfo{one(4), "phone", {"Phone", "Telefon"}, text, false, true},
    FieldInfo{one(5), "birth_year", {"Year of birth", "Födelseår"}, integer},
    FieldInfo{one(6),
              "personal_number",
              {"Personal number", "Personnummer"},
              text,
              false,
              true,
              false,
              {},
              Finds::personal_number},
    FieldInfo{.number = one(7),
              .key = "address",
              .title = {"Address", "Adress"},
              .kind = text,
              .whereabouts = true},
};
constexpr std::array visit_note_fields{
    // How notes were written before several could write one.
    FieldInfo{one(1), "plain_text", {"Note", "Anteckning"}, text, false, true},
    FieldInfo{one(2), "date", {"Date", "Datum"}, date},
    FieldInfo{.number = one(3),
              .key = "place",
              .title = {"Place", "Plats"},
              .kind = text,
              .whereabouts = true},
    FieldInfo{many(4), "present", {"Present", "Närvarande"}, text},
    FieldInfo{written(5), "text", {"Note", "Anteckning"}, document, true, true},
    FieldInfo{one(6), "next_step", {"Next step", "Nästa steg"}, text, false, true},
    FieldInfo{grows(7), "signatures", {"Signed", "Signerat"}, text},
    FieldInfo{grows(8), "addenda", {"Addenda", "Tillägg"}, text, false, true},
};
constexpr std::array observation_fields{
    FieldInfo{one(1), "text", {"Observation", "Iakttagelse"}, text, true, true},
    FieldInfo{one(2), "date", {"Date", "Datum"}, date},
    FieldInfo{one(3), "visit", {"Visit", "Besök"}, item},
};
constexpr std::array handover_fields{
    FieldInfo{one(1), "text", {"Handover", "Överlämning"}, text, true, true},
    FieldInfo{one(2), "away", {"Is away", "Är borta"}, user},
    FieldInfo{one(3), "stands_in", {"Stands in", "Vikarie"}, user},
    FieldInfo{one(4), "until", {"Until", "Till och med"}, date},
};
constexpr std::array commitment_fields{
    FieldInfo{one(1), "what", {"What", "Vad"}, text, true, true},
    FieldInfo{one(2), "owner", {"Who", "Vem"}, user, true},
    FieldInfo{one(3), "owner_unit", {"Unit", "Enhet"}, unit},
    FieldInfo{one(4), "due", {"By when", "Senast"}, date},
    FieldInfo{one(5), "promised_to", {"Promised to", "Utlovat till"}, text},
    FieldInfo{one(6), "state", {"State", "Läge"}, choice, false, false, false, commitment_states},
    FieldInfo{one(7), "meeting", {"Meeting", "Möte"}, item},
    FieldInfo{one(8), "answer_by", {"Answer by", "Svar senast"}, date},
    FieldInfo{one(9), "remind_on", {"Remind on", "Påminn"}, date},
    FieldInfo{grows(10), "history", {"History", "Historik"}, text},
    FieldInfo{one(11), "holder", {"Taken over by", "Tas över av"}, user},
    FieldInfo{one(12), "holder_accepts", {"Accepted by", "Övertaget av"}, user},
};
constexpr std::array plan_goal_fields{
    FieldInfo{one(1), "need", {"Need", "Behov"}, text, false, true},
    FieldInfo{one(2), "goal", {"Goal", "Mål"}, text, true, true},
    FieldInfo{one(3), "action", {"Action", "Insats"}, text, false, true},
    FieldInfo{one(4), "responsible", {"Responsible", "Ansvarig"}, user},
    FieldInfo{one(5), "follow_up", {"Follow-up", "Uppföljning"}, date},
    FieldInfo{one(6), "state", {"State", "Läge"}, choice, false, false, false, goal_states},
    FieldInfo{one(7), "holder", {"Taken over by", "Tas över av"}, user},
    FieldInfo{one(8), "holder_accepts", {"Accepted by", "Övertaget av"}, user},
};
constexpr std::array meeting_fields{
    FieldInfo{one(1), "title", {"Meeting", "Möte"}, text, true, true},
    FieldInfo{one(2), "starts_at", {"Starts", "Börjar"}, instant},
    FieldInfo{.number = one(3),
              .key = "place",
              .title = {"Place", "Plats"},
              .kind = text,
              .whereabouts = true},
    FieldInfo{one(4), "agenda", {"Agenda", "Dagordning"}, text},
    FieldInfo{many(5), "participants", {"Participants", "Deltagare"}, user},
    FieldInfo{written(6), "minutes", {"Minutes", "Protokoll"}, document, false, true},
    FieldInfo{one(7), "kind", {"Kind", "Mötesform"}, choice, false, false, false, meeting_kinds},
    FieldInfo{one(8), "ends_at", {"Ends", "Slutar"}, instant},
    FieldInfo{many(9), "attended", {"Attended", "Deltog"}, user},
    FieldInfo{many(10), "family_attended", {"Of the family", "Från familjen"}, person},
    FieldInfo{many(11), "guests", {"Guests", "Gäster"}, text},
    FieldInfo{one(12), "next_meeting", {"Next meeting", "Nästa möte"}, item},
    FieldInfo{grows(13), "signatures", {"Signed", "Signerat"}, text},
    FieldInfo{grows(14), "addenda", {"Addenda", "Tillägg"}, text, false, true},
};
constexpr std::array agenda_point_fields{
    FieldInfo{one(1), "title", {"Point", "Punkt"}, text, true, true},
    FieldInfo{one(2), "meeting", {"Meeting", "Möte"}, item, true},
    FieldInfo{one(3), "position", {"Position", "Ordning"}, integer},
    FieldInfo{one(4), "minutes", {"Minutes", "Minuter"}, integer},
    FieldInfo{one(5), "presenter", {"Presented by", "Föredras av"}, user},
    FieldInfo{one(6), "state", {"State", "Läge"}, choice, false, false, false, agenda_states},
    FieldInfo{one(7), "outcome", {"Outcome", "Resultat"}, text, false, true},
};
constexpr std::array decision_fields{
    FieldInfo{one(1), "text", {"Decision", "Beslut"}, text, true, true},
    FieldInfo{one(2), "date", {"Date", "Datum"}, date},
    FieldInfo{one(3), "by", {"Decided by", "Beslutat av"}, user},
    FieldInfo{one(4), "meeting", {"Meeting", "Möte"}, item},
};
constexpr std::array consent_evidence_fields{
    FieldInfo{one(1), "text", {"What was said", "Vad som sades"}, text, true},
    FieldInfo{one(2), "form", {"Form", "Form"}, text},
};
constexpr std::array directory_unit_fields{
    FieldInfo{one(1), "name", {"Unit", "Enhet"}, text, true, true, true},
    FieldInfo{one(2), "organisation", {"Organisation", "Organisation"}, text, false, false, true},
};
constexpr std::array directory_user_fields{
    FieldInfo{one(1), "name", {"Name", "Namn"}, text, true, true, true},
};
constexpr std::array directory_device_fields{
    FieldInfo{one(1), "name", {"Name", "Namn"}, text, true, true, true},
};

constexpr std::array consultation_fields{
    FieldInfo{one(1), "text", {"Question and advice", "Fråga och råd"}, text, true, true},
    FieldInfo{one(2), "date", {"Date", "Datum"}, date},
    FieldInfo{one(3), "initiator", {"Asked by", "Aktualiserad av"}, text},
    FieldInfo{one(4), "difficulty", {"Difficulties", "Svårigheter"}, text},
    FieldInfo{one(5), "municipalities", {"Group of municipalities", "Grupp av kommuner"}, text},
};
// `content` is written once, when the form is begun; `signed` grows by one entry a person.
constexpr std::array consent_form_fields{
    FieldInfo{one(1), "title", {"Consent form", "Samtyckesblankett"}, text, true},
    FieldInfo{one(2), "content", {"Content", "Innehåll"}, text, true},
    FieldInfo{many(3), "signed", {"Signed", "Underskrivet"}, text},
    FieldInfo{one(4), "closed", {"Closed", "Avslutad"}, boolean},
};
constexpr std::array contact_sheet_fields{
    FieldInfo{one(1), "contacts", {"Whom to call", "Vem man ringer"}, text, true},
    FieldInfo{one(2), "warnings", {"To know in an emergency", "Att veta i nödläge"}, text},
};
constexpr std::array concern_report_fields{
    FieldInfo{one(1), "text", {"Concern", "Orosanmälan"}, text, true},
    FieldInfo{one(2), "about", {"About whom", "Om vem"}, text, true},
    FieldInfo{one(3), "reporter", {"Reported by", "Anmäld av"}, text, true},
    FieldInfo{one(4), "date", {"Date", "Datum"}, date},
};

constexpr auto far = Sensitivity::far_reaching;
constexpr auto normal = Sensitivity::normal;
constexpr auto low = Sensitivity::low;

constexpr std::array attachment_fields{
    FieldInfo{one(1), "title", {"File", "Fil"}, text, true, true},
    FieldInfo{one(2), "content", {"Content", "Innehåll"}, file, true},
    FieldInfo{one(3), "media_type", {"Kind", "Slag"}, text},
    FieldInfo{one(4), "belongs_to", {"Belongs to", "Hör till"}, item},
};

constexpr std::array types{
    TypeInfo{ItemType::case_summary,
             "case_summary",
             {"Family", "Familj"},
             Category::contact,
             normal,
             false,
             case_summary_fields},
    TypeInfo{ItemType::person,
             "person",
             {"Person", "Person"},
             Category::contact,
             normal,
             false,
             person_fields},
    TypeInfo{ItemType::visit_note,
             "visit_note",
             {"Visit note", "Besöksanteckning"},
             Category::parenting,
             normal,
             false,
             visit_note_fields},
    TypeInfo{ItemType::observation,
             "observation",
             {"Observation", "Iakttagelse"},
             Category::attendance,
             normal,
             false,
             observation_fields},
    TypeInfo{ItemType::commitment,
             "commitment",
             {"Commitment", "Åtagande"},
             Category::plan,
             normal,
             true,
             commitment_fields},
    TypeInfo{ItemType::plan_goal,
             "plan_goal",
             {"Goal", "Mål"},
             Category::plan,
             normal,
             true,
             plan_goal_fields},
    TypeInfo{ItemType::meeting,
             "meeting",
             {"Meeting", "Möte"},
             Category::meeting,
             low,
             true,
             meeting_fields},
    TypeInfo{ItemType::agenda_point,
             "agenda_point",
             {"Agenda point", "Dagordningspunkt"},
             Category::meeting,
             normal,  // what is talked about; a guest sees a meeting's time and place alone
             true,
             agenda_point_fields},
    TypeInfo{ItemType::decision,
             "decision",
             {"Decision", "Beslut"},
             Category::plan,
             normal,
             false,
             decision_fields},
    TypeInfo{ItemType::consent_evidence,
             "consent_evidence",
             {"Evidence of consent", "Underlag för samtycke"},
             Category::contact,
             normal,
             false,
             consent_evidence_fields},
    TypeInfo{ItemType::directory_unit,
             "directory_unit",
             {"Unit", "Enhet"},
             Category::directory,
             low,
             false,
             directory_unit_fields},
    TypeInfo{ItemType::directory_user,
             "directory_user",
             {"User", "Användare"},
             Category::directory,
             low,
             false,
             directory_user_fields},
    TypeInfo{ItemType::directory_device,
             "directory_device",
             {"Device", "Enhet"},
             Category::directory,
             low,
             false,
             directory_device_fields},
    TypeInfo{ItemType::consultation,
             "consultation",
             {"Consultation", "Konsultation"},
             Category::contact,
             normal,
             false,
             consultation_fields},
    TypeInfo{ItemType::consent_form,
             "consent_form",
             {"Consent form", "Samtyckesblankett"},
             Category::contact,
             normal,
             false,
             consent_form_fields},
    TypeInfo{ItemType::contact_sheet,
             "contact_sheet",
             {"Contact sheet", "Kontaktblad"},
             Category::emergency,
             normal,
             false,
             contact_sheet_fields},
    TypeInfo{ItemType::concern_report,
             "concern_report",
             {"Report of concern", "Orosanmälan"},
             Category::social,
             normal,
             false,
             concern_report_fields},
    TypeInfo{ItemType::attachment,
             "attachment",
             {"Attachment", "Bilaga"},
             Category::parenting,
             normal,
             false,
             attachment_fields},
    TypeInfo{ItemType::handover,
             "handover",
             {"Handover", "Överlämning"},
             Category::parenting,
             normal,
             false,
             handover_fields},
};

struct CategoryRow {
    std::string_view key;
    Words title;
    Sensitivity usual;
};

constexpr std::array categories{
    CategoryRow{"attendance", {"School attendance", "Skolnärvaro"}, normal},
    CategoryRow{"school_adaptation", {"Adaptations in school", "Anpassningar i skolan"}, normal},
    CategoryRow{"social", {"Social services", "Socialtjänst"}, normal},
    CategoryRow{"health", {"Health", "Hälsa"}, normal},
    CategoryRow{"diagnosis", {"Diagnosis", "Diagnos"}, far},
    CategoryRow{"finances", {"Finances", "Ekonomi"}, normal},
    CategoryRow{"housing", {"Housing and address", "Boende och adress"}, normal},
    CategoryRow{"parenting", {"Parenting", "Föräldraskap"}, normal},
    CategoryRow{"plan", {"Plan", "Plan"}, normal},
    CategoryRow{"meeting", {"Meetings", "Möten"}, low},
    CategoryRow{"contact", {"Contact", "Kontakt"}, normal},
    CategoryRow{"directory", {"Directory", "Katalog"}, low},
    CategoryRow{"emergency", {"Emergency contacts", "Nödkontakter"}, normal},
};
static_assert(categories.size() == static_cast<std::size_t>(Category::last) + 1);

constexpr std::array<std::string_view, 9> regimes{"health",
                                                  "social",
                                                  "school_medical",
                                                  "school_pupil_health",
                                                  "school_other",
                                                  "team",
                                                  "police",
                                                  "prosecutor",
                                                  "private"};
static_assert(regimes.size() == static_cast<std::size_t>(Regime::last) + 1);

constexpr std::array<std::string_view, 3> sensitivities{"low", "normal", "far_reaching"};

/// What a reader of values takes (`Reader::instant`): nothing before 1970.
bool is_readable_again(Instant instant) {
    Writer out;
    out.instant(instant);
    const Bytes bytes = std::move(out).take();
    Reader in{bytes};
    return in.instant("instant").has_value();
}

bool is_kind(const Value& value, const FieldInfo& field) {
    switch (field.kind) {
        case text:
        case file:
            return std::holds_alternative<std::string>(value);
        case integer:
            return std::holds_alternative<std::int64_t>(value);
        case boolean:
            return std::holds_alternative<bool>(value);
        case date:
            return std::holds_alternative<Date>(value);
        case instant: {
            const auto* at = std::get_if<Instant>(&value);
            return at != nullptr && is_readable_again(*at);
        }
        case user:
        case unit:
        case person:
        case item:
            return std::holds_alternative<ReferenceId>(value);
        case choice: {
            const auto* index = std::get_if<std::int64_t>(&value);
            return index != nullptr && *index >= 0 &&
                   *index < static_cast<std::int64_t>(field.choices.size());
        }
        case document:
            return std::holds_alternative<Bytes>(value);
    }
    return false;
}

Result<const TypeInfo*> validate_fields(const Change& change) {
    const TypeInfo* type = find_type(change.header.type);
    if (type == nullptr) return fail(Errc::invalid_argument, "item type");
    if (change.header.writes.empty() || change.values.size() != change.header.writes.size())
        return fail(Errc::invalid_argument, "a change without fields");

    for (std::size_t i = 0; i < change.values.size(); ++i) {
        const FieldNumber number = change.header.writes[i].field;
        const Value& value = change.values[i];
        if (is_mark(number)) continue;
        const FieldInfo* field = find_field(*type, number);
        if (field == nullptr) return fail(Errc::invalid_argument, "field number");

        const bool cleared = std::holds_alternative<std::monostate>(value);
        if (cleared && field->required) return fail(Errc::invalid_argument, field->key);
        if (!cleared && !is_kind(value, *field)) return fail(Errc::invalid_argument, field->key);
        const auto* words = std::get_if<std::string>(&value);
        if (words != nullptr && words->size() > value_text_bytes_max)
            return fail(Errc::limit_exceeded, field->key);
        if (words != nullptr && field->finds == Finds::personal_number &&
            !is_personal_number(*words))
            return fail(Errc::invalid_argument, field->key);
    }
    return type;
}

template <class Rows>
auto index_of(const Rows& rows, std::string_view key) {
    return std::ranges::find(rows, key) - rows.begin();
}

}  // namespace

std::span<const TypeInfo> schema() {
    return types;
}

const TypeInfo* find_type(ItemType type) {
    const auto found = std::ranges::find(types, type, &TypeInfo::type);
    return found == types.end() ? nullptr : &*found;
}

const TypeInfo* find_type(std::string_view key) {
    const auto found = std::ranges::find(types, key, &TypeInfo::key);
    return found == types.end() ? nullptr : &*found;
}

const FieldInfo* find_field(const TypeInfo& type, FieldNumber number) {
    const auto found = std::ranges::find(type.fields, number, &FieldInfo::number);
    return found == type.fields.end() ? nullptr : &*found;
}

const FieldInfo* find_field(const TypeInfo& type, std::string_view key) {
    const auto found = std::ranges::find(type.fields, key, &FieldInfo::key);
    return found == type.fields.end() ? nullptr : &*found;
}

std::string_view key_of(Category category) {
    return categories[static_cast<std::size_t>(category)].key;
}

Words title_of(Category category) {
    return categories[static_cast<std::size_t>(category)].title;
}

std::optional<Category> find_category(std::string_view key) {
    const auto found = std::ranges::find(categories, key, &CategoryRow::key);
    if (found == categories.end()) return std::nullopt;
    return static_cast<Category>(found - categories.begin());
}

Sensitivity usual_sensitivity(Category category) {
    return categories[static_cast<std::size_t>(category)].usual;
}

std::string_view key_of(Regime regime) {
    return regimes[static_cast<std::size_t>(regime)];
}

std::optional<Regime> find_regime(std::string_view key) {
    const auto index = index_of(regimes, key);
    if (index == std::ssize(regimes)) return std::nullopt;
    return static_cast<Regime>(index);
}

std::string_view key_of(Sensitivity sensitivity) {
    return sensitivities[static_cast<std::size_t>(sensitivity)];
}

std::optional<Sensitivity> find_sensitivity(std::string_view key) {
    const auto index = index_of(sensitivities, key);
    if (index == std::ssize(sensitivities)) return std::nullopt;
    return static_cast<Sensitivity>(index);
}

Result<void> validate_new(const Change& change) {
    const TypeInfo* type = SAMSYN_TRY(validate_fields(change));
    for (const FieldInfo& field : type->fields) {
        const bool written =
            std::ranges::find(change.header.writes, field.number, &FieldWrite::field) !=
            change.header.writes.end();
        if (field.required && !written) return fail(Errc::invalid_argument, field.key);
    }
    return {};
}

Result<void> validate_edit(const Change& change) {
    (void)SAMSYN_TRY(validate_fields(change));
    return {};
}

}  // namespace samsyn
