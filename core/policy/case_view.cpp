#include "core/policy/case_view.hpp"

#include <algorithm>

namespace samsyn {

namespace {

template <class Body>
Signed<Body> as_signed(const Statement& statement, const Body& body) {
    return {statement.id, statement.header.author, statement.header.time, body};
}

bool same_matter(const Consent& a, const Consent& b) {
    return a.grantor == b.grantor && a.subject == b.subject && a.recipient == b.recipient &&
           a.purpose == b.purpose;
}

template <class Facts>
const Facts& facts_of(const std::map<UnitId, Facts>& all, const UnitId& unit) {
    static const Facts none;
    const auto found = all.find(unit);
    return found == all.end() ? none : found->second;
}

}  // namespace

bool RosterFacts::participates(const UserId& user, Instant now) const {
    return duty_of(user, now).has_value();
}

std::optional<Duty> RosterFacts::duty_of(const UserId& user, Instant now) const {
    std::optional<Duty> duty;
    for (const auto& addition : added) {
        const auto& body = addition.body;
        if (body.user != user || now < body.from || now >= body.until) continue;
        const bool taken_back = std::ranges::any_of(removed, [&](const auto& removal) {
            return removal.body.user == user &&
                   std::tie(removal.time, removal.id) > std::tie(addition.time, addition.id);
        });
        if (!taken_back) duty = body.duty;  // the newest one counts
    }
    return duty;
}

const DisclosingFacts& CaseView::disclosing(const UnitId& unit) const {
    return facts_of(disclosing_, unit);
}

const RosterFacts& CaseView::roster(const UnitId& unit) const {
    return facts_of(rosters_, unit);
}

std::vector<UnitId> CaseView::disclosing_units() const {
    std::vector<UnitId> units;
    units.reserve(disclosing_.size());
    for (const auto& [unit, facts] : disclosing_) units.push_back(unit);
    return units;
}

std::vector<UnitId> CaseView::roster_units() const {
    std::vector<UnitId> units;
    units.reserve(rosters_.size());
    for (const auto& [unit, facts] : rosters_) units.push_back(unit);
    return units;
}

bool CaseView::is_lead_or_team(const DeviceId& device, Instant at) const {
    if (!custody_.opened) return false;
    const auto& [model, unit, lead] = custody_.opened->body;
    if (federation_->acted_in(device, unit, at)) return true;
    const auto* team = federation_->unit(unit);
    const auto* known = federation_->user(lead);
    if (!team || !known || !federation_->is_device_of(device, lead, team->organisation))
        return false;
    return std::ranges::any_of(known->memberships, [&](const auto& membership) {
        return membership.organisation == team->organisation &&
               federation_->acted_in(device, membership.unit, at);
    });
}

bool CaseView::was_lead_or_team(const DeviceId& device) const {
    if (!custody_.opened) return false;
    const auto& [model, unit, lead] = custody_.opened->body;
    const auto* team = federation_->unit(unit);
    return federation_->ever_acted_in(device, unit) ||
           (team && federation_->is_device_of(device, lead, team->organisation));
}

/// Sorts a case's statements into facts, in the order in which their authority rests on one
/// another: who opened it, what was said, what was ended.
class CaseViewBuilder {
public:
    CaseViewBuilder(const CaseId& id, const StatementGraph& graph, const Federation& federation)
        : graph_(graph),
          federation_(federation) {
        view_.id_ = id;
        view_.federation_ = &federation;
        for (const auto& stream : graph.streams())
            if (stream.kind != StreamKind::federation && stream.case_id == id)
                for (const auto& statement : graph.in(stream)) said_.push_back(statement.get());
    }

