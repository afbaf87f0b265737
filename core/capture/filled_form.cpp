#include "core/capture/filled_form.hpp"

#include "core/base/checked_text.hpp"
#include "core/base/sorted.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view form_prefix = "samsyn1-form-";
constexpr std::uint8_t form_format = 1;
constexpr std::size_t form_text_bytes_max = 16 * 1024;

/// An agency of the form, with what it does there.
struct Party {
    UnitId unit;
    Recipient recipient;
    bool hears = true;
    bool tells = true;
};

Party party_of(const ConsentTemplate& row, const NamedAgency& named) {
    Party party{.unit = named.unit.unit, .recipient = {named.unit.unit, named.role, named.user}};
    if (const TemplateAgency* agency = find_agency(row, named.unit.regime)) {
        party.hears = agency->hears;
        party.tells = agency->tells;
        if (!named.role && !named.user) party.recipient.role = agency->role;
    }
    return party;
}

std::vector<Party> parties_of(const ConsentTemplate& row, const FormWishes& wishes) {
    std::vector<Party> parties;
    const auto is_on_it = [&](const UnitId& unit) {
        return unit == wishes.unit.unit || std::ranges::count(parties, unit, &Party::unit) > 0;
    };
    for (const NamedAgency& named : wishes.with)
        if (!is_on_it(named.unit.unit) || named.user) parties.push_back(party_of(row, named));
    for (const UnitRef& unit : wishes.taking_part) {
        const TemplateAgency* agency = find_agency(row, unit.regime);
        if (agency && agency->ticked && !is_on_it(unit.unit))
            parties.push_back(party_of(row, {.unit = unit}));
    }
    std::erase_if(parties, [&](const Party& party) {
        return std::ranges::count(wishes.without, party.unit) > 0;
    });
    return parties;
}

std::vector<FormFlow> flows_between(const ConsentTemplate& row,
                                    const UnitId& own,
                                    const std::vector<Party>& parties) {
    std::vector<FormFlow> flows;
    for (const Party& party : parties) {
        if (party.hears) flows.push_back({own, party.recipient});
        if (party.tells) flows.push_back({party.unit, {own, {}, {}}});
        for (const Party& other : parties)
            if (row.between_agencies && party.tells && other.hears && party.unit != other.unit)
                flows.push_back({party.unit, other.recipient});
    }
    sort_and_drop_doubles(flows);
    return flows;
}

void write_recipient(Writer& out, const Recipient& recipient) {
    out.id(recipient.unit);
    out.boolean(recipient.role.has_value());
    if (recipient.role) out.enumerator(*recipient.role);
    out.boolean(recipient.user.has_value());
    if (recipient.user) out.id(*recipient.user);
}

Result<Recipient> read_recipient(Reader& in) {
    Recipient recipient;
    recipient.unit = SAMSYN_TRY(in.id<UnitId>("recipient"));
    const bool role = SAMSYN_TRY(in.boolean("recipient role"));
    if (role) recipient.role = SAMSYN_TRY(in.enumerator(Role::last, "recipient role"));
    const bool user = SAMSYN_TRY(in.boolean("recipient user"));
    if (user) recipient.user = SAMSYN_TRY(in.id<UserId>("recipient user"));
    return recipient;
}

Result<void> read_lists(Reader& in, FilledForm& form) {
    const std::size_t subjects = SAMSYN_TRY(in.count(form_subjects_max, "form subjects"));
    for (std::size_t i = 0; i < subjects; ++i)
        form.subjects.push_back(SAMSYN_TRY(in.id<PersonId>("form subject")));
    const std::size_t flows = SAMSYN_TRY(in.count(form_flows_max, "form flows"));
    for (std::size_t i = 0; i < flows; ++i) {
        FormFlow flow;
        flow.disclosing = SAMSYN_TRY(in.id<UnitId>("form flow"));
        flow.recipient = SAMSYN_TRY(read_recipient(in));
        form.flows.push_back(flow);
    }
    if (!ascends(form.subjects)) return fail(Errc::malformed, "form subjects: order");
    if (!ascends(form.flows)) return fail(Errc::malformed, "form flows: order");
    return {};
}

}  // namespace

Date months_after(Date date, unsigned months) {
    std::chrono::year_month_day day{date.day};
    day += std::chrono::months{months};
    if (!day.ok()) day = day.year() / day.month() / std::chrono::last;
    return {std::chrono::sys_days{day}};
}

