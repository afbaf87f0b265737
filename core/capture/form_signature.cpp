#include "core/capture/form_signature.hpp"

#include "core/base/checked_text.hpp"
#include "core/base/sorted.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

constexpr std::string_view signature_prefix = "samsyn1-signed-";
constexpr std::uint8_t signature_format = 1;
constexpr std::size_t signature_text_bytes_max = 4 * 1024;

struct HowRow {
    std::string_view key;
    Words title;
    ConsentForm form;
};

constexpr std::array hows{
    HowRow{"drawn", {"signed on the screen", "underskrivet på skärmen"}, ConsentForm::written},
    HowRow{"electronic",
           {"signed electronically", "elektroniskt underskrivet"},
           ConsentForm::electronic},
    HowRow{"oral", {"said in person", "sagt på plats"}, ConsentForm::oral},
    HowRow{"phone", {"said by phone", "sagt i telefon"}, ConsentForm::oral},
    HowRow{"photographed",
           {"signed on paper, photographed", "underskrivet på papper, fotograferat"},
           ConsentForm::written},
};
static_assert(hows.size() == static_cast<std::size_t>(SignedHow::last) + 1);

constexpr std::array<std::string_view, 3> answers{"yes", "no", "informed"};

bool is_with(const FormFlow& flow, const std::vector<UnitId>& units) {
    return std::ranges::binary_search(units, flow.disclosing) ||
           std::ranges::binary_search(units, flow.recipient.unit);
}

}  // namespace

std::string_view key_of(SignedHow how) {
    return hows[static_cast<std::size_t>(how)].key;
}

std::optional<SignedHow> find_signed_how(std::string_view key) {
    const auto found = std::ranges::find(hows, key, &HowRow::key);
    if (found == hows.end()) return std::nullopt;
    return static_cast<SignedHow>(found - hows.begin());
}

Words title_of(SignedHow how) {
    return hows[static_cast<std::size_t>(how)].title;
}

std::string_view key_of(FormAnswer answer) {
    return answers[static_cast<std::size_t>(answer)];
}

ConsentForm consent_form_of(SignedHow how) {
    return hows[static_cast<std::size_t>(how)].form;
}

std::vector<Consent> statements_for(const FilledForm& form, const FormSignature& signature) {
    std::vector<Consent> consents;
    if (signature.answer != FormAnswer::yes) return consents;
    Consent said;
    said.grantor = signature.person;
    said.categories = form.categories;
    said.purpose = form.purpose;
    said.actions = form.actions;
    said.not_before = form.not_before;
    said.not_after = form.not_after;
    said.reach = form.reach;
    said.form = consent_form_of(signature.how);
    said.reserved.bits = signature.reserved.bits & form.categories.bits;
    said.evidence = signature.evidence;
    for (const auto& [subject, capacity] : signature.subjects) {
        said.subject = subject;
        said.capacity = capacity;
        for (const FormFlow& flow : form.flows) {
            if (is_with(flow, signature.not_with)) continue;
            said.disclosing = flow.disclosing;
            said.recipient = flow.recipient;
            consents.push_back(said);
        }
    }
    return consents;
}

std::vector<Closing> refusals_for(const FilledForm& form, const FormSignature& signature) {
    std::vector<Closing> closings;
    if (signature.answer == FormAnswer::informed) return closings;
    Closing said;
    said.kind = ClosingKind::refusal;
    said.decider = signature.person;
    said.categories = form.categories;
    said.evidence = signature.evidence;
    for (const auto& [subject, capacity] : signature.subjects) {
        said.subject = subject;
        for (const FormFlow& flow : form.flows) {
            if (signature.answer == FormAnswer::yes && !is_with(flow, signature.not_with)) continue;
            said.disclosing = flow.disclosing;
            said.recipient = flow.recipient;
            closings.push_back(said);
        }
    }
    return closings;
}

std::string signature_to_text(const FormSignature& signature) {
    Writer out;
    out.number(signature_format);
    out.id(signature.form);
    out.id(signature.person);
    out.list(signature.subjects, [&](const DecidesFor& each) {
        out.id(each.subject);
        out.enumerator(each.capacity);
    });
    out.enumerator(signature.answer);
    out.enumerator(signature.how);
    out.number(signature.reserved.bits);
    out.list(signature.not_with, [&](const UnitId& unit) { out.id(unit); });
    out.id(signature.evidence_item);
    out.id(signature.evidence);
    out.id(signature.picture);
    out.instant(signature.when);
    out.id(signature.witness);
    return to_checked_text(signature_prefix, out.view());
}

Result<FormSignature> signature_from_text(std::string_view text) {
    const Bytes bytes =
        SAMSYN_TRY(from_checked_text(signature_prefix, text, signature_text_bytes_max));
    Reader in{bytes};
    const auto format = SAMSYN_TRY(in.number<std::uint8_t>("signature format"));
    if (format > signature_format) return fail(Errc::unsupported_version, "signature format");
    if (format != signature_format) return fail(Errc::malformed, "signature format");
    FormSignature signature;
    signature.form = SAMSYN_TRY(in.id<Hash>("signed form"));
    signature.person = SAMSYN_TRY(in.id<PersonId>("signer"));
    const std::size_t subjects = SAMSYN_TRY(in.count(form_subjects_max, "signed for"));
    for (std::size_t i = 0; i < subjects; ++i) {
        DecidesFor each;
        each.subject = SAMSYN_TRY(in.id<PersonId>("signed for"));
        each.capacity = SAMSYN_TRY(in.enumerator(Capacity::last, "capacity"));
        signature.subjects.push_back(each);
    }
    signature.answer = SAMSYN_TRY(in.enumerator(FormAnswer::last, "answer"));
    signature.how = SAMSYN_TRY(in.enumerator(SignedHow::last, "signed how"));
    signature.reserved.bits = SAMSYN_TRY(in.number<std::uint64_t>("reserved"));
    const std::size_t units = SAMSYN_TRY(in.count(form_agencies_max, "not with"));
    for (std::size_t i = 0; i < units; ++i)
        signature.not_with.push_back(SAMSYN_TRY(in.id<UnitId>("not with")));
    signature.evidence_item = SAMSYN_TRY(in.id<ItemId>("evidence item"));
    signature.evidence = SAMSYN_TRY(in.id<Hash>("evidence"));
    signature.picture = SAMSYN_TRY(in.id<Hash>("picture"));
    signature.when = SAMSYN_TRY(in.instant("signed when"));
    signature.witness = SAMSYN_TRY(in.id<UserId>("witness"));
    SAMSYN_TRY(in.finish("signature"));
    if ((signature.reserved.bits & ~Categories::known) != 0)
        return fail(Errc::malformed, "reserved");
    if (!ascends(signature.subjects) || !ascends(signature.not_with))
        return fail(Errc::malformed, "signature: order");
    return signature;
}

}  // namespace samsyn
