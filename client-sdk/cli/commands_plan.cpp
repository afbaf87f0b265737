#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

std::string goal_text(const Session& session, const json& goal) {
    std::string text = text_in(goal, "goal");
    if (const std::string also = names_in(goal, "also_about"); !also.empty())
        text += session.say(" (also about ", " (gäller även ") + also + ")";
    return text;
}

std::string date_text(const Session& session, const json& goal) {
    return text_in(goal, "follow_up") +
           (goal.value("overdue", false) ? session.say(" OVERDUE", " FÖRSENAD") : std::string{});
}

void print_member(const Session& session, const json& member) {
    print(escaped(text_in(member, "name")) + "\n");
    const json goals = member.value("goals", json::array());
    if (goals.empty()) return print(session.say("  No goals.\n", "  Inga mål.\n"));
    Table table{{"  id",
                 session.say("need", "behov"),
                 session.say("goal", "mål"),
                 session.say("action", "insats"),
                 session.say("responsible", "ansvarig"),
                 session.say("follow-up", "uppföljning"),
                 session.say("state", "läge"),
                 session.say("unit", "enhet")}};
    for (const json& goal : goals)
        table.add({"  " + short_id(text_in(goal, "id")),
                   text_in(goal, "need"),
                   goal_text(session, goal),
                   text_in(goal, "action"),
                   name_in(goal, "responsible"),
                   date_text(session, goal),
                   local_in(session, goal["state"], "title"),
                   name_in(goal, "unit")});
    print(table.to_string());
}

void print_plan(const Session& session, const json& result) {
    for (const json& member : result["members"]) print_member(session, member);
}

}  // namespace

void add_plan_show_command(CLI::App& plan, Session& session) {
    Command{plan,
            session,
            "show",
            "Shows each member's goals, side by side; what is followed up first on top.",
            "samsyn plan show \"Familjen Alm\""}
        .of_case()
        .asks("plan.show", &print_plan);
}

}  // namespace samsyn
