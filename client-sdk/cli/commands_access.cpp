#include "client-sdk/cli/answer_text.hpp"
#include "client-sdk/cli/item_views.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

bool permits(const json& answer) {
    return text_in(answer.value("decision", json::object()), "outcome") == "permit";
}

std::string last_day_text(const Session& session, const json& view) {
    const std::string until = text_in(view, "until");
    return until.empty() ? "" : session.say(", until ", ", till och med ") + until;
}

/// What a kind of statement is called; a kind without a row goes by its key.
std::string kind_text(const Session& session, const std::string& kind) {
    struct Row {
        std::string_view key;
        std::string_view en;
        std::string_view sv;
    };

    constexpr Row rows[] = {
        {"consent", "consent of", "samtycke av"},
        {"closing", "no or withdrawal of", "nej eller återkallelse av"},
        {"override", "opened by statute", "öppnat med lagstöd"},
        {"investigation_answer", "answer to an investigation", "svar till en utredning"},
        {"decision_in_place", "decision in place of", "beslut i stället för"},
        {"custody", "custody", "vårdnad"},
    };
    for (const Row& row : rows)
        if (row.key == kind) return session.say(row.en, row.sv);
    return kind;
}

/// "  consent of Eva Alm for Elin Alm, until 2026-12-31 (recorded by Karin Berg, 2026-10-02 14:05)"
void print_statement(const Session& session, const json& view) {
    std::string line =
        "    " + short_id(text_in(view, "id")) + " " + kind_text(session, text_in(view, "kind"));
    if (const std::string decider = name_in(view, "decider"); !decider.empty())
        line.append(" ").append(escaped(decider));
    if (const std::string subject = name_in(view, "subject"); !subject.empty())
        line.append(session.say(" for ", " för ")).append(escaped(subject));
    line.append(last_day_text(session, view));
    line.append(session.say(" (recorded by ", " (antecknat av "))
        .append(escaped(name_in(view, "by")))
        .append(", ")
        .append(local_time_in(view, "at"))
        .append(")\n");
    print(line);
}

/// "  to obtain: consent of Per Alm for Elin Alm, that Social Nora gives Skolan: Health, in
/// writing"
void print_to_obtain(const Session& session, const json& row) {
    const std::string from = name_in(row, "from");
    std::string line = session.say("    to obtain: ", "    behövs: ");
    line.append(session.say("consent of ", "samtycke av "));
    line.append(from.empty() ? session.say("whoever decides (record it first)",
                                           "den som bestämmer (anteckna det först)")
                             : escaped(from));
    line.append(session.say(" for ", " för ")).append(escaped(name_in(row, "subject")));
    line.append(session.say(", from ", ", från ")).append(escaped(name_in(row, "disclosing")));
    if (const std::string to = name_in(row, "recipient"); !to.empty())
        line.append(session.say(" to ", " till ")).append(escaped(to));
    line.append(": ").append(escaped(local_in(session, row, "category_title")));
    if (row.value("in_writing", false)) line.append(session.say(", in writing", ", skriftligt"));
    print(line + "\n");
}

void print_answer(const Session& session, const json& answer) {
    const std::string who = "  " + escaped(name_in(answer, "who")) + ": ";
    if (!answer.value("known", true)) {
        print(who +
              session.say("not for this device to know: it does not receive that unit's "
                          "participants\n",
                          "kan inte avgöras på den här surfplattan: den får inte verksamhetens "
                          "deltagarlista\n"));
        return;
    }
    const json decision = answer.value("decision", json::object());
    print(who + (permits(answer) ? session.say("yes, ", "ja, ") : session.say("no, ", "nej, ")) +
          escaped(denial_text(session, decision)) + "\n");
    if (const std::string until = local_time_in(decision, "valid_until"); !until.empty())
        print(session.say("    this can change by itself: ", "    kan ändras av sig självt: ") +
              until + "\n");
    for (const json& view : answer.value("by", json::array())) print_statement(session, view);
    for (const json& row : answer.value("to_obtain", json::array())) print_to_obtain(session, row);
}

void print_why(const Session& session, const json& result) {
    for (const json& row : result["compartments"]) {
        print_compartment(session, row);
        for (const json& answer : row["answers"]) print_answer(session, answer);
    }
    if (result["compartments"].empty()) print(session.say("Nothing yet.\n", "Inget än.\n"));
    print_knowledge(session, result);
}

