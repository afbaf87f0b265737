#pragma once

#include "core/policy/case_facts.hpp"
#include "core/policy/federation.hpp"

#include <vector>

namespace samsyn {

/// One case as `decide` sees it: a pure function of its statements and the federation.
/// Immutable once built; thread-safe. The federation must outlive it.
class CaseView {
public:
    static CaseView build(const CaseId& id,
                          const StatementGraph& graph,
                          const Federation& federation);

    const CaseId& id() const { return id_; }

    const CustodyFacts& custody() const { return custody_; }

    /// Empty facts for a unit without a stream.
    const DisclosingFacts& disclosing(const UnitId& unit) const;
    const RosterFacts& roster(const UnitId& unit) const;

    /// Reports of concern that were made under this id. Empty once somebody has opened it as a
    /// case.
    const ConcernFacts& concerns() const { return concerns_; }

    /// Units with a disclosing stream, and units with a roster.
    std::vector<UnitId> disclosing_units() const;
    std::vector<UnitId> roster_units() const;

    /// True for a device that acted for the unit that opened the case, and for one of the case's
    /// lead that acted for another unit of the same organisation. What other organisations certify,
    /// be it for the lead, gives no place here.
    bool is_lead_or_team(const DeviceId& device, Instant at) const;

    /// The same at any time: enough for what only denies.
    bool was_lead_or_team(const DeviceId& device) const;

    /// Statements by somebody who may not sign them: no effect, shown.
    const std::vector<StatementId>& without_effect() const { return without_effect_; }

    /// Where and by whose device something with effect was said. A null author where it was not.
    struct Said {
        Stream stream;
        DeviceId author;
    };

    Said said(const StatementId& id) const {
        const auto found = endable_.find(id);
        return found == endable_.end() ? Said{} : Said{found->second.stream, found->second.author};
    }

private:
    friend class CaseViewBuilder;

    friend Result<void> may_sign(const StatementHeader&,
                                 const StatementBody&,
                                 const CaseView&,
                                 const Federation&);

    /// Who may end a statement of this case.
    struct Endable {
        enum class By : std::uint8_t { signer, author_or_unit, author, nobody };
        By by{};
        Stream stream;
        DeviceId author;
        StatementPtr said;
    };

    CaseId id_;
    const Federation* federation_ = nullptr;
    std::map<StatementId, Endable> endable_;
    CustodyFacts custody_;
    ConcernFacts concerns_;
    std::map<UnitId, DisclosingFacts> disclosing_;
    std::map<UnitId, RosterFacts> rosters_;
    std::vector<StatementId> without_effect_;
};

/// True for the kinds whose claimed time must not lie ahead of the clock of whoever accepts them:
/// they can permit more than was permitted without them, some of them (an oral consent, a guardian
/// prevented) count from it, and a wrong one would prolong them. False for those that close,
/// remove, revoke or end: a no is taken whatever its author's clock says. False for records of what
/// has happened, and for a kind not known here: they permit nothing. Pure; thread-safe.
bool opens(const StatementBody& body);

/// Why, in a line: the table of `opens` in English. Empty for a kind not known here.
std::string_view why_opens(const StatementBody& body);

/// May the author of `statement` sign it, by what this replica knows? The rules of
/// consent-rules.md ("Who may sign"). Used by `build`, by the server at acceptance, by devices
/// before they sign. Rests on what the view knows already, in the order of `authority_rank`
/// (sign_rules.hpp).
/// Errors: `not_permitted` naming the rule; `unknown_device`; `revoked_device`;
/// `invalid_argument` for what has no end and must have one.
Result<void> may_sign(const StatementHeader& header,
                      const StatementBody& body,
                      const CaseView& view,
                      const Federation& federation);

/// What the server asks before it takes a statement of a case: `may_sign`, and further what only a
/// fuller view can tell: the author is in good standing and leads the case or takes part in it, the
/// case is not opened twice, what is said is complete and does not contradict itself. A case that
/// is being opened needs none of that; a report of concern, a log reviewer's verdict and records of
/// what a device has done (purged, opened in an emergency) need no place in the case now.
/// Errors: as `may_sign`; `already_exists`; `invalid_argument`.
Result<void> may_publish(const StatementHeader& header,
                         const StatementBody& body,
                         const CaseView& view,
                         const Federation& federation);

/// Is it complete, and free of contradictions with itself? Its periods run forward and are no
/// longer than the rules let them be, nobody is named in two roles that exclude each other, what a
/// rule wants named is named. Errors: `invalid_argument` naming what is wrong.
Result<void> check_sense(const StatementHeader& header, const StatementBody& body);

/// What a consent must say before it can mean anything: parties, categories, actions, a period that
/// ends. Errors: `invalid_argument` naming everything that is missing.
Result<void> check_complete(const Consent& consent);

/// Which streams of a case a device receives: the custody stream; the disclosing streams of its own
/// units and of units that name one of those units there (as recipient, or as the one that locks);
/// the rosters of its own units, of the units whose disclosing streams these are, of units named
/// there, and those that tell that somebody may deny what is denied there. Its own are the units
/// for which it acts now and for which its user takes part in the case. Empty for a device that
/// takes no part. Of the notices those to its own units. Sorted.
std::vector<Stream> streams_for(const DeviceId& device,
                                const CaseView& view,
                                const Federation& federation,
                                Instant now);

}  // namespace samsyn
