#include "core/model/label.hpp"

#include <algorithm>

namespace samsyn {

void encode(Writer& out, const UnitRef& unit) {
    out.id(unit.organisation);
    out.id(unit.unit);
    out.enumerator(unit.regime);
}

Result<UnitRef> decode_unit(Reader& in) {
    UnitRef unit;
    unit.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    unit.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    unit.regime = SAMSYN_TRY(in.enumerator(Regime::last, "regime"));
    return unit;
}

void encode(Writer& out, const Label& label) {
    out.list(label.subjects, [&](const PersonId& person) { out.id(person); });
    encode(out, label.disclosing);
    out.enumerator(label.category);
    out.enumerator(label.sensitivity);
    out.boolean(label.closed.has_value());
    if (label.closed) out.id(*label.closed);
}

Result<Label> decode_label(Reader& in) {
    Label label;
    const auto count = SAMSYN_TRY(in.count(label_subjects_max, "label subjects"));
    for (std::size_t i = 0; i < count; ++i) {
        label.subjects.push_back(SAMSYN_TRY(in.id<PersonId>("label subject")));
        if (i > 0 && !(label.subjects[i - 1] < label.subjects[i]))
            return fail(Errc::malformed, "label subjects");
    }
    label.disclosing = SAMSYN_TRY(decode_unit(in));
    label.category = SAMSYN_TRY(in.enumerator(Category::last, "category"));
    label.sensitivity = SAMSYN_TRY(in.enumerator(Sensitivity::last, "sensitivity"));
    if (SAMSYN_TRY(in.boolean("closed"))) label.closed = SAMSYN_TRY(in.id<AudienceId>("audience"));
    if (label.subjects.empty() != (label.category == Category::directory))
        return fail(Errc::malformed, "label subjects");
    return label;
}

void normalise(Label& label) {
    std::ranges::sort(label.subjects);
    const auto doubles = std::ranges::unique(label.subjects);
    label.subjects.erase(doubles.begin(), doubles.end());
}

CompartmentId compartment_id(const Hasher& hasher, const CaseId& case_id, const Label& label) {
    Writer out;
    out.id(case_id);
    encode(out, label);
    return hash_to<CompartmentId>(hasher, Domain::compartment_id, {out.view()});
}

}  // namespace samsyn
