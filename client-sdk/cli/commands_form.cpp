#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/command.hpp"
#include "crypto/keys/sodium.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t picture_bytes_max = 64 * 1024 * 1024;

/// The family's pages are in the language of the command line.
json with_language(const Session& session, json args) {
    args["lang"] = session.language == Language::swedish ? "sv" : "en";
    return args;
}

void print_page(const json& result, const char* key) {
    print(escaped(text_in(result, key), LineEnds::keep));
}

std::string form_line(const Session& session, const json& form) {
    return session.say("Form ", "Blankett ") + text_in(form, "code") + "  " +
           short_id(text_in(form, "id")) + "\n";
}

void print_new(const Session& session, const json& result) {
    print_page(result, "page");
    const json form = result.value("form", json::object());
    if (text_in(form, "id").empty()) {
        print(session.say("Not stored: leave out --preview to begin it.\n",
                          "Inte sparad: utan --preview börjar den.\n"));
        return;
    }
    print("\n" + form_line(session, form));
    print(session.say("Read it aloud: samsyn consent read ", "Läs upp den: samsyn consent read ") +
          short_id(text_in(form, "id")) + "\n");
}

void print_read(const Session&, const json& result) {
    print_page(result, "page");
}

void print_people(const Session& session, const json& form) {
    for (const json& person : form.value("people", json::array()))
        print("  " + escaped(name_in(person, "person")) + ": " +
              local_in(session, person, "shown") + "\n");
}

void print_answered(const Session& session, const json& result) {
    print(escaped(text_in(result.value("receipt", json::object()), "text"), LineEnds::keep));
    print("\n" + form_line(session, result.value("form", json::object())));
    print_people(session, result.value("form", json::object()));
}

void print_forms(const Session& session, const json& result) {
    if (result["forms"].empty()) print(session.say("No forms.\n", "Inga blanketter.\n"));
    for (const json& form : result["forms"]) {
        print(form_line(session, form) + "  " + escaped(name_in(form, "case")) +
              session.say(", until ", ", till och med ") + text_in(form, "until") + "\n");
        print_people(session, form);
    }
}

void print_missing(const Session& session, const json& result) {
    Table table{{session.say("who", "vem"),
                 session.say("what", "vad"),
                 session.say("since", "sedan"),
                 session.say("in writing by", "skriftligt senast"),
                 session.say("form", "blankett"),
                 session.say("case", "ärende")}};
    for (const json& row : result["missing"])
        table.add({name_in(row, "person"),
                   local_in(session, row, "shown"),
                   local_time_in(row, "since"),
                   text_in(row, "write_by"),
                   text_in(row["form"], "code"),
                   name_in(row, "case")});
    print(table.empty()
              ? session.say("Nobody is missing on a form.\n", "Ingen saknas på någon blankett.\n")
              : table.to_string());
    for (const json& row : result["nobody_for"])
        print(session.say("Nobody is known to decide for ", "Ingen är känd som bestämmer för ") +
              escaped(name_in(row, "person")) + "\n");
    for (const json& row : result["damaged"])
        print(session.say("A form that cannot be read: ", "En blankett som inte går att läsa: ") +
              short_id(text_in(row, "id")) + " (" + escaped(text_in(row["damaged"], "context")) +
              ")\n");
}

void print_to_confirm(const Session& session, const json& result) {
    if (result["to_confirm"].empty()) return;
    Table table{{"id",
                 session.say("by", "av"),
                 session.say("about", "om"),
                 session.say("what", "vad"),
                 session.say("until", "till och med")}};
    for (const json& row : result["to_confirm"])
        table.add({short_id(text_in(row, "id")),
                   name_in(row, "grantor"),
                   name_in(row, "subject"),
                   names_in(row, "categories"),
                   text_in(row, "until")});
    print("\n" +
          session.say("For your unit to confirm (samsyn consent confirm):\n",
                      "Att bekräfta för din enhet (samsyn consent confirm):\n") +
          table.to_string());
}

void print_pending(const Session& session, const json& result) {
    print_missing(session, result);
    print_to_confirm(session, result);
}

void print_closed_form(const Session& session, const json& result) {
    print(session.say("Closed ", "Avslutad ") + short_id(text_in(result, "form")) + "\n");
}

/// The photographed paper stays where it is; what is recorded is its hash.
Result<json> with_picture(json args) {
    const std::string file = args.value("photo", "");
    args.erase("photo");
    if (file.empty()) return args;
    const std::string picture =
        SAMSYN_TRY(read_whole_file(file, picture_bytes_max, FileSecrecy::open));
    args["picture"] = to_hex(SodiumHasher{}.hash(Domain::evidence, {as_bytes(picture)}));
    if (!args.contains("how")) args["how"] = "photographed";
    return args;
}

int answer(const Session& session, const std::string& operation, const json& args) {
    const auto ready = with_picture(args);
    if (!ready) return show_error(session, error_to_json(ready.error()));
    return perform(session, operation, with_language(session, *ready), &print_answered);
}

