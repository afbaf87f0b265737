#include "client-sdk/device/recording.hpp"

#include <samsyn/consent_forms.hpp>

#include <algorithm>
#include <functional>

namespace samsyn {

namespace {

/// "3FA9 4c01" and "3fa94c01" are what stands on the page as "3fa9-4c01".
std::string digits_of(std::string_view code) {
    std::string digits;
    for (const char c : code) {
        if (c == '-' || c == ' ') continue;
        digits.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return digits;
}

/// What the evidence says beside the person's own words: which page, and what was answered to it.
std::string evidence_text(const FormSignature& signature, std::string_view words) {
    std::string text = "consent form " + to_hex(signature.form) + "\n";
    text += "person " + to_hex(signature.person) + "\n";
    text += "answer " + std::string{key_of(signature.answer)} + ", " +
            std::string{key_of(signature.how)} + ", " + to_iso(signature.when) + "\n";
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i)
        if (signature.reserved.contains(static_cast<Category>(i)))
            text += "not about " + std::string{key_of(static_cast<Category>(i))} + "\n";
    for (const UnitId& unit : signature.not_with) text += "not with " + to_hex(unit) + "\n";
    if (!signature.picture.is_none()) text += "picture " + to_hex(signature.picture) + "\n";
    if (!words.empty()) text.append("\n").append(words).append("\n");
    return text;
}

bool concerns(const Closing& closing, const Consent& consent) {
    if (closing.decider != consent.grantor || closing.subject != consent.subject) return false;
    if (closing.disclosing && *closing.disclosing != consent.disclosing) return false;
    if ((closing.categories.bits & consent.categories.bits) == 0) return false;
    return !closing.recipient || closing.recipient->unit == consent.recipient.unit;
}

/// The person's closings, as far as they are known here, that stand in the way of a consent.
std::vector<StatementId> closings_against(const CaseView& facts, const Consent& consent) {
    std::vector<StatementId> ids;
    for (const auto* closings :
         {&facts.disclosing(consent.disclosing).closings, &facts.custody().closings})
        for (const auto& said : *closings)
            if (concerns(said.body, consent)) ids.push_back(said.id);
    return ids;
}

/// The person's earlier consents in the same matter, newest first.
std::vector<StatementId> consents_replaced(const CaseView& facts, const Consent& consent) {
    const DisclosingFacts& stream = facts.disclosing(consent.disclosing);
    std::vector<std::pair<HybridTime, StatementId>> older;
    for (const auto& said : stream.consents) {
        const Consent& body = said.body;
        if (body.grantor == consent.grantor && body.subject == consent.subject &&
            body.recipient == consent.recipient && body.purpose == consent.purpose &&
            (body.categories.bits & consent.categories.bits) != 0 &&
            !stream.ended.contains(said.id))
            older.emplace_back(said.time, said.id);
    }
    std::ranges::sort(older, std::ranges::greater{});
    std::vector<StatementId> ids;
    ids.reserve(older.size());
    for (const auto& [time, id] : older) ids.push_back(id);
    return ids;
}

/// Did somebody of the form's own unit record it?
using OurWord = std::function<bool(const Signed<Consent>&)>;

/// True where every no that stands against the consent was opened again before, by an earlier
/// consent in the same matter or the confirmation of one: the person was asked then.
bool was_asked(const CaseView& facts,
               const Consent& consent,
               const std::vector<StatementId>& closings,
               const OurWord& ours) {
    const DisclosingFacts& stream = facts.disclosing(consent.disclosing);
    std::set<StatementId> asked;
    for (const StatementId& id : consents_replaced(facts, consent)) {
        // Anybody may record a consent: one shows it that the disclosing unit or the form's own
        // stands for.
        const auto older = std::ranges::find(stream.consents, id, &Signed<Consent>::id);
        if (!stream.confirmed.contains(id) && !ours(*older)) continue;
        asked.insert(older->body.names.begin(), older->body.names.end());
        const auto confirmed = stream.confirmed.find(id);
        if (confirmed != stream.confirmed.end())
            asked.insert(confirmed->second.begin(), confirmed->second.end());
    }
    return std::ranges::all_of(closings, [&](const StatementId& no) { return asked.contains(no); });
}

/// What a new consent names: every no that it opens again, and as many older ones as there is room
/// for. Errors: `invalid_argument` where a no stands about which the person was not asked.
Result<std::vector<StatementId>> names_for(const CaseView& facts,
                                           const Consent& consent,
                                           bool reopen,
                                           const OurWord& ours) {
    auto names = closings_against(facts, consent);
    if (!reopen && !was_asked(facts, consent, names, ours))
        return fail(Errc::invalid_argument,
                    "reopen: this person said no earlier; ask, then open it again (--reopen) | "
                    "personen har sagt nej tidigare; fråga, öppna sedan igen (--reopen)");
    if (names.size() > statement_names_max) return fail(Errc::limit_exceeded, "earlier closings");
    for (const StatementId& id : consents_replaced(facts, consent))
        if (names.size() < statement_names_max) names.push_back(id);
    std::ranges::sort(names);
    return names;
}

const FormPersonView* find_person(const FormView& view, const PersonId& person) {
    const auto found = std::ranges::find(view.people, person, &FormPersonView::person);
    return found == view.people.end() ? nullptr : &*found;
}

}  // namespace

Result<void> ConsentForms::note_read(const ItemId& item, const Hash& hash) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        return my.store.put_value(key_for(key_form_read, item), hash.view());
    });
}

