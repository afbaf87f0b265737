#include "client-sdk/device/recording.hpp"

#include <algorithm>

namespace samsyn {

namespace {

Result<std::vector<StatementId>> sorted_names(std::vector<StatementId> names) {
    std::ranges::sort(names);
    const auto doubles = std::ranges::unique(names);
    names.erase(doubles.begin(), doubles.end());
    if (names.size() > statement_names_max) return fail(Errc::limit_exceeded, "named statements");
    return names;
}

/// C-16: "all agencies may talk", without parties or period, is no consent. Says all that lacks.
Result<void> check_complete(const NewConsent& consent) {
    std::string missing;
    const auto need = [&](bool there, std::string_view what) {
        if (there) return;
        if (!missing.empty()) missing += ", ";
        missing += what;
    };
    need(!consent.grantor.is_none(), "grantor");
    need(!consent.subjects.empty(), "subject");
    need(!consent.disclosing.empty(), "disclosing unit");
    need(!consent.recipients.empty(), "recipient");
    need(!consent.categories.empty(), "category");
    need(consent.not_after != Instant{} && consent.not_after != instant_max, "end");
    if (!missing.empty()) return fail(Errc::invalid_argument, "missing: " + missing);
    if (consent.not_after <= consent.not_before)
        return fail(Errc::invalid_argument, "period: end is not after start");
    if ((consent.categories.bits & ~Categories::known) != 0)
        return fail(Errc::invalid_argument, "category");
    return {};
}

constexpr std::size_t statements_at_once_max = 256;

Result<void> check_count(std::size_t count) {
    if (count > statements_at_once_max) return fail(Errc::limit_exceeded, "statements at once");
    return {};
}

/// What every statement of one capture says, but for its parties and the evidence.
Result<Consent> said_by(const NewConsent& consent) {
    Consent said;
    said.grantor = consent.grantor;
    said.capacity = consent.capacity;
    said.categories = consent.categories;
    said.purpose = consent.purpose;
    said.actions = consent.actions;
    if (said.actions.bits == 0) said.actions.insert(Action::read);  // the narrowest reading
    said.not_before = consent.not_before;
    said.not_after = consent.not_after;
    said.reach = consent.reach;
    said.form = consent.form;
    said.reserved = consent.reserved;
    said.names = SAMSYN_TRY(sorted_names(consent.names));
    return said;
}

/// One for each subject, disclosing unit and recipient.
std::vector<Consent> for_all_parties(Consent said, const NewConsent& consent) {
    std::vector<Consent> all;
    all.reserve(consent.subjects.size() * consent.disclosing.size() * consent.recipients.size());
    for (const PersonId& subject : consent.subjects)
        for (const UnitId& unit : consent.disclosing)
            for (const Recipient& recipient : consent.recipients) {
                said.subject = subject;
                said.disclosing = unit;
                said.recipient = recipient;
                all.push_back(said);
            }
    return all;
}

}  // namespace

Result<std::vector<StatementId>> Device::record_consent(const NewConsent& consent) {
    Impl& my = *impl_;
    SAMSYN_TRY(check_complete(consent));
    SAMSYN_TRY(check_count(consent.subjects.size() * consent.disclosing.size() *
                           consent.recipients.size()));
    return my.transact([&]() -> Result<std::vector<StatementId>> {
        SAMSYN_TRY(my.opened(consent.case_id));
        for (const UnitId& unit : consent.disclosing)
            if (!my.federation().unit(unit)) return fail(Errc::not_found, "disclosing unit");
        for (const Recipient& recipient : consent.recipients)
            if (!my.federation().unit(recipient.unit))
                return fail(Errc::not_found, "recipient unit");

        Consent said = SAMSYN_TRY(said_by(consent));
        const KeptEvidence kept = SAMSYN_TRY(keep_evidence(my,
                                                           {.case_id = consent.case_id,
                                                            .subjects = consent.subjects,
                                                            .text = consent.evidence,
                                                            .form = key_of(consent.form)}));
        said.evidence = kept.hash;
        std::vector<StatementId> ids;
        for (const Consent& each : for_all_parties(said, consent)) {
            const Stream stream = disclosing_stream(consent.case_id, each.disclosing);
            ids.push_back(SAMSYN_TRY(my.author(stream, each)));
        }
        return ids;
    });
}

Result<StatementId> Device::confirm_consent(const CaseId& case_id,
                                            const StatementId& consent,
                                            std::vector<StatementId> names) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<StatementId> {
        const StatementPtr found = my.graph(case_id).find(consent);
        if (!found || !std::holds_alternative<Consent>(found->body))
            return fail(Errc::not_found, "consent");
        return my.author(found->header.stream,
                         Confirmation{consent, SAMSYN_TRY(sorted_names(std::move(names)))});
    });
}

Result<std::vector<StatementId>> Device::record_closing(const NewClosing& closing) {
    Impl& my = *impl_;
    if (closing.decider.is_none()) return fail(Errc::invalid_argument, "missing: who decides");
    if (closing.subjects.empty()) return fail(Errc::invalid_argument, "missing: subject");
    SAMSYN_TRY(
        check_count(closing.subjects.size() * std::max<std::size_t>(1, closing.disclosing.size())));
    return my.transact([&]() -> Result<std::vector<StatementId>> {
        SAMSYN_TRY(my.opened(closing.case_id));
        Closing said;
        said.kind = closing.kind;
        said.decider = closing.decider;
        said.recipient = closing.recipient;
        said.categories = closing.categories;
        // "No more" without saying about what closes everything: a no is never read narrowly.
        if (said.categories.empty()) said.categories.bits = Categories::known;
        const KeptEvidence kept = SAMSYN_TRY(keep_evidence(my,
                                                           {.case_id = closing.case_id,
                                                            .subjects = closing.subjects,
                                                            .text = closing.evidence,
                                                            .form = ""}));
        said.evidence = kept.hash;
        std::vector<StatementId> ids;
        for (const PersonId& subject : closing.subjects) {
            said.subject = subject;
            said.disclosing.reset();
            if (closing.disclosing.empty())
                ids.push_back(SAMSYN_TRY(my.author(custody_stream(closing.case_id), said)));
            for (const UnitId& unit : closing.disclosing) {
                said.disclosing = unit;
                ids.push_back(
                    SAMSYN_TRY(my.author(disclosing_stream(closing.case_id, unit), said)));
            }
        }
        return ids;
    });
}

}  // namespace samsyn
