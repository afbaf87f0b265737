#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

/// "Elin [sover] bättre": brackets stay readable without colours, aloud too.
std::string marked(const json& snippet) {
    std::string text;
    for (const json& part : snippet) {
        const bool hit = part.value("hit", false);
        text.append(hit ? "[" : "").append(text_in(part, "text")).append(hit ? "]" : "");
    }
    return text;
}

void print_hits(const Session& session, const json& result) {
    for (const json& hit : result["hits"]) {
        const json& item = hit["item"];
        print(short_id(text_in(item, "id")) + "  " +
              escaped(local_in(session, item, "type_title")) + session.say("  about ", "  om ") +
              escaped(names_in(item, "about")) + "\n");
        print("    " + escaped(marked(hit["snippet"])) + "\n");
    }
    if (result["hits"].empty()) print(session.say("Nothing found.\n", "Inget hittat.\n"));
    if (result.value("more", false))
        print(session.say("There are older ones: add words, or --limit N.\n",
                          "Det finns äldre: lägg till ord, eller --limit N.\n"));
}

void print_found(const Session& session, const json& result) {
    Table table{{session.say("case number", "ärendenummer"),
                 session.say("family", "familj"),
                 session.say("person", "person")}};
    for (const json& row : result["found"])
        table.add({short_id(text_in(row["case"], "id")),
                   text_in(row["case"], "name"),
                   name_in(row, "person")});
    print(table.to_string());
}

}  // namespace

void add_search_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "search",
            "Finds words in what you may read of one case, newest first. The beginning of a word "
            "is enough; all words must occur.",
            "samsyn search \"Familjen Alm\" sover skol"}
        .of_case()
        .texts("words", "words", "Words, or their beginnings")
        .number("--limit", "limit", "At most so many (50)")
        .runs([&session](json args) {
            // Words alone would search all cases: the agent says what is possible instead.
            if (!args.contains("words")) {
                args["words"] = args["case"];
                args.erase("case");
            }
            return perform(session, "search", args, &print_hits);
        });
    Command{app,
            session,
            "find",
            "Finds a person or a case among all your cases, by name, personal number or case "
            "number only.",
            "samsyn find \"Elin Alm\""}
        .needs("text", "text", "A name, a whole personal number, or 8 digits of a case's id")
        .asks("find", &print_found);
}

}  // namespace samsyn