FilledForm fill_form(const ConsentTemplate& row, std::uint32_t table, const FormWishes& wishes) {
    FilledForm form;
    form.item = wishes.item;
    form.table = table;
    form.model = row.model;
    form.case_id = wishes.case_id;
    form.unit = wishes.unit.unit;
    form.subjects = wishes.subjects;
    sort_and_drop_doubles(form.subjects);
    form.flows = flows_between(row, wishes.unit.unit, parties_of(row, wishes));
    form.categories.bits = (row.categories.bits | wishes.also_about.bits) & ~wishes.not_about.bits;
    form.purpose = row.purpose;
    form.actions = row.actions;
    form.not_before = wishes.not_before == Instant{} ? wishes.now : wishes.not_before;
    form.not_after = wishes.not_after;
    if (form.not_after == Instant{})
        form.not_after = end_of_day(months_after(local_date(form.not_before), row.months));
    form.reach = wishes.reach.value_or(row.reach);
    return form;
}

std::vector<UnitId> agencies_of(const FilledForm& form) {
    std::vector<UnitId> units;
    for (const FormFlow& flow : form.flows)
        for (const UnitId& unit : {flow.disclosing, flow.recipient.unit})
            if (unit != form.unit) units.push_back(unit);
    sort_and_drop_doubles(units);
    return units;
}

Bytes encode_form(const FilledForm& form) {
    Writer out;
    out.number(form_format);
    out.id(form.item);
    out.number(form.table);
    out.enumerator(form.model);
    out.id(form.case_id);
    out.id(form.unit);
    out.list(form.subjects, [&](const PersonId& subject) { out.id(subject); });
    out.list(form.flows, [&](const FormFlow& flow) {
        out.id(flow.disclosing);
        write_recipient(out, flow.recipient);
    });
    out.number(form.categories.bits);
    out.enumerator(form.purpose);
    out.number(form.actions.bits);
    out.instant(form.not_before);
    out.instant(form.not_after);
    out.enumerator(form.reach);
    return std::move(out).take();
}

Result<FilledForm> decode_form(ByteView bytes) {
    Reader in{bytes};
    const auto format = SAMSYN_TRY(in.number<std::uint8_t>("form format"));
    if (format > form_format) return fail(Errc::unsupported_version, "form format");
    if (format != form_format) return fail(Errc::malformed, "form format");
    FilledForm form;
    form.item = SAMSYN_TRY(in.id<ItemId>("form item"));
    form.table = SAMSYN_TRY(in.number<std::uint32_t>("form table"));
    form.model = SAMSYN_TRY(in.enumerator(ServiceModel::last, "form model"));
    form.case_id = SAMSYN_TRY(in.id<CaseId>("form case"));
    form.unit = SAMSYN_TRY(in.id<UnitId>("form unit"));
    SAMSYN_TRY(read_lists(in, form));
    form.categories.bits = SAMSYN_TRY(in.number<std::uint64_t>("form categories"));
    if ((form.categories.bits & ~Categories::known) != 0)
        return fail(Errc::malformed, "form categories");
    form.purpose = static_cast<Purpose>(SAMSYN_TRY(in.number<std::uint16_t>("form purpose")));
    form.actions.bits = SAMSYN_TRY(in.number<std::uint8_t>("form actions"));
    if ((form.actions.bits & ~Actions::known) != 0) return fail(Errc::malformed, "form actions");
    form.not_before = SAMSYN_TRY(in.instant("form begins"));
    form.not_after = SAMSYN_TRY(in.instant("form ends"));
    form.reach = SAMSYN_TRY(in.enumerator(Reach::last, "form reach"));
    SAMSYN_TRY(in.finish("form"));
    return form;
}

std::string form_to_text(const FilledForm& form) {
    return to_checked_text(form_prefix, encode_form(form));
}

Result<FilledForm> form_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(from_checked_text(form_prefix, text, form_text_bytes_max));
    return decode_form(bytes);
}

Hash form_hash(const Hasher& hasher, const FilledForm& form) {
    return hasher.hash(Domain::consent_form, {encode_form(form)});
}

std::string form_code(const Hash& hash) {
    const std::string digits = to_hex(hash).substr(0, 8);
    return digits.substr(0, 4) + "-" + digits.substr(4);
}

}  // namespace samsyn
