#include "core/capture/form_checks.hpp"

#include "core/model/local_date.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

struct GapRow {
    std::string_view key;
    Words words;
};

constexpr auto gap_rows = std::to_array<GapRow>({
#define SAMSYN_ROW(name, en, sv) {#name, {en, sv}},
    SAMSYN_GAP_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
});

/// What a family can consent to: names of staff and the emergency sheet have rules of their own.
constexpr bool is_offered_to_families(Category category) {
    return category != Category::directory && category != Category::emergency;
}

constexpr std::uint64_t all_for_families = [] {
    Categories all;
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i)
        if (is_offered_to_families(static_cast<Category>(i))) all.insert(static_cast<Category>(i));
    return all.bits;
}();

/// Notes what is missing, and sorts it at the end.
class Noting {
public:
    void need(bool there, Gap gap) {
        if (!there && std::ranges::count(gaps_, gap) == 0) gaps_.push_back(gap);
    }

    Gaps take() && {
        std::ranges::sort(gaps_);
        return std::move(gaps_);
    }

private:
    Gaps gaps_;
};

bool is_any_unit(const FormFlow& flow) {
    return flow.disclosing.is_none() || flow.recipient.unit.is_none();
}

void check_agencies(Noting& noting, const FilledForm& form, const FormFacts& facts) {
    const bool blanket = facts.everybody || std::ranges::any_of(form.flows, is_any_unit);
    noting.need(!blanket, Gap::blanket);
    noting.need(!form.flows.empty() || blanket, Gap::no_agency);
    for (const FormFlow& flow : form.flows) {
        if (is_any_unit(flow)) continue;
        const auto from = facts.units.find(flow.disclosing);
        const auto to = facts.units.find(flow.recipient.unit);
        const bool known = from != facts.units.end() && to != facts.units.end() &&
                           flow.disclosing != flow.recipient.unit;
        noting.need(known, Gap::unknown_agency);
        if (known && to->second == Regime::private_party)
            noting.need(flow.recipient.user.has_value(), Gap::must_be_named);
    }
    const std::size_t statements = form.flows.size() * form.subjects.size();
    noting.need(agencies_of(form).size() <= form_agencies_max &&
                    form.subjects.size() <= form_subjects_max &&
                    form.flows.size() <= form_flows_max && statements <= form_statements_max,
                Gap::too_many);
}

void check_period(Noting& noting, const FilledForm& form, Instant now) {
    const bool ends = form.not_after != Instant{} && form.not_after != instant_max;
    noting.need(ends, Gap::no_end);
    const TemplateTable* table = find_templates(form.table);
    const ConsentTemplate* row = table ? find_template(*table, form.model) : nullptr;
    noting.need(row != nullptr, Gap::no_template);
    if (!ends) return;
    noting.need(form.not_before < form.not_after, Gap::no_period);
    noting.need(now < form.not_after, Gap::over);
    if (row)
        noting.need(form.not_after <=
                        end_of_day(months_after(local_date(form.not_before), row->months_max)),
                    Gap::too_long);
}

}  // namespace

std::string_view key_of(Gap gap) {
    return gap_rows[static_cast<std::size_t>(gap)].key;
}

Words words_of(Gap gap) {
    return gap_rows[static_cast<std::size_t>(gap)].words;
}

std::string to_text(const Gaps& gaps) {
    std::string english = "missing: ";
    std::string swedish = " | saknas: ";
    std::string_view between;
    for (const Gap gap : gaps) {
        english.append(between).append(words_of(gap).en);
        swedish.append(between).append(words_of(gap).sv);
        between = "; ";
    }
    return english + swedish;
}

Gaps gaps_in(const FilledForm& form, const FormFacts& facts) {
    Noting noting;
    noting.need(!form.subjects.empty(), Gap::no_subject);
    noting.need(facts.signers.nobody_for.empty(), Gap::nobody_decides);
    check_agencies(noting, form, facts);
    noting.need(!form.categories.empty(), Gap::no_category);
    noting.need((form.categories.bits & all_for_families) != all_for_families, Gap::everything);
    noting.need((form.categories.bits & ~all_for_families) == 0, Gap::unknown_category);
    noting.need(form.actions.bits != 0, Gap::no_action);
    const auto* purpose = find_purpose(facts.statutes, form.purpose);
    noting.need(purpose && purpose->consent_suffices, Gap::not_by_consent);
    check_period(noting, form, facts.now);
    return std::move(noting).take();
}

Gaps gaps_in(const FilledForm& form, const FormSignature& signature, std::string_view words) {
    Noting noting;
    if (signature.answer == FormAnswer::yes) {
        const std::uint64_t open = form.categories.bits & ~signature.reserved.bits;
        const bool spoken = consent_form_of(signature.how) == ConsentForm::oral;
        for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i) {
            const auto category = static_cast<Category>(i);
            if (!Categories{open}.contains(category)) continue;
            noting.need(!spoken || usual_sensitivity(category) != Sensitivity::far_reaching,
                        Gap::must_be_written);
        }
        noting.need(open != 0 && !statements_for(form, signature).empty(), Gap::all_reserved);
        noting.need(!spoken || !words.empty(), Gap::no_words);
        noting.need(signature.how != SignedHow::photographed || !signature.picture.is_none(),
                    Gap::no_picture);
    }
    const auto agencies = agencies_of(form);
    noting.need((signature.reserved.bits & ~form.categories.bits) == 0 &&
                    std::ranges::includes(agencies, signature.not_with),
                Gap::foreign_reservation);
    return std::move(noting).take();
}

Instant counts_until(const FilledForm& form,
                     const FormSignature& signature,
                     const StatuteTable& statutes) {
    if (consent_form_of(signature.how) != ConsentForm::oral || one_suffices(form))
        return form.not_after;
    return std::min(form.not_after, signature.when + statutes.oral_consent_normal_max);
}

}  // namespace samsyn
