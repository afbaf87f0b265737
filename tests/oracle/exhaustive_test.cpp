#include "tests/oracle/scene.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/world.hpp"

namespace samsyn::test {

namespace {

/// What the authors of the statements of the small world know of each other's.
enum class Knowledge { all_before, nothing, all_after };

/// A child with two guardians, social services that disclose, a school and a clinic; and eleven
/// statements of which any may have been made.
class SmallWorld {
public:
    SmallWorld() {
        const auto municipality = world_.organisation();
        lead_ = world_.staff(world_.unit(municipality, Regime::team), Role::psychologist);
        social_ = world_.staff(world_.unit(municipality, Regime::social), Role::case_officer);
        school_ = world_.staff(world_.unit(municipality, Regime::school_other), Role::principal);
        clinic_ = world_.staff(world_.unit(municipality, Regime::health), Role::clinician);
        case_ = world_.open_case(lead_);
        for (const auto& who : {social_, school_, clinic_})
            world_.add_participant(case_, lead_, who);
        std::vector<PersonId> guardians{mother_, father_};
        world_.custody(case_, lead_, child_, guardians);
        for (const auto& stream : world_.cases[case_].streams())
            for (const auto& one : world_.cases[case_].in(stream)) always_.push_back(one);
        for (const auto& one : world_.federation_log.in(World::federation_stream()))
            federation_.push_back(one);
        make_statements();
        name();
    }

    std::size_t count() const { return maybe_.size(); }

    /// The scene in which exactly the statements of `chosen` were made, and arrived backwards for
    /// every other choice.
    Scene scene(std::uint32_t chosen, Knowledge knowledge) const {
        Scene scene{.federation = federation_,
                    .of_case = always_,
                    .federation_id = world_.federation_id,
                    .id = case_,
                    .names = names_};
        std::vector<StatementPtr> made;
        for (std::size_t i = 0; i < maybe_.size(); ++i)
            if ((chosen >> i & 1U) != 0) made.push_back(with_knowledge(i, chosen, knowledge));
        if (chosen % 2 == 0) std::ranges::reverse(made);
        scene.of_case.insert(scene.of_case.end(), made.begin(), made.end());
        return scene;
    }

    std::vector<Asked> questions() const {
        std::vector<Asked> all;
        for (const auto& who : {school_, clinic_, social_})
            for (const auto sensitivity : {Sensitivity::low, Sensitivity::normal})
                all.push_back(
                    {.label = make_label({child_}, social_.unit, Category::meeting, sensitivity),
                     .request = {},
                     .requester = who.requester(),
                     .now = world_.now});
        all.push_back({.label = make_label({child_}, social_.unit, Category::health),
                       .request = {},
                       .requester = school_.requester(),
                       .now = world_.now});
        return all;
    }

private:
    void say(const Staff& author, const Stream& stream, StatementBody body) {
        maybe_.push_back(world_.sign(author.device, stream, std::move(body), {{}}));
    }