void print_holder(const Session& session, const json& holder) {
    if (holder.value("permitted", true)) return;
    const std::string confirmed = local_time_in(holder, "purge_confirmed");
    print("    " + escaped(name_in(holder, "user")) + ", " + session.say("device ", "surfplatta ") +
          short_id(text_in(holder, "device")) + ": " +
          (confirmed.empty() ? session.say("has NOT confirmed that its copy is gone",
                                           "har INTE bekräftat att kopian är borta")
                             : session.say("copy gone since ", "kopian borta sedan ") + confirmed) +
          "\n");
}

void print_access(const Session& session, const json& result) {
    for (const json& row : result["compartments"]) {
        print_compartment(session, row);
        Table table{{session.say("who", "vem"),
                     session.say("unit", "enhet"),
                     session.say("reads", "läser"),
                     session.say("why", "varför")}};
        for (const json& cell : row["people"]) {
            const bool known = cell.value("known", true);
            const json decision = cell.value("decision", json::object());
            table.add({name_in(cell, "who"),
                       name_in(cell, "unit"),
                       !known          ? "?"
                       : permits(cell) ? session.say("yes", "ja")
                                       : session.say("no", "nej"),
                       known ? denial_text(session, decision)
                             : session.say("not known here", "inte känt här")});
        }
        print(table.to_string());
        for (const json& holder : row["holders"]) print_holder(session, holder);
    }
    if (result["compartments"].empty()) print(session.say("Nothing yet.\n", "Inget än.\n"));
    print_knowledge(session, result);
    if (const std::string count = text_in(result, "unconfirmed"); count != "0")
        print(count + session.say(" copies are not confirmed to be gone.\n",
                                  " kopior är inte bekräftat borta.\n"));
}

/// "2) read by Anna Ek; not by Skolan: --closed 1a2b…".
void print_choices(const Session& session, const json& result) {
    std::size_t number = 0;
    const json choices = result.value("choices", json::array());
    for (const json& choice : choices) {
        const std::string without = names_in(choice, "without");
        std::string option;
        if (number > 0 && choice["closed"] != choices.front()["closed"])
            option = "--closed " + text_in(choice, "closed");
        else if (number > 0)
            option = "--sensitivity " + text_in(choice, "sensitivity");
        print(std::to_string(++number) + ") " + session.say("read by ", "läses av ") +
              escaped(names_in(choice, "readers")) +
              (without.empty() ? "" : session.say("; not by ", "; inte av ") + escaped(without)) +
              (option.empty()
                   ? session.say(" (as you would write it now)", " (så som du skriver det nu)")
                   : ": " + option) +
              "\n");
    }
    print_knowledge(session, result);
}

}  // namespace

void add_access_commands(CLI::App& app, Session& session) {
    Command audience{
        app,
        session,
        "audience",
        "Shows who would read what you are about to write, and by which option fewer would.",
        "samsyn audience \"Familjen Alm\" --about \"Elin Alm\" --category health"};
    with_label(audience.of_case().text("--type", "type", "visit_note (default), commitment, …"))
        .asks("audience.choices", &print_choices);
    Command{app,
            session,
            "why",
            "Asks whether somebody may, by what, until when, and what would have to be obtained.",
            "samsyn why \"Familjen Alm\" --who \"Karin Berg\" --category health"}
        .text("case", "case", case_help)
        .text("--who", "who", "A user, a unit, a device or a person of the family (default: you)")
        .text("--item", "item", "Only this item")
        .text("--unit", "unit", "Only what this unit discloses")
        .text("--category", "category", "Only this category")
        .text("--action", "action", "read (default), show_in_meeting, contribute, ...")
        .text("--purpose", "purpose", "coordination (default), ...")
        .asks("why", &print_why);
    Command{app,
            session,
            "access",
            "Shows who reads what in a case, who holds copies, and what is not confirmed as gone.",
            "samsyn access \"Familjen Alm\""}
        .of_case()
        .text("--unit", "unit", "Only what this unit discloses")
        .text("--category", "category", "Only this category")
        .asks("access", &print_access);
}

}  // namespace samsyn
