#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/item_views.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

/// What somebody wrote in it afterwards, without knowing.
void print_late(const Session& session, const json& late) {
    print(session.say("  written too late by ", "  skrivet för sent av ") +
          escaped(name_in(late, "user")) + ", " + local_time_in(late, "at") +
          session.say(" (samsyn drop ", " (samsyn drop ") + text_in(late, "number") +
          " --late):\n");
    for (const json& text : late.value("texts", json::array()))
        print("    " + escaped(text_in(text, "field")) + ": " + escaped(text_in(text, "text")) +
              "\n");
}

/// Who may have read it, who has, and where it is gone.
void print_recall(const Session& session, const json& one) {
    print(local_time_in(one, "at") + "  " + escaped(local_in(session, one, "type_title")) + " " +
          short_id(text_in(one, "item")) + session.say(", taken back by ", ", togs tillbaka av ") +
          escaped(name_in(one, "by")) + ": " + escaped(local_in(session, one, "reason_title")) +
          (one.value("unsent", false) ? session.say(" (not sent yet)", " (inte skickat än)")
                                      : std::string{}) +
          "\n");
    print(session.say("  may read here now: ", "  får läsa här nu: ") +
          escaped(names_in(one, "readers")) + session.say(", devices: ", ", enheter: ") +
          text_in(one, "devices") + "\n");
    if (const std::string opened = names_in(one, "opened"); !opened.empty())
        print(session.say("  opened, or saw it in a list: ",
                          "  öppnade den, eller såg den i en lista: ") +
              escaped(opened) + "\n");
    std::string gone;
    for (const json& each : one.value("removed", json::array()))
        gone.append(gone.empty() ? "" : ", ")
            .append(name_in(each, "user"))
            .append(" ")
            .append(short_id(text_in(each, "device")));
    if (!gone.empty())
        print(session.say("  confirmed gone: ", "  bekräftat borta: ") + escaped(gone) + "\n");
    for (const json& late : one.value("late", json::array())) print_late(session, late);
}

void print_recalled(const Session& session, const json& result) {
    for (const json& one : result["recalled"]) print_recall(session, one);
    if (result["recalled"].empty()) {
        print(session.say("Nothing was taken back.\n", "Inget är återtaget.\n"));
        return;
    }
    print(session.say("A device that has it and is not named removes it when it next connects.\n",
                      "En enhet som har posten och inte nämns här raderar den nästa gång "
                      "enheten ansluter.\n"));
    if (!result.value("log_asked", false) || !result.value("log_complete", false))
        print(
            session.say("The server's log has not answered: more people may have opened it, and "
                        "it may be gone from more devices.\n",
                        "Serverns logg har inte svarat: fler kan ha öppnat den, och den kan vara "
                        "borta från fler enheter.\n"));
}

/// What a person must know at once: whom to talk to, since nobody forgets for it.
void print_taken_back(const Session& session, const json& result) {
    const json& one = result["recalled"];
    print_recall(session, one);
    print(
        session.say("It is gone here, and goes from the others' devices as they connect. Who has "
                    "read it: samsyn recalls CASE\n",
                    "Posten är borta här och försvinner från de andras enheter när de ansluter. "
                    "Vilka som har läst den: samsyn recalls ÄRENDE\n"));
    std::string staying;
    for (const json& item : result.value("staying", json::array()))
        staying.append(staying.empty() ? "" : ", ")
            .append(local_in(session, item, "type_title"))
            .append(" ")
            .append(short_id(text_in(item, "item")));
    if (!staying.empty())
        print(session.say("It belonged together with these, which stay where they are: ",
                          "Posten hörde ihop med dessa, som står kvar: ") +
              escaped(staying) + "\n");
}

