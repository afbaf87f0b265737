#include "examples/01_home_visit/day.hpp"

namespace story {

/// In the car, without a network: locked by hand, then the battery dies.
void Day::lock_and_unlock() {
    const int unsent = psychologist_->status().at("unsent_changes").get<int>();
    psychologist_->lock();
    const json lock = psychologist_->status().at("lock");
    expect(lock.at("state") == "locked" && !lock.contains("child_pid"), "the tablet is locked");
    expect(psychologist_->refused({"list", case_}).at("code") == "locked", "and reads nothing");
    (void)psychologist_->unlock_by_pin();
    expect(psychologist_->status().at("unsent_changes") == unsent, "her work is still there");
    tell("She locks the tablet and unlocks it with her PIN, still without a network.");

    psychologist_->power_off();
    const json error = psychologist_->pin_refused();
    expect(error.at("code") != "not_authentic", "the PIN was not even tried");
    tell("The battery dies. samsyn unlock: " + error.at("message").get<std::string>() + ".");
    (void)psychologist_->unlock_by_phrase();
    expect(psychologist_->status().at("unsent_changes") == unsent, "her work is still there");
    tell("The phrase on her paper opens it, without a network; her " + std::to_string(unsent) +
         " unsent changes are there.");
}

void Day::home_visit() {
    chapter(3, "The psychologist's tablet loses the network; she visits the family");
    relay_->cut();
    const json error = psychologist_->refused({"sync"});
    tell("samsyn sync: " + error.value("message", std::string{}) + ". " +
         error.value("hint", std::string{}));
    const json plan = psychologist_->run({"list", case_}).at("items");
    for (const json& item : plan)
        if (item.at("type") == "plan_goal") goal_ = item.at("id");
    expect(!goal_.empty(), "the plan can be read offline");
    tell(
        "She reads the plan offline, writes a visit note, promises something, and changes two "
        "fields of the goal.");
    (void)psychologist_->run(
        {"note", "add", case_, "--about", family_.child, "--text", family_.visit_note});
    (void)psychologist_->run({"commitment",
                              "add",
                              case_,
                              "--about",
                              family_.child,
                              "--what",
                              family_.commitment,
                              "--owner",
                              psychologist_->person(),
                              "--due",
                              "2026-12-15"});
    (void)psychologist_->run(
        {"set", goal_, "goal=" + family_.goal_home, "action=Gemensam morgonrutin"});
    const json status = psychologist_->run({"status"});
    tell("samsyn status: " + std::to_string(status.at("unsent_changes").get<int>()) +
         " changes wait to be sent, since " + status.at("unsent_since").get<std::string>() + ".");

    lock_and_unlock();

    tell("Meanwhile in the office the social worker changes one of the same fields.");
    (void)social_worker_->run({"set", goal_, "goal=" + family_.goal_office});
}

void Day::settle() {
    chapter(4, "The network is back: both sides converge, one conflict is shown and settled");
    relay_->mend();
    psychologist_->power_off();
    (void)psychologist_->unlock_by_pin();
    tell("The tablet was off again; with a network the PIN opens it, by the server's share.");
    social_worker_->sync();
    psychologist_->sync();
    social_worker_->sync();
    const json conflicts = social_worker_->run({"conflicts"}).at("items");
    expect(conflicts.size() == 1, "exactly one conflict");
    for (const json& field : conflicts.at(0).at("fields")) {
        if (!field.at("conflict")) continue;
        tell("samsyn conflicts: \"" + field.at("title").get<std::string>() + "\" has " +
             std::to_string(field.at("values").size()) + " values:");
        for (const json& value : field.at("values"))
            tell("    " + value.at("shown").get<std::string>() + "  (" +
                 value.at("writer").value("name", std::string{}) + ", " +
                 value.at("written_at").get<std::string>() + ")");
        expect(field.at("values").size() == 2, "both values are kept");
    }
    (void)social_worker_->run({"settle", goal_, "goal", "--keep", "1"});
    tell(social_worker_->person() + " keeps the first; it is settled once, for everybody.");
    for (int round = 0; round < 2; ++round) sync_all();
    expect(psychologist_->run({"conflicts"}).at("items").empty(),
           "the conflict is settled everywhere");
    table();
}

void Day::withdraw() {
    chapter(5, "The guardians withdraw the consent for the region");
    const std::size_t before = items_of(*psychiatrist_, clinic);
    for (const std::string& guardian : {family_.mother, family_.father})
        (void)psychologist_->run({"consent",
                                  "withdraw",
                                  case_,
                                  "--decider",
                                  guardian,
                                  "--about",
                                  family_.child,
                                  "--from",
                                  team,
                                  "--from",
                                  school,
                                  "--from",
                                  social,
                                  "--to",
                                  clinic});
    psychologist_->sync();
    (void)psychologist_->run({"set", goal_, "action=Skolskjuts från januari"});
    for (int round = 0; round < 2; ++round) sync_all();
    table();
    expect(items_of(*psychiatrist_, team) == 0 && items_of(*psychiatrist_, school) == 0,
           "the psychiatrist's tablet has lost what the consent covered");
    expect(items_of(*psychiatrist_, clinic) == before, "and nothing else");
    expect(items_of(*counsellor_, team) > 0, "the school goes on");
    tell(
        "The psychiatrist's tablet has lost exactly that. A new key began with the withdrawal; "
        "nobody waited for an administrator.");
}

}  // namespace story