Result<void> ConsentForms::check_read(const FormView& view, std::string_view code) {
    if (!code.empty()) {
        if (digits_of(code) == digits_of(form_code(view.hash))) return {};
        return fail(Errc::invalid_argument,
                    "code: it is not the page that was read; read this one | det är inte sidan som "
                    "lästes upp; läs den här");
    }
    if (view.read_here) return {};
    Device::Impl& my = *device_.impl_;
    const bool other = SAMSYN_TRY(my.store.value(key_for(key_form_read, view.item))).has_value();
    return fail(Errc::invalid_argument,
                other ? "form: it is not the one that was read; read it again | den är inte den "
                        "som lästes upp; läs den igen"
                      : "form: read it aloud first (consent read), or give the code of the page | "
                        "läs upp den först (consent read), eller ange sidans kod");
}

Result<FormSignature> ConsentForms::checked(const FormView& view,
                                            const NewAnswer& wish,
                                            FormAnswer said) {
    Device::Impl& my = *device_.impl_;
    if (view.damaged) return std::unexpected{*view.damaged};
    if (view.closed) return fail(Errc::invalid_argument, "form: it is closed | den är avslutad");
    const FormSigner* signer = view.signers.find(wish.person);
    if (!signer)
        return fail(Errc::not_permitted,
                    "person: decides for nobody on this form | bestämmer inte för någon på "
                    "blanketten");
    if (said == FormAnswer::yes) SAMSYN_TRY(check_read(view, wish.code));
    const Instant now = my.decision_time(my.now());
    if (view.form.not_after <= now) return fail(Errc::invalid_argument, to_text(Gaps{Gap::over}));

    if (said == FormAnswer::yes) {  // another device may have begun it, and checked less
        FormFacts facts{.units = {},
                        .signers = view.signers,
                        .statutes = current_statute_table(),
                        .now = now,
                        .everybody = false};
        for (const auto& [id, known] : my.federation().units())
            facts.units.emplace(id, known.regime);
        const Gaps gaps = gaps_in(view.form, facts);
        if (!gaps.empty()) return fail(Errc::invalid_argument, to_text(gaps));
    }

    FormSignature signature;
    signature.form = view.hash;
    signature.person = wish.person;
    signature.subjects = signer->subjects;
    signature.answer = said;
    signature.how = wish.how;
    signature.reserved = wish.reserved;
    signature.not_with = wish.not_with;
    std::ranges::sort(signature.not_with);
    const auto doubles = std::ranges::unique(signature.not_with);
    signature.not_with.erase(doubles.begin(), doubles.end());
    signature.picture = wish.picture;
    signature.when = my.corrected(my.now());
    signature.witness = my.config.user;
    const Gaps gaps = gaps_in(view.form, signature, wish.words);
    if (!gaps.empty()) return fail(Errc::invalid_argument, to_text(gaps));

    const FormPersonView* person = find_person(view, wish.person);
    const FormStanding standing = person ? person->standing : FormStanding::missing;
    const bool now_written =
        consent_form_of(wish.how) != ConsentForm::oral &&
        (standing == FormStanding::oral || standing == FormStanding::oral_ended);
    const bool said_yes = standing == FormStanding::yes || standing == FormStanding::oral;
    if (said == FormAnswer::yes && said_yes && !now_written)
        return fail(Errc::already_exists,
                    "answer: this person has said yes to this form | personen har redan sagt ja");
    if (said == FormAnswer::no && standing == FormStanding::no)
        return fail(Errc::already_exists,
                    "answer: this person has said no to this form | personen har redan sagt nej");
    if (said == FormAnswer::informed && standing != FormStanding::to_inform)
        return fail(Errc::invalid_argument,
                    "person: need not be told here | behöver inte informeras här");
    return signature;
}

