#include "client-sdk/cli/item_views.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

/// Who has it still, as far as one can say: who could read it, who did, where it is gone.
void print_recall(const Session& session, const json& one) {
    print(local_time_in(one, "at") + "  " + escaped(local_in(session, one, "type_title")) + " " +
          short_id(text_in(one, "item")) + session.say(", taken back by ", ", återtagen av ") +
          escaped(name_in(one, "by")) + ": " + escaped(local_in(session, one, "reason_title")) +
          (one.value("unsent", false) ? session.say(" (not sent yet)", " (inte skickat än)")
                                      : std::string{}) +
          "\n");
    const std::string devices = text_in(one, "devices");
    print(session.say("  could read it: ", "  kunde läsa den: ") +
          escaped(names_in(one, "readers")) + session.say(", devices: ", ", enheter: ") + devices +
          "\n");
    if (const std::string opened = names_in(one, "opened"); !opened.empty())
        print(session.say("  opened by: ", "  öppnad av: ") + escaped(opened) + "\n");
    std::string gone;
    for (const json& each : one.value("removed", json::array()))
        gone.append(gone.empty() ? "" : ", ")
            .append(name_in(each, "user"))
            .append(" ")
            .append(short_id(text_in(each, "device")));
    if (!gone.empty())
        print(session.say("  confirmed gone: ", "  bekräftat borta: ") + escaped(gone) + "\n");
}

void print_recalled(const Session& session, const json& result) {
    for (const json& one : result["recalled"]) print_recall(session, one);
    if (result["recalled"].empty()) {
        print(session.say("Nothing was taken back.\n", "Inget är återtaget.\n"));
        return;
    }
    print(session.say("A device that is not named removes it when it next connects.\n",
                      "En enhet som inte nämns raderar den när den ansluter nästa gång.\n"));
    if (!result.value("log_asked", false) || !result.value("log_complete", false))
        print(
            session.say("The server's log has not answered: who opened it and where it is gone "
                        "may be more.\n",
                        "Serverns logg har inte svarat: fler kan ha öppnat den, och den kan vara "
                        "borta på fler enheter.\n"));
}

/// What a person must know at once: whom to talk to, since nobody forgets for it.
void print_taken_back(const Session& session, const json& result) {
    const json& one = result["recalled"];
    print_recall(session, one);
    print(
        session.say("It is gone here, and goes from the others' devices as they connect. Who has "
                    "read it: samsyn recalled CASE\n",
                    "Den är borta här och försvinner från de andras enheter när de ansluter. "
                    "Vilka som har läst den: samsyn recalled ÄRENDE\n"));
}

/// The paragraphs with their numbers; or the two notes, each with who reads it.
void print_split(const Session& session, const json& result) {
    if (result.contains("paragraphs")) {
        std::size_t number = 0;
        for (const json& paragraph : result["paragraphs"])
            print(std::to_string(++number) + ") " + escaped(paragraph.get<std::string>()) + "\n");
        print(session.say("Say which go into a note of their own: --take 2 --category health\n",
                          "Ange vilka som blir en egen anteckning: --take 2 --category health\n"));
        return;
    }
    print_written(session, result["rest"]);
    print_written(session, result["part"]);
    print_taken_back(session, result);
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
            "widely. Cannot be undone.",
            "samsyn recall 1a2b3c4d --reason wrong_family"}
        .needs("item", "item", "The beginning of its id")
        .needs("--reason", "reason", "wrong_family, read_too_widely or other")
        .asks("item.recall", &print_taken_back);
    Command move{app,
                 session,
                 "move",
                 "Moves an item to the right family, or to where fewer read it: writes it there, "
                 "and takes it back here.",
                 "samsyn move 1a2b3c4d \"Familjen Alm\" --about \"Elin Alm\""};
    with_place(move.needs("item", "item", "The beginning of its id").of_case())
        .asks("item.move", &print_moved);
    Command{app,
            session,
            "split",
            "Makes two notes of one, so that each is read by those whom it is for; without --take, "
            "numbers its paragraphs.",
            "samsyn split 1a2b3c4d --take 2 --category health"}
        .needs("item", "item", "The beginning of its id")
        .texts("--take", "take", "A paragraph, by its number")
        .texts("--about", "about", "Whom the part is about, if not the same")
        .text("--category", "category", "Of the part: health, attendance, ...")
        .text("--sensitivity", "sensitivity", "low, normal or far_reaching")
        .text("--closed", "closed", "A closed circle, by its whole id (samsyn circle)")
        .asks("note.split", &print_split);
    Command{app,
            session,
            "recalled",
            "Lists what was taken back in a case: who could read it, who did, and which devices "
            "have removed it.",
            "samsyn recalled \"Familjen Alm\""}
        .of_case()
        .runs([&session](const json& args) {
            return ask_log_and_show(session, args, "item.recalled", args, &print_recalled);
        });
}

}  // namespace samsyn
