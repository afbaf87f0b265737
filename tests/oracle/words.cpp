#include "core/wire/statement_codec.hpp"
#include "tests/oracle/scene.hpp"

#include <sstream>

namespace samsyn::test {

namespace {

/// Says things of a scene by the names that its maker gave them.
class Teller {
public:
    Teller(const Scene& scene, const Asked& asked) : scene_(scene), now_(asked.now) {}

    std::string id(const oracle::Id& id) const {
        const auto found = scene_.names.find(id);
        if (found != scene_.names.end()) return found->second;
        return id.empty() ? "nobody" : "#" + to_hex(as_bytes(id)).substr(0, 6);
    }

    std::string ids(const std::vector<oracle::Id>& all) const {
        std::string text;
        for (const auto& one : all) text += (text.empty() ? "" : ", ") + id(one);
        return "[" + text + "]";
    }

    std::string to(const oracle::Recipient& recipient) const {
        std::string text = id(recipient.unit);
        if (recipient.role) text += " role " + std::to_string(*recipient.role);
        if (recipient.user) text += " user " + id(*recipient.user);
        return text;
    }

    /// In hours from the question's now.
    std::string at(oracle::Time time) const {
        if (time == oracle::for_ever) return "for ever";
        const auto ahead = time - now_.time_since_epoch().count();
        return "now" + std::string{ahead < 0 ? "-" : "+"} +
               std::to_string(static_cast<double>(std::abs(ahead)) / 3'600'000.0) + "h";
    }

    std::string span(oracle::Time from, oracle::Time until) const {
        return " from " + at(from) + " until " + at(until);
    }

    static std::string bits(oracle::Bits bits) {
        std::string text;
        for (int i = 0; i < 64; ++i)
            if (oracle::has(bits, i)) text += (text.empty() ? "" : ",") + std::to_string(i);
        return " {" + text + "}";
    }

    std::string operator()(const oracle::Consent& body) const {
        return id(body.grantor) + " about " + id(body.subject) + " from " + id(body.disclosing) +
               " to " + to(body.recipient) + " categories" + bits(body.categories) + " reserved" +
               bits(body.reserved) + " purpose " + std::to_string(body.purpose) + " actions" +
               bits(body.actions) + span(body.not_before, body.not_after) + " form " +
               std::to_string(body.form) + " names " + ids(body.names);
    }

    std::string operator()(const oracle::Closing& body) const {
        return "kind " + std::to_string(body.kind) + " by " + id(body.decider) + " about " +
               id(body.subject) + " from " +
               (body.disclosing ? id(*body.disclosing) : std::string{"every unit"}) + " to " +
               (body.recipient ? to(*body.recipient) : std::string{"everybody"}) + " categories" +
               bits(body.categories);
    }

    std::string operator()(const oracle::Confirmation& body) const {
        return id(body.consent) + " names " + ids(body.names);
    }

    std::string operator()(const oracle::Custody& body) const {
        return id(body.child) + " by " + ids(body.guardians) + " review " + at(body.review_at) +
               " adult " + at(body.adult_at);
    }

    std::string operator()(const oracle::Adult& body) const { return id(body.person); }

    std::string operator()(const oracle::Ended& body) const { return id(body.statement); }

    std::string operator()(const oracle::Participant& body) const {
        return id(body.user) + " of " + id(body.unit) + " duty " + std::to_string(body.duty) +
               span(body.from, body.until);
    }

    std::string operator()(const oracle::Removed& body) const {
        return id(body.user) + " of " + id(body.unit);
    }

    std::string operator()(const oracle::Member& body) const {
        return id(body.user) + " in " + id(body.unit) + " role " + std::to_string(body.role) +
               span(body.from, body.until);
    }

    std::string operator()(const oracle::Maturity& body) const {
        return id(body.child) + bits(body.categories) + (body.alone ? " alone" : " together") +
               span(body.from, body.until);
    }

    std::string operator()(const oracle::Age& body) const {
        return id(body.child) + " is " + std::to_string(body.years);
    }

    std::string operator()(const oracle::Suspended& body) const {
        return id(body.guardian) + " of " + id(body.child) + " instead " +
               (body.instead ? id(*body.instead) : std::string{"nobody"}) +
               span(body.from, body.until);
    }

    std::string operator()(const oracle::Representative& body) const {
        return id(body.representative) + " for " + id(body.adult) + bits(body.categories) +
               span(body.from, body.until);
    }

    std::string operator()(const oracle::Prevented& body) const {
        return id(body.guardian) + " of " + id(body.child) +
               (body.manifestly_required ? " manifestly required" : "") + " until " +
               at(body.until);
    }

    std::string operator()(const oracle::InPlace& body) const {
        return id(body.guardian) + " of " + id(body.child) + " measure " +
               std::to_string(body.measure) + " at " + id(body.unit) + " decision " +
               id(body.decision) + " until " + at(body.until) + (body.stayed ? " STAYED" : "");
    }