Result<void> ConsentForms::record(const FormView& view,
                                  const NewAnswer& wish,
                                  AnsweredForm& answered) {
    Device::Impl& my = *device_.impl_;
    FormSignature& signature = answered.signature;
    const StoredItem item = SAMSYN_TRY(my.readable_item(view.item));
    const StoredCompartment compartment = my.find(item.compartment)->stored;
    Request request;
    request.action = Action::contribute;
    const Decision decided = my.decision(compartment, request, my.me(), my.now());
    if (!decided.permitted()) return std::unexpected{my.denial(decided)};

    const std::string text = evidence_text(signature, wish.words);
    const KeptEvidence kept = SAMSYN_TRY(keep_evidence(my,
                                                       {.case_id = view.case_id,
                                                        .subjects = view.form.subjects,
                                                        .text = text,
                                                        .form = key_of(signature.how),
                                                        .unit = view.form.unit}));
    signature.evidence_item = kept.item;
    signature.evidence = kept.hash;

    const auto stream = [&](const UnitId& unit) { return disclosing_stream(view.case_id, unit); };
    const auto ours = [&](const Signed<Consent>& said) {
        return my.federation().acted_in(said.author, view.form.unit, said.time.instant());
    };
    for (Consent said : statements_for(view.form, signature)) {
        said.names = SAMSYN_TRY(names_for(my.view(view.case_id), said, wish.reopen, ours));
        const Stream to = stream(said.disclosing);
        answered.consents.push_back(SAMSYN_TRY(my.author(to, std::move(said))));
    }
    for (const Closing& said : refusals_for(view.form, signature))
        answered.closings.push_back(SAMSYN_TRY(my.author(stream(*said.disclosing), said)));
    if (signature.answer == FormAnswer::informed) SAMSYN_TRY(tell(view, signature, wish.told));

    const TypeInfo* type = find_type(ItemType::consent_form);
    const FieldInfo* field = type ? find_field(*type, "signed") : nullptr;
    SAMSYN_ASSERT(field != nullptr);
    Change change;
    change.header.item = view.item;
    change.header.type = item.type;
    change.header.time = my.tick(my.now());
    change.header.writes = {{field->number, {}}};
    change.values = {Value{signature_to_text(signature)}};
    SAMSYN_TRY(validate_edit(change));
    return my.write(compartment, change);
}

Result<void> ConsentForms::tell(const FormView& view,
                                const FormSignature& signature,
                                InformedHow how) {
    Device::Impl& my = *device_.impl_;
    for (const FormPersonView& other : view.people) {
        if (other.standing != FormStanding::yes) continue;
        for (const StatementId& consent : other.consents) {
            const StatementPtr about = my.graph(view.case_id).find(consent);
            if (!about) continue;
            SAMSYN_TRY(my.author(about->header.stream,
                                 Informed{.person = signature.person,
                                          .about = consent,
                                          .when = signature.when,
                                          .how = how}));
        }
    }
    return {};
}

Result<AnsweredForm> ConsentForms::answer(const NewAnswer& wish, FormAnswer said) {
    Device::Impl& my = *device_.impl_;
    const FormView view = SAMSYN_TRY(form(wish.item));
    AnsweredForm answered;
    answered.signature = SAMSYN_TRY(checked(view, wish, said));
    SAMSYN_TRY(my.transact([&]() -> Result<void> { return record(view, wish, answered); }));
    answered.counts_until = counts_until(view.form, answered.signature, current_statute_table());
    answered.view = SAMSYN_TRY(form(wish.item));
    return answered;
}

Result<AnsweredForm> ConsentForms::sign(const NewAnswer& wish) {
    return answer(wish, FormAnswer::yes);
}

Result<AnsweredForm> ConsentForms::refuse(const NewAnswer& wish) {
    return answer(wish, FormAnswer::no);
}

Result<AnsweredForm> ConsentForms::inform(const NewAnswer& wish) {
    return answer(wish, FormAnswer::informed);
}

}  // namespace samsyn
