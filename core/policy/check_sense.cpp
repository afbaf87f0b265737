#include "core/policy/case_view.hpp"

#include <string>

namespace samsyn {

namespace {

constexpr std::chrono::days prevented_max{30};
constexpr std::chrono::hours room_session_max{24};
constexpr std::uint8_t years_max = 18;

/// What a statement of each kind must say to mean anything.
struct Sense {
    Instant at;
    UnitId disclosing;  ///< the stream's

    static Result<void> need(bool met, std::string_view what) {
        if (met) return {};
        return fail(Errc::invalid_argument, what);
    }

    static Result<void> period(Instant from, Instant until) {
        return need(from < until, "a period that ends after it begins");
    }

    static Result<void> two(const PersonId& one, const PersonId& other) {
        SAMSYN_TRY(need(!one.is_none() && !other.is_none(), "two persons"));
        return need(one != other, "one person in two roles");
    }

    Result<void> operator()(const Consent& body) const { return check_complete(body); }

    Result<void> operator()(const AgeAttested& body) const {
        SAMSYN_TRY(need(!body.child.is_none(), "child"));
        return need(body.years > 0 && body.years <= years_max, "years, 1 to 18");
    }

    Result<void> operator()(const Maturity& body) const {
        SAMSYN_TRY(need(!body.child.is_none() && !body.categories.empty(), "child and categories"));
        SAMSYN_TRY(need(!body.assessor.is_none(), "assessor"));
        return period(body.from, body.until);
    }

    Result<void> operator()(const GuardianSuspended& body) const {
        SAMSYN_TRY(two(body.child, body.guardian));
        if (body.special_representative) {
            SAMSYN_TRY(two(body.guardian, *body.special_representative));
            SAMSYN_TRY(two(body.child, *body.special_representative));
        }
        return period(body.from, body.until);
    }

    Result<void> operator()(const Representative& body) const {
        SAMSYN_TRY(two(body.adult, body.representative));
        SAMSYN_TRY(need(!body.categories.empty(), "categories"));
        return period(body.from, body.until);
    }

    Result<void> operator()(const GuardianPrevented& body) const {
        SAMSYN_TRY(two(body.child, body.guardian));
        SAMSYN_TRY(period(at, body.until));
        return need(body.until <= at + prevented_max, "at most 30 days");
    }

    Result<void> operator()(const DecisionInPlace& body) const {
        SAMSYN_TRY(two(body.child, body.guardian));
        SAMSYN_TRY(need(!body.unit.is_none() && !body.decision.is_none(), "unit and decision"));
        if (body.stayed) return {};
        return period(at, body.until);
    }

    Result<void> operator()(const Mandate& body) const {
        SAMSYN_TRY(two(body.principal, body.agent));
        SAMSYN_TRY(need(!body.categories.empty() && body.regimes.bits != 0, "scope"));
        return period(body.from, body.until);
    }

    Result<void> operator()(const ProtectionMark& body) const {
        return need(!body.person.is_none(), "person");
    }

    Result<void> operator()(const Audience& body) const {
        return need(!body.id.is_none(), "audience");
    }

    Result<void> operator()(const InvestigationLock& body) const {
        return need(!body.id.is_none(), "lock");
    }

    Result<void> operator()(const Release& body) const {
        return need(!body.lock.is_none() && !body.items.empty(), "lock and items");
    }

    Result<void> operator()(const Override& body) const {
        SAMSYN_TRY(need(!body.subject.is_none(), "subject"));
        SAMSYN_TRY(need(!body.justification.is_none(), "justification"));
        SAMSYN_TRY(need(!body.categories.empty(), "categories: never the whole case"));
        SAMSYN_TRY(need(body.selection.has_value() == !body.items.empty(),
                        "items and the selection to which they are copied"));
        SAMSYN_TRY(another(body.recipient.unit));
        return period(body.from, body.until);
    }

    Result<void> operator()(const InvestigationAnswer& body) const {
        SAMSYN_TRY(need(!body.subject.is_none() && !body.categories.empty(), "what was asked"));
        SAMSYN_TRY(need(!body.decision.is_none(), "decision"));
        SAMSYN_TRY(need(!body.selection.is_none() && !body.items.empty(), "items"));
        SAMSYN_TRY(another(body.recipient.unit));
        return period(at, body.until);
    }

    Result<void> operator()(const EmergencyOpening& body) const {
        return need(!body.items.empty() && !body.reason.is_none(), "items and a reason");
    }

    Result<void> operator()(const Informed& body) const {
        return need(!body.person.is_none() && !body.about.is_none(), "person and statement");
    }

    Result<void> operator()(const GuestNamed& body) const {
        return need(!body.guest.is_none(), "guest");
    }

    Result<void> operator()(const CopiedToOwnRecord& body) const {
        return need(!body.items.empty(), "items");
    }

    Result<void> operator()(const SecrecyAcknowledged& body) const {
        return need(!body.user.is_none() && !body.text.is_none(), "user and text");
    }

    Result<void> operator()(const RoomSession& body) const {
        SAMSYN_TRY(need(!body.room.is_none() && !body.presenter.is_none(), "room and presenter"));
        SAMSYN_TRY(period(body.from, body.until));
        return need(body.until <= body.from + room_session_max, "at most 24 hours");
    }

    Result<void> operator()(const PurgeReceipt& body) const {
        SAMSYN_TRY(need(!body.compartments.empty(), "compartments"));
        return need(body.noticed_at <= body.purged_at, "noticed before it was purged");
    }

    Result<void> operator()(const EscrowVerdict& body) const {
        return need(!body.blob.is_none(), "blob");
    }

    Result<void> operator()(const ReviewVerdict& body) const {
        return need(!body.sample.is_none() && !body.reviewed.is_none(), "sample and reviewed");
    }

    /// The other kinds say nothing that could contradict itself.
    template <class Other>
    Result<void> operator()(const Other&) const {
        return {};
    }

    Result<void> another(const UnitId& recipient) const {
        SAMSYN_TRY(need(!recipient.is_none(), "recipient"));
        return need(recipient != disclosing, "another unit than the disclosing one");
    }
};

}  // namespace

Result<void> check_sense(const StatementHeader& header, const StatementBody& body) {
    return std::visit(Sense{header.time.instant(), header.stream.unit}, body);
}

Result<void> check_complete(const Consent& consent) {
    std::string missing;
    const auto need = [&](bool there, std::string_view what) {
        if (!there) (missing += missing.empty() ? "" : ", ") += what;
    };
    need(!consent.grantor.is_none(), "grantor");
    need(!consent.subject.is_none(), "subject");
    need(!consent.disclosing.is_none(), "disclosing unit");
    need(!consent.recipient.unit.is_none(), "recipient unit");
    need(!consent.categories.empty(), "categories");
    need(consent.actions.bits != 0, "actions");
    need(consent.not_after != instant_max && consent.not_before < consent.not_after, "period");
    if (missing.empty()) return {};
    return fail(Errc::invalid_argument, missing);
}

}  // namespace samsyn