    void make_statements() {
        const auto stream = World::disclosing_stream(case_, social_.unit.unit);
        auto consent =
            world_.draft_consent(mother_, child_, social_.unit, school_.unit, {Category::meeting});
        say(social_, stream, consent);
        Closing withdrawal{
            .kind = ClosingKind::withdrawal,
            .decider = mother_,
            .subject = child_,
            .disclosing = social_.unit.unit,
            .recipient = Recipient{.unit = school_.unit.unit, .role = {}, .user = {}},
            .categories = consent.categories,
            .evidence = {}};
        say(school_, stream, withdrawal);
        auto again = consent;
        again.names = {maybe_[0]->id, maybe_[1]->id};
        std::ranges::sort(again.names);
        say(social_, stream, again);
        auto fathers = consent;
        fathers.grantor = father_;
        say(school_, stream, fathers);  // not the disclosing unit's own work
        say(social_, stream, Confirmation{.consent = maybe_[3]->id, .names = {}});
        auto no = withdrawal;
        no.kind = ClosingKind::refusal;
        no.decider = father_;
        no.disclosing = {};
        no.recipient = {};
        say(school_, World::custody_stream(case_), no);
        say(social_, stream, Confirmation{.consent = maybe_[3]->id, .names = {maybe_[5]->id}});
        say(school_,
            World::roster_stream(case_, school_.unit.unit),
            ParticipantRemoved{.user = school_.user, .unit = school_.unit.unit});
        say(lead_,
            World::roster_stream(case_, school_.unit.unit),
            ParticipantRemoved{.user = school_.user, .unit = school_.unit.unit});
        say(social_, stream, Ended{maybe_[0]->id});
        say(lead_,
            World::custody_stream(case_),
            Custody{.child = child_,
                    .guardians = {mother_},
                    .review_at = world_.now + std::chrono::days{100},
                    .adult_at = world_.now + std::chrono::days{3000}});
    }

    StatementPtr with_knowledge(std::size_t at, std::uint32_t chosen, Knowledge knowledge) const {
        auto statement = std::make_shared<Statement>(*maybe_[at]);
        const auto knows = [&](std::size_t other) {
            if ((chosen >> other & 1U) == 0) return false;
            if (maybe_[other]->header.stream != statement->header.stream) return false;
            return knowledge == Knowledge::all_before ? other < at : other > at;
        };
        if (knowledge != Knowledge::nothing)
            for (std::size_t other = 0; other < maybe_.size(); ++other)
                if (knows(other)) statement->header.previous.push_back(maybe_[other]->id);
        if (statement->header.stream.kind == StreamKind::custody &&
            knowledge == Knowledge::all_before)
            for (const auto& one : always_)
                if (one->header.stream == statement->header.stream)
                    statement->header.previous.push_back(one->id);
        std::ranges::sort(statement->header.previous);
        return statement;
    }

    void name() {
        for (const auto& [who, word] : {std::pair{lead_, "lead"},
                                        std::pair{social_, "social"},
                                        std::pair{school_, "school"},
                                        std::pair{clinic_, "clinic"}}) {
            names_[raw(who.user)] = word;
            names_[raw(who.device)] = word;
            names_[raw(who.unit.unit)] = word;
        }
        names_[raw(child_)] = "child";
        names_[raw(mother_)] = "mother";
        names_[raw(father_)] = "father";
        for (std::size_t i = 0; i < maybe_.size(); ++i)
            names_[raw(maybe_[i]->id)] = "S" + std::to_string(i);
    }

    World world_;
    PersonId child_ = world_.fresh<PersonId>();
    PersonId mother_ = world_.fresh<PersonId>();
    PersonId father_ = world_.fresh<PersonId>();
    Staff lead_, social_, school_, clinic_;
    CaseId case_;
    std::vector<StatementPtr> federation_, always_, maybe_;
    std::map<std::string, std::string> names_;
};

}  // namespace

TEST_CASE("decide: agrees with an independent reading in every case of a small world",
          "[policy][oracle]") {
    const SmallWorld small;
    const auto questions = small.questions();
    for (std::uint32_t chosen = 0; chosen < 1U << small.count(); ++chosen)
        for (const auto knowledge :
             {Knowledge::all_before, Knowledge::nothing, Knowledge::all_after}) {
            // Who knows nothing of anybody cannot name anybody; those worlds are asked all the
            // same.
            const auto scene = small.scene(chosen, knowledge);
            const auto world = read_by_oracle(scene);
            const Replica replica{scene};
            for (const auto& asked : questions) {
                const auto answer = oracle::answer(world, put_to_oracle(asked));
                if (difference(answer, replica.decide(asked)).empty()) continue;
                FAIL(in_words(
                    shrunk(scene, asked, oracle::Planted::none), asked, oracle::Planted::none));
            }
        }
}

}  // namespace samsyn::test