    std::string operator()(const oracle::Mandate& body) const {
        return id(body.agent) + " for " + id(body.principal) + " regimes" + bits(body.regimes) +
               " categories" + bits(body.categories) + span(body.from, body.until);
    }

    std::string operator()(const oracle::Mark& body) const {
        return "kind " + std::to_string(body.kind) + " on " + id(body.person) + " readers " +
               ids(body.users);
    }

    std::string operator()(const oracle::Audience& body) const {
        return id(body.id) + " users " + ids(body.users);
    }

    std::string operator()(const oracle::Lock& body) const {
        return id(body.id) + " by " + id(body.unit) + " users " + ids(body.users);
    }

    std::string operator()(const oracle::Override& body) const {
        return "statute " + std::to_string(body.statute) + " about " + id(body.subject) +
               " categories" + bits(body.categories) + " selection " +
               (body.selection ? id(*body.selection) : std::string{"none"}) + " to " +
               to(body.recipient) + span(body.from, body.until) + " pierced " + ids(body.pierced);
    }

    std::string operator()(const oracle::Verdict& body) const {
        return (body.approved ? "yes to " : "no to ") + id(body.statement);
    }

    std::string operator()(const oracle::ToInvestigation& body) const {
        return "statute " + std::to_string(body.statute) + " about " + id(body.subject) +
               " categories" + bits(body.categories) + " selection " + id(body.selection) + " to " +
               to(body.recipient) + " until " + at(body.until);
    }

    std::string operator()(const oracle::Guest& body) const {
        return id(body.guest) + " in " + id(body.consent);
    }

    std::string operator()(const oracle::Acknowledged& body) const {
        return id(body.user) + " of " + id(body.unit);
    }

    template <class Other>
    std::string operator()(const Other&) const {
        return {};
    }

private:
    const Scene& scene_;
    Instant now_;
};

std::string joined(const std::set<std::string>& all) {
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : " ") + one;
    return text;
}

void tell(std::ostream& out,
          const Teller& teller,
          const std::vector<oracle::Said>& read,
          const std::vector<StatementPtr>& all) {
    for (std::size_t i = 0; i < read.size(); ++i) {
        const auto& said = read[i];
        out << "  " << teller.id(said.id) << ": " << kind_name(all[i]->body) << " "
            << std::visit(teller, said.body) << "\n      by " << teller.id(said.author) << " at "
            << teller.at(said.time) << " stream " << said.stream << " " << teller.id(said.of_unit)
            << " knows " << teller.ids(said.previous) << (said.restricting ? " RESTRICTING" : "")
            << "\n";
    }
}

}  // namespace

std::string in_words(const Scene& scene, const Asked& asked, oracle::Planted planted) {
    static constexpr std::array outcomes{"deny", "needs", "permit"};
    auto world = read_by_oracle(scene);
    world.planted = planted;
    const auto question = put_to_oracle(asked);
    const auto answer = oracle::answer(world, question);
    const auto decision = Replica{scene}.decide(asked);
    const Teller teller{scene, asked};

    std::ostringstream out;
    out << difference(answer, decision) << "\n";
    out << "  (and the federation: units, users, devices)\n";
    tell(out, teller, world.of_case, scene.of_case);
    out << "question: " << teller.id(question.user) << " asks for action " << question.action
        << " purpose " << question.purpose
        << (question.statute ? " statute " + std::to_string(*question.statute) : "")
        << (question.shared_editing_type ? " shared" : "") << " on label about "
        << teller.ids(question.label.subjects) << " from " << teller.id(question.label.unit)
        << " category " << question.label.category << " sensitivity " << question.label.sensitivity;
    if (question.label.closed) out << " closed " << teller.id(*question.label.closed);
    if (question.viewer)
        out << " viewer " << question.viewer->kind << " " << teller.id(question.viewer->person);
    out << "\noracle: " << outcomes[static_cast<std::size_t>(answer.outcome)] << "("
        << joined(answer.reasons) << (answer.is_vague ? ", vague" : "") << ") missing";
    for (const auto& [from, subject] : answer.missing)
        out << " " << teller.id(from) << " about " << teller.id(subject);
    out << "\ndecide: " << outcomes[static_cast<std::size_t>(decision.outcome)] << "(";
    for (const auto reason : decision.reasons) out << " " << key_of(reason);
    out << " ) missing";
    const auto id = [&](const PersonId& person) {
        return person.is_none() ? std::string{"nobody"} : teller.id(raw(person));
    };
    for (const auto& one : decision.missing)
        out << " " << id(one.from) << " about " << id(one.subject);
    out << "\n";
    return out.str();
}

}  // namespace samsyn::test
