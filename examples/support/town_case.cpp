#include "examples/support/town.hpp"

#include <utility>

namespace story {

void Town::consent_of(const std::string& guardian) {
    (void)psychologist_->run({"consent",
                              "record",
                              case_,
                              "--grantor",
                              guardian,
                              "--about",
                              family_.child,
                              "--from",
                              team,
                              "--from",
                              school,
                              "--from",
                              social,
                              "--from",
                              clinic,
                              "--to",
                              team,
                              "--to",
                              school,
                              "--to",
                              social,
                              "--to",
                              clinic,
                              "--category",
                              "plan",
                              "--category",
                              "parenting",
                              "--category",
                              "contact",
                              "--category",
                              "meeting",
                              "--category",
                              "attendance",
                              "--category",
                              "social",
                              "--category",
                              "health",
                              "--action",
                              "read",
                              "--action",
                              "contribute",
                              "--action",
                              "show_in_meeting",
                              "--action",
                              "keep_offline",
                              "--until",
                              "2027-06-30",
                              "--form",
                              "written",
                              "--evidence",
                              guardian + " skrev under vid mötet hemma."});
}

void Town::confirm_pending(const Tablet& tablet) const {
    const json pending = tablet.run({"consent", "pending", case_}).at("to_confirm");
    for (const json& one : pending) (void)tablet.run({"consent", "confirm", case_, one.at("id")});
}

void Town::write_for_the_units() {
    (void)psychologist_->run({"plan",
                              "add",
                              case_,
                              "--about",
                              family_.child,
                              "--goal",
                              family_.goal,
                              "--need",
                              "Lugna morgnar"});
    (void)psychologist_->run({"note",
                              "add",
                              case_,
                              "--about",
                              family_.mother,
                              "--text",
                              family_.mother + " vill ha stöd av farmor."});
    (void)counsellor_->run({"observation",
                            "add",
                            case_,
                            "--about",
                            family_.child,
                            "--category",
                            "attendance",
                            "--text",
                            family_.attendance});
    (void)officer_->run({"observation",
                         "add",
                         case_,
                         "--about",
                         family_.child,
                         "--category",
                         "social",
                         "--text",
                         family_.social});
    (void)psychiatrist_->run({"observation",
                              "add",
                              case_,
                              "--about",
                              family_.child,
                              "--category",
                              "health",
                              "--text",
                              family_.health});
}

void Town::open_case() {
    chapter(2, "The team opens a case; first one guardian consents, then both");
    case_ = psychologist_->run({"case", "open", "Familjen " + family_.surname}).at("case").at("id");
    for (const std::string& person :
         {family_.child, family_.sibling, family_.mother, family_.father})
        (void)psychologist_->run({"person", "add", case_, person});
    for (const std::string& child : {family_.child, family_.sibling})
        (void)psychologist_->run({"custody",
                                  case_,
                                  "--child",
                                  child,
                                  "--guardian",
                                  family_.mother,
                                  "--guardian",
                                  family_.father,
                                  "--born",
                                  family_.birth_date});
    for (const auto& tablet : everybody_)
        if (tablet.get() != psychologist_)
            (void)psychologist_->run({"participant", "add", case_, tablet->person()});
    tell("Familjen " + family_.surname + ": " + family_.child + " and " + family_.sibling +
         ", in the custody of " + family_.mother + " and " + family_.father + ".");
    psychologist_->sync();
    sync_all();

    const json persons = psychologist_->run({"case", "show", case_}).at("persons");
    for (const json& person :
         persons)  // the units know the child already; here by its id in the case
        if (person.at("name") == family_.child)
            tell("The units write what is theirs about " + family_.child + ".");
    std::string child_id;
    for (const json& person : persons)
        if (person.at("name") == family_.child) child_id = person.at("id");
    const std::string child_name = std::exchange(family_.child, child_id);
    write_for_the_units();
    family_.child = child_name;
    sync_all();

    consent_of(family_.mother);
    tell(family_.mother + " consents; " + family_.father + " has not been asked yet.");
    psychologist_->sync();
    sync_all();
    for (const auto& tablet : everybody_) confirm_pending(*tablet);
    sync_all();
    sync_all();
    table();
    for (const Tablet* outside : {counsellor_, psychiatrist_}) {
        expect(items_of(*outside, team) == 0, outside->person() + " reads nothing of the team");
        const json readers = outside->run({"readers", case_});
        bool told = false;
        for (const json& row : readers.at("compartments"))
            told = told || row.dump().find("consent_missing") != std::string::npos;
        tell(outside->person() + " reads nothing of the others" +
             (told ? ", and is told that a consent is missing." : "."));
    }

    consent_of(family_.father);
    tell(family_.father + " consents too; each disclosing unit confirms with one tap.");
    psychologist_->sync();
    sync_all();
    for (const auto& tablet : everybody_) confirm_pending(*tablet);
    for (int round = 0; round < 3; ++round) sync_all();
    table();
    expect(items_of(*counsellor_, team) > 0 && items_of(*psychiatrist_, team) > 0,
           "school and region read the team's plan");
    expect(items_of(*psychologist_, school) > 0 && items_of(*psychologist_, clinic) > 0,
           "the team reads school and region");
}

std::size_t Town::items_of(const Tablet& tablet, const std::string& unit) const {
    std::size_t count = 0;
    for (const auto& [compartment, items] : opened(tablet, case_))
        if (compartment.starts_with(unit)) count += items;
    return count;
}

}  // namespace story