/// The paragraphs with their numbers; or the two notes, each with who reads it.
void print_split(const Session& session, const json& result) {
    if (result.contains("paragraphs")) {
        std::size_t number = 0;
        for (const json& paragraph : result["paragraphs"])
            print(std::to_string(++number) + ") " + escaped(paragraph.get<std::string>()) + "\n");
        print(session.say("Say which go into a note of their own, of what stands here: ",
                          "Ange vilka som blir en egen anteckning, av det som står här: ") +
              "--take 2 --category health --code " +
              text_in(result, "content").substr(0, code_letters) + "\n");
        return;
    }
    print_written(session, result["rest"]);
    print_written(session, result["part"]);
    print_taken_back(session, result);
}

/// The code that was shown stands for all that was shown.
int split_note(const Session& session, json args) {
    if (!args.contains("take")) return perform(session, "note.split", args, &print_split);
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json shown;
    const json which = json::object({{"item", args["item"]}});
    if (const int code = ask(session, *agent, "note.split", which, shown); code != exit_ok)
        return code;
    const bool as_shown = is_code_of(text_in(args, "code"), text_in(shown, "content"));
    args.erase("code");
    if (!as_shown)
        return show_error(session, Error{Errc::conflict, std::string{changed_since_shown}});
    args["content"] = shown["content"];
    return perform(session, "note.split", args, &print_split);
}

void print_dropped(const Session& session, const json& /*result*/) {
    print(session.say("Dropped.\n", "Borttaget.\n"));
}

void print_moved(const Session& session, const json& result) {
    print_written(session, result);
    print_taken_back(session, result);
}

}  // namespace

void add_recall_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "recall",
            "Takes an item back from every device: it stood in the wrong family, or is read too "
            "widely. Cannot be undone. What others have not sent of it stays with them alone.",
            "samsyn recall 1a2b3c4d --reason wrong_family"}
        .needs("item", "item", "The beginning of its id")
        .needs("--reason", "reason", "wrong_family, read_too_widely or other")
        .asks("item.recall", &print_taken_back);
    Command move{app,
                 session,
                 "move",
                 "Moves an item to the right family, or to where fewer read it: writes it there, "
                 "and takes it back here. Cannot be undone.",
                 "samsyn move 1a2b3c4d \"Familjen Alm\" --about \"Elin Alm\""};
    with_label(move.needs("item", "item", "The beginning of its id").of_case())
        .asks("item.move", &print_moved);
    Command{
        app,
        session,
        "split",
        "Makes two notes of one, so that each is read by those whom it is for, and takes the old "
        "one back. Cannot be undone. Without --take: numbers its paragraphs, and shows the code "
        "that --take wants.",
        "samsyn split 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .texts("--take", "take", "A paragraph, by its number")
        .texts("--about", "about", "Whom the part is about, if not the same")
        .text("--category", "category", "Of the part: health, attendance, ...")
        .text("--sensitivity", "sensitivity", "low, normal or far_reaching")
        .text("--closed", "closed", "A closed circle, by its whole id (samsyn circle)")
        .text("--code", "code", "Of what was shown: nothing else is split")
        .runs([&session](const json& args) { return split_note(session, args); });
    Command{app,
            session,
            "drop",
            "Drops what was written in an item that was taken back: your own that was not sent, as "
            "`samsyn status` shows it; or with --late another's, as `samsyn recalls` shows it.",
            "samsyn drop 12"}
        .number("number", "number", "Its number")
        .required()
        .flag("--late", "late", "Another's, written without knowing")
        .runs([&session](const json& args) {
            return args.value("late", false)
                       ? perform(session,
                                 "item.drop_late",
                                 {{"number", args["number"]}},
                                 &print_dropped)
                       : perform(
                             session, "item.drop_unsent", {{"id", args["number"]}}, &print_dropped);
        });
    Command{app,
            session,
            "recalls",
            "Lists what was taken back in a case: who may have read it, who has, and which devices "
            "have removed it.",
            "samsyn recalls \"Familjen Alm\""}
        .of_case()
        .runs([&session](const json& args) {
            return ask_log_and_show(session, args, "item.recalled", args, &print_recalled);
        });
}

}  // namespace samsyn