    CaseView build() {
        find_opening();
        std::vector<const Statement*> accepted;
        for (const auto* statement : said_) {
            open_stream(statement->header.stream);
            if (std::holds_alternative<Ended>(statement->body) ||
                std::holds_alternative<Unknown>(statement->body))
                continue;
            if (!accept(*statement)) continue;
            accepted.push_back(statement);
            note_endable(*statement);
        }
        find_ended();
        for (const auto* statement : accepted)
            std::visit([&](const auto& body) { sort_in(*statement, body); }, statement->body);
        keep_current_custody();
        for (auto& [unit, facts] : view_.disclosing_) relate_consents(facts);
        heed_unknown();
        return std::move(view_);
    }

private:
    using By = CaseView::Endable::By;

    bool accept(const Statement& statement) {
        if (may_sign(statement.header, statement.body, view_, federation_)) return true;
        view_.without_effect_.push_back(statement.id);
        return false;
    }

    /// The earliest; a second opening has no effect.
    void find_opening() {
        for (const auto* statement : said_) {
            const auto* body = std::get_if<CaseOpened>(&statement->body);
            if (!body || !may_sign(statement->header, *body, view_, federation_)) continue;
            if (!view_.custody_.opened) view_.custody_.opened = as_signed(*statement, *body);
        }
    }

    void open_stream(const Stream& stream) {
        if (stream.kind == StreamKind::disclosing) view_.disclosing_[stream.unit];
        if (stream.kind == StreamKind::roster) view_.rosters_[stream.unit];
    }

    void note_endable(const Statement& statement) {
        auto by = By::lead_or_team;
        if (std::holds_alternative<Consent>(statement.body)) by = By::author_or_unit;
        if (std::holds_alternative<CaseOpened>(statement.body) ||
            std::holds_alternative<Confirmation>(statement.body))
            by = By::nobody;
        if (const auto* closing = std::get_if<Closing>(&statement.body))
            by = closing->kind == ClosingKind::block ? By::author : By::nobody;
        view_.endable_[statement.id] = {by, statement.header.stream, statement.header.author};
    }

    void find_ended() {
        for (const auto* statement : said_) {
            const auto* body = std::get_if<Ended>(&statement->body);
            if (body && accept(*statement)) ended_.insert(body->statement);
        }
    }

    bool ended(const Statement& statement) const { return ended_.contains(statement.id); }

    void sort_in(const Statement& statement, const CaseOpened&) {
        if (statement.id != view_.custody_.opened->id)
            view_.without_effect_.push_back(statement.id);
    }

    void sort_in(const Statement& statement, const CaseClosed&) {
        if (!ended(statement)) view_.custody_.closed = true;
    }

    void sort_in(const Statement& statement, const Custody& body) {
        view_.custody_.custody.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const AdultRecorded& body) {
        if (!ended(statement)) view_.custody_.adults.insert(body.person);
    }

    void sort_in(const Statement& statement, const ParticipantAdded& body) {
        if (!ended(statement))
            view_.rosters_[body.unit].added.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const ParticipantRemoved& body) {
        if (!ended(statement))
            view_.rosters_[body.unit].removed.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const Consent& body) {
        auto& facts = view_.disclosing_[body.disclosing];
        facts.consents.push_back(as_signed(statement, body));
        if (ended(statement)) facts.ended.insert(statement.id);
        const auto at = statement.header.time.instant();
        if (federation_.acted_in(statement.header.author, body.disclosing, at))
            facts.confirmed[statement.id];
    }

    void sort_in(const Statement& statement, const Confirmation& body) {
        auto& facts = view_.disclosing_[statement.header.stream.unit];
        facts.confirmations.push_back(as_signed(statement, body));
        facts.confirmed[body.consent].insert(body.names.begin(), body.names.end());
    }

    void sort_in(const Statement& statement, const Closing& body) {
        if (ended(statement)) return;
        auto& closings = body.disclosing ? view_.disclosing_[*body.disclosing].closings
                                         : view_.custody_.closings;
        closings.push_back(as_signed(statement, body));
    }

    template <class OfTheFederation>
    void sort_in(const Statement&, const OfTheFederation&) {}  // `may_sign` let none through

