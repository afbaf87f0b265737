// Scenarios of consent-rules.md that are about delivery, once through real processes.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn::test;
using story::json;
using story::Tablet;

namespace {

/// A family with two guardians; the team wrote a goal, and the school takes part in the case.
struct Family {
    explicit Family(const std::string& name)
        : lead(RealWorld::only().enrol("Ledare " + name)),
          school(RealWorld::only().enrol("Kurator " + name, "school_counsellor", "Skolan")) {
        lead->sync();  // whoever was enrolled since is known
        id = lead->run({"case", "open", "Familjen " + name}).at("case").at("id");
        for (const std::string& person : {child, mother, father})
            (void)lead->run({"person", "add", id, person});
        (void)lead->run({"custody",
                         id,
                         "--child",
                         child,
                         "--guardian",
                         mother,
                         "--guardian",
                         father,
                         "--born",
                         "2018-03-05"});
        (void)lead->run({"participant", "add", id, school->person()});
        (void)lead->run({"plan", "add", id, "--about", child, "--goal", "Sova hela natten"});
        both_sync();
    }

    void both_sync() const {
        for (int round = 0; round < 2; ++round) {
            lead->sync();
            school->sync();
        }
    }

    void consent_of(const std::string& guardian) const {
        (void)lead->run({"consent",
                         "record",
                         id,
                         "--by",
                         guardian,
                         "--about",
                         child,
                         "--from",
                         "Teamet",
                         "--to",
                         "Skolan",
                         "--category",
                         "plan",
                         "--action",
                         "read",
                         "--action",
                         "contribute",
                         "--until",
                         "2027-06-30"});
    }

    void withdraw() const {
        (void)lead->run({"consent",
                         "withdraw",
                         id,
                         "--by",
                         mother,
                         "--about",
                         child,
                         "--from",
                         "Teamet",
                         "--to",
                         "Skolan"});
    }

    /// What a tablet opens of the plan.
    static std::vector<json> goals(const Tablet& tablet, const std::string& case_id) {
        std::vector<json> goals;
        const json listed = tablet.run({"list", case_id});
        for (const json& item : listed.at("items"))
            if (item.at("type") == "plan_goal") goals.push_back(item);
        return goals;
    }

    json answer_about_school() const {
        const json why = lead->run({"why", id, "--who", school->person(), "--category", "plan"});
        return why.at("compartments").at(0).at("answers").at(0);
    }

    std::string id;
    std::string child = "Tuva Prov";
    std::string mother = "Sol Prov";
    std::string father = "Per Prov";
    std::unique_ptr<Tablet> lead;
    std::unique_ptr<Tablet> school;
};

}  // namespace

TEST_CASE("C-01 by real processes: one guardian of two opens nothing, and who is missing is named",
          "[agent][real][consent]") {
    const Family family{"Ett"};
    family.consent_of(family.mother);
    family.both_sync();
    CHECK(Family::goals(*family.school, family.id).empty());
    const json before = family.answer_about_school();
    CHECK(before.at("decision").at("outcome") == "needs");
    REQUIRE(before.at("to_obtain").size() == 1);
    CHECK(before.at("to_obtain").at(0).at("from").at("name") == family.father);

    family.consent_of(family.father);
    family.both_sync();
    CHECK(Family::goals(*family.school, family.id).size() == 1);
    const json after = family.answer_about_school();
    CHECK(after.at("decision").at("outcome") == "permit");
    CHECK(after.at("by").size() == 2);
}

TEST_CASE(
    "C-22, C-23 by real processes: a withdrawal reaches a tablet that was offline, with "
    "a receipt, and its unsent work goes to escrow",
    "[agent][real][consent]") {
    const Family family{"Två"};
    family.consent_of(family.mother);
    family.consent_of(family.father);
    family.both_sync();
    const auto goals = Family::goals(*family.school, family.id);
    REQUIRE(goals.size() == 1);
    const std::string goal = goals.front().at("id");

    (void)family.school->run({"set", goal, "action=Fast läggdags, säger skolan"});  // offline
    family.withdraw();
    family.lead->sync();
    CHECK(family.lead->run({"unconfirmed", family.id}).at("unconfirmed").size() == 1);
    CHECK(family.lead->run({"access", family.id}).at("unconfirmed") == 1);

    family.school->sync();
    CHECK(Family::goals(*family.school, family.id).empty());
    CHECK(family.school->refused({"open", goal}).contains("code"));

    family.lead->sync();
    CHECK(family.lead->run({"unconfirmed", family.id}).at("unconfirmed").empty());
    CHECK(family.lead->run({"access", family.id}).at("unconfirmed") == 0);
    const json escrow = family.lead->run({"escrow", "list"}).at("escrow");
    REQUIRE(escrow.size() == 1);
    const json shown = family.lead->run({"escrow", "show", "1"});
    CHECK(shown.dump().find("Fast läggdags") != std::string::npos);

    (void)family.lead->run({"escrow", "release", "1"});
    CHECK(family.lead->run({"list", family.id}).dump().find("Fast läggdags") != std::string::npos);
}

TEST_CASE(
    "C-17 by real processes: a page shrinks before somebody is admitted, grows when they have "
    "left, and ends with the lock",
    "[agent][real][consent][show]") {
    const Family family{"Tre"};
    const Tablet& lead = *family.lead;
    const auto has_goal = [](const json& shown) {
        return shown.dump().find("Sova hela natten") != std::string::npos;
    };
    CHECK(has_goal(lead.run({"show", family.id})));
    CHECK(has_goal(lead.run({"show", "arrive", family.school->person()})));  // told, not shown
    CHECK_FALSE(has_goal(lead.run({"show", "page"})));
    CHECK(has_goal(lead.run({"show", "wait"})));

    (void)lead.run({"show", "arrive", family.school->person()});
    CHECK_FALSE(has_goal(lead.run({"show", "admit"})));
    CHECK(lead.run({"show", "status"}).at("present").size() == 1);
    CHECK_FALSE(has_goal(lead.run({"show", "page"})));
    (void)lead.run({"show", "leave", family.school->person()});
    CHECK(has_goal(lead.run({"show", "page"})));

    lead.lock();
    (void)lead.unlock_by_pin();
    CHECK(lead.refused({"show", "page"}).at("code") == "not_found");
}
