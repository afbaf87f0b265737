#include "core/policy/sign_rules.hpp"

namespace samsyn {

Result<void> may_sign(const StatementHeader& header,
                      const StatementBody& body,
                      const CaseView& view,
                      const Federation& federation) {
    if (header.stream.kind == StreamKind::federation) return federation.may_sign(header, body);
    if (!federation.device(header.author)) return fail(Errc::unknown_device, "author");
    if (!federation.counts(header.author, header.counter))
        return fail(Errc::revoked_device, "author");

    const SignRules rules{header, view, federation};
    const auto* ended = std::get_if<Ended>(&body);
    if (!ended) return std::visit(rules, body);

    const auto found = view.endable_.find(ended->statement);
    if (found == view.endable_.end() || found->second.stream != header.stream)
        return fail(Errc::not_permitted, "what it ends is not in this stream");
    using By = CaseView::Endable::By;
    const bool own = federation.are_of_one_user(header.author, found->second.author);
    const bool by_unit = federation.acted_in(header.author, header.stream.unit, rules.at());
    switch (found->second.by) {
        case By::signer:
            return std::visit(SignRules{header, view, federation, true}, found->second.said->body);
        case By::author_or_unit:
            return SignRules::require(own || by_unit, "its author or unit ends");
        case By::author:
            return SignRules::require(own, "only who set it ends it");
        case By::nobody:
            break;
    }
    return fail(Errc::not_permitted, "a newer consent names it instead");
}

namespace {

/// What needs no place in the case at the time: its own rule says who may.
bool needs_no_place(const StatementBody& body) {
    return std::holds_alternative<ReportOfConcern>(body) ||
           std::holds_alternative<ReviewVerdict>(body) ||
           std::holds_alternative<PurgeReceipt>(body) ||
           std::holds_alternative<EmergencyOpening>(body);
}

}  // namespace

Result<void> may_publish(const StatementHeader& header,
                         const StatementBody& body,
                         const CaseView& view,
                         const Federation& federation) {
    SAMSYN_TRY(may_sign(header, body, view, federation));
    const auto now = header.time.instant();
    if (header.stream.kind == StreamKind::federation) return {};
    SAMSYN_TRY(check_sense(header, body));
    if (std::holds_alternative<PurgeReceipt>(body)) return {};
    if (!federation.in_good_standing(header.author, now))
        return fail(Errc::revoked_device, "the author is not active");
    if (std::holds_alternative<CaseOpened>(body)) {
        if (view.custody().opened) return fail(Errc::already_exists, "the case is open");
        return {};
    }
    if (needs_no_place(body)) return {};
    const auto user = federation.user_of(header.author);
    if (view.is_lead_or_team(header.author, now)) return {};
    for (const auto& unit : view.roster_units())
        if (view.roster(unit).participates(user, now) &&
            federation.acted_in(header.author, unit, now))
            return {};
    return fail(Errc::not_permitted, "the author does not take part in the case");
}

}  // namespace samsyn