    /// Last, when it is known who takes part in the case: for only they are heeded.
    void heed_unknown() {
        for (const auto* statement : said_) {
            const auto& [id, header, body, signature, second] = *statement;
            if (!std::holds_alternative<Unknown>(body) || !accept(*statement)) continue;
            if (!header.restricting) continue;
            if (header.stream.kind == StreamKind::custody) view_.custody_.update_needed = true;
            if (header.stream.kind == StreamKind::disclosing)
                view_.disclosing_[header.stream.unit].update_needed = true;
            if (header.stream.kind == StreamKind::roster)
                view_.rosters_[header.stream.unit].update_needed = true;
        }
    }

    /// A statement replaces those that it knew. An ended one has replaced them all the same: ending
    /// it does not bring back the guardians of last year. One walk for each child.
    void keep_current_custody() {
        auto& all = view_.custody_.custody;
        std::map<PersonId, std::vector<StatementId>> of_child;
        for (const auto& custody : all) of_child[custody.body.child].push_back(custody.id);
        std::map<PersonId, std::set<StatementId>> known;
        for (const auto& [child, said] : of_child) known[child] = graph_.known_to(said);
        std::erase_if(all, [&](const auto& custody) {
            return ended_.contains(custody.id) || known[custody.body.child].contains(custody.id);
        });
    }

    /// A newer consent that names an older one in the same matter replaces it in the categories
    /// that both concern. Worked out once here, and not for each question: streams can be long.
    static void relate_consents(DisclosingFacts& facts) {
        std::map<StatementId, const Consent*> by_id;
        for (const auto& consent : facts.consents) by_id[consent.id] = &consent.body;
        for (const auto& newer : facts.consents) {
            for (const auto& name : newer.body.names) {
                const auto older = by_id.find(name);
                if (older == by_id.end() || !same_matter(*older->second, newer.body)) continue;
                facts.replaced[name].bits |= newer.body.categories.bits;
                if (facts.confirmed.contains(newer.id))
                    facts.lifted[name].bits |= newer.body.categories.bits;
            }
        }
    }

    const StatementGraph& graph_;
    const Federation& federation_;
    std::vector<const Statement*> said_;
    std::set<StatementId> ended_;
    CaseView view_;
};

CaseView CaseView::build(const CaseId& id,
                         const StatementGraph& graph,
                         const Federation& federation) {
    return CaseViewBuilder{id, graph, federation}.build();
}

std::vector<Stream> streams_for(const DeviceId& device,
                                const CaseView& view,
                                const Federation& federation,
                                Instant now) {
    const auto user = federation.user_of(device);
    std::set<UnitId> own;
    for (const auto& unit : view.roster_units())
        if (view.roster(unit).participates(user, now) && federation.acts_in(device, unit, now))
            own.insert(unit);
    if (own.empty()) return {};

    std::set<UnitId> disclosing = own;
    std::set<UnitId> rosters = own;
    for (const auto& unit : view.disclosing_units()) {
        const auto& consents = view.disclosing(unit).consents;
        const auto names_own = [&](const auto& consent) {
            return own.contains(consent.body.recipient.unit);
        };
        if (!own.contains(unit) && std::ranges::none_of(consents, names_own)) continue;
        disclosing.insert(unit);
        rosters.insert(unit);  // whoever writes under its label seals for its participants too
        for (const auto& consent : consents) rosters.insert(consent.body.recipient.unit);
    }

    std::vector<Stream> streams{{StreamKind::custody, view.id(), {}}};
    for (const auto& unit : disclosing)
        streams.push_back({StreamKind::disclosing, view.id(), unit});
    for (const auto& unit : rosters) streams.push_back({StreamKind::roster, view.id(), unit});
    for (const auto& unit : own) streams.push_back({StreamKind::notice, view.id(), unit});
    return streams;
}

}  // namespace samsyn