int show_receipts(const Session& session, json args) {
    const std::string file = args.value("print", "");
    args.erase("print");
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json result;
    if (const int code = ask(session, *agent, "form.receipt", with_language(session, args), result);
        code != exit_ok)
        return code;
    std::string text;
    for (const json& receipt : result["receipts"]) {
        if (!text.empty()) text.append("\f\n");  // each on a sheet of its own
        text.append(text_in(receipt, "text"));
    }
    if (!file.empty())
        if (const auto written = write_private_file(file, text); !written)
            return show_error(session, error_to_json(written.error()));
    if (session.json)
        show_json(result);
    else
        for (const json& receipt : result["receipts"])
            print(escaped(text_in(receipt, "text"), LineEnds::keep) + "\n");
    return exit_ok;
}

void add_new(CLI::App& consents, Session& session) {
    Command{consents,
            session,
            "new",
            "Begins a consent form, filled in for the service model; untick what is too much.",
            "samsyn consent new \"Familjen Alm\" --template famsam --without \"Region/BUP\""}
        .of_case()
        .text("--template", "template", "famsam, familjecentral, ... (default: the case's)")
        .texts("--about", "about", "Whom it is about (default: the children)")
        .texts("--with", "with", "An agency to add")
        .texts("--with-person", "with_person", "A person of an agency, as of a private one")
        .texts("--without", "without", "An agency to untick")
        .texts("--also", "also", "A subject to add: health, diagnosis, ...")
        .texts("--not-about", "not_about", "A subject to untick")
        .text("--from-day", "from_day", "First day (default: now)")
        .text("--until", "until", "Last day, as 2027-06-30 (default: as the template says)")
        .text("--reach", "reach", "present, from_now or history (default: the template's)")
        .text("--unit", "unit", "Which of your units, if several")
        .flag("--preview", "preview", "Only show it")
        .runs([&session](const json& args) {
            return perform(session, "form.new", with_language(session, args), &print_new);
        });
}

void add_answers(CLI::App& consents, Session& session) {
    Command{consents,
            session,
            "sign",
            "Records one person's yes to a form, and shows the receipt.",
            "samsyn consent sign \"Familjen Alm\" --person \"Eva Alm\""}
        .needs("form", "form", "The code of its page, the beginning of its id, or its case")
        .needs("--person,--by", "person", "Who says yes")
        .text("--how", "how", "drawn (default), electronic, oral, phone, photographed")
        .text("--evidence", "evidence", "What was said; sealed")
        .text("--photo", "photo", "Picture of the signed paper; its hash is recorded")
        .text("--code", "code", "The code of the page that was read, if not from here")
        .texts("--except", "except", "A subject that this person leaves out")
        .texts("--not-with", "not_with", "An agency that this person says no to")
        .flag("--reopen", "reopen", "The person was asked about an earlier no and opens it again")
        .runs([&session](const json& args) { return answer(session, "form.sign", args); });
    Command{consents,
            session,
            "inform",
            "Records that somebody was told, where one yes is enough.",
            "samsyn consent inform \"Familjen Alm\" --person \"Per Alm\" --how phone"}
        .needs("form", "form", "The code of its page, the beginning of its id, or its case")
        .needs("--person", "person", "Who was told")
        .text("--how", "how", "oral, phone, electronic, photographed (by letter)")
        .text("--evidence", "evidence", "What was said; sealed")
        .runs([&session](const json& args) { return answer(session, "form.inform", args); });
}

void add_pages(CLI::App& consents, Session& session) {
    Command{consents,
            session,
            "read",
            "Shows the page to read aloud before anybody signs.",
            "samsyn consent read \"Familjen Alm\" --lang sv"}
        .needs("form", "form", "The code of its page, the beginning of its id, or its case")
        .runs([&session](const json& args) {
            return perform(session, "form.read", with_language(session, args), &print_read);
        });
    Command{consents,
            session,
            "receipt",
            "Shows what a person agreed to, and how to take it back.",
            "samsyn consent receipt \"Familjen Alm\" --person \"Eva Alm\" --print kvitto.txt"}
        .needs("of", "of", "A form (code, id or case), or a consent's id")
        .text("--person", "person", "Whose (default: everybody's who answered)")
        .text("--print", "print", "Write it to this file as well, one sheet each")
        .runs([&session](const json& args) { return show_receipts(session, args); });
}

}  // namespace

int refuse_form(const Session& session, json args) {
    args["form"] = args.value("case", json{});
    args.erase("case");
    return answer(session, "form.refuse", args);
}

void add_form_commands(CLI::App& consents, Session& session) {
    add_new(consents, session);
    add_pages(consents, session);
    add_answers(consents, session);
    Command{consents,
            session,
            "pending",
            "Lists who has yet to answer a form, since when, and what your unit has to confirm.",
            "samsyn consent pending"}
        .text("case", "case", "Title, or the beginning of the id (default: all cases)")
        .asks("form.pending", &print_pending);
    Command{consents,
            session,
            "forms",
            "Lists the open forms and where each person stands.",
            "samsyn consent forms \"Familjen Alm\""}
        .text("case", "case", "Title, or the beginning of the id (default: all cases)")
        .flag("--all", "all", "Closed ones too")
        .asks("form.list", &print_forms);
    Command{consents,
            session,
            "close-form",
            "Takes a form out of the lists; what was answered stands.",
            "samsyn consent close-form 3fa9-4c01"}
        .needs("form", "form", "The code of its page, the beginning of its id, or its case")
        .asks("form.close", &print_closed_form);
}

}  // namespace samsyn
