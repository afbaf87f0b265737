#pragma once

#include "tests/oracle/random_scene.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/world.hpp"

namespace samsyn::test {

/// Makes one random scene, statement by statement. Private to random_scene.
class SceneMaker {
public:
    explicit SceneMaker(std::uint64_t seed) : dice_(seed) {}

    RandomScene make(std::size_t questions);

private:
    using Step = void (SceneMaker::*)();

    // The federation and the case that is talked of.
    void found();
    void add_staff();
    void break_members();
    void leave_and_come_back();
    void add_further_tablet();
    void lose_a_tablet();
    void open();
    void name_people();

    // One more statement of a kind. case_statements.cpp
    void say_participant();
    void say_removal();
    void say_custody();
    void say_adult();
    void say_consent();
    void say_consent_again();
    void say_consents_of_both();
    void say_confirmation();
    void say_closing();
    void say_ended();
    void say_case_closed();
    void say_unknown();

    // Several that belong together. stories.cpp
    void say_story();
    void tell_of_old_consent(Consent consent);
    void tell_of_narrow_consent(Consent consent);
    void tell_of_decision(Consent consent);
    void tell_of_block(Consent consent);
    void tell_of_circle(Consent consent);

    // Those that secrecy needs. secrecy_kinds.cpp
    void say_age();
    void say_maturity();
    void say_suspended();
    void say_representative();
    void say_prevented();
    void say_decision_in_place();
    void say_mandate();
    void say_mark();
    void say_audience();
    void say_lock();
    void say_override();
    void say_verdict();
    void say_answer();
    void say_guest();
    void say_acknowledged();
    void say_weeded();

    Asked ask();
    void aim(Asked& asked);

    StatementPtr sign(const DeviceId& author, const Stream& stream, StatementBody body);
    /// By an author who knows every head of the stream.
    StatementPtr sign_knowing(const DeviceId& author, const Stream& stream, StatementBody body);
    std::vector<StatementId> some_knowledge(const Stream& stream);

    template <class List>
    const auto& any(const List& list) {
        return list[dice_.below(list.size())];
    }

    Instant some_time();
    Instant some_end();
    void move_clock();

    Staff some_staff() { return any(staff_); }

    /// Mostly the lead.
    Staff some_lead();
    Staff some_of(const UnitRef& unit);

    UnitRef some_unit() { return any(units_); }

    UnitRef some_disclosing();

    PersonId some_person() { return any(people_); }

    PersonId some_child();
    PersonId some_guardian();
    Categories some_categories();
    static Categories every_category();
    Recipient some_recipient();
    std::vector<UserId> some_users();
    std::vector<StatementId> some_names();
    Consent draft();
    Purpose some_purpose();
    std::uint16_t some_statute();

    template <class Body>
    std::vector<StatementPtr> said() {
        std::vector<StatementPtr> all;
        for (const auto& one : of_case_)
            if (std::holds_alternative<Body>(one->body)) all.push_back(one);
        return all;
    }

    Dice dice_;
    World world_;
    Instant base_ = world_.now;
    CaseId id_;
    std::vector<UnitRef> units_;
    std::vector<Staff> staff_;
    std::vector<PersonId> people_;  ///< two children, then adults
    std::vector<AudienceId> circles_;
    std::vector<Hash> decisions_;
    std::vector<StatementPtr> of_case_;
    std::map<std::string, std::string> names_;
};

}  // namespace samsyn::test
