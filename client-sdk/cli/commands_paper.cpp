#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/pdf_sheet.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

/// What is not on the page because this user may not take it along.
void tell_left_out(const Session& session, const json& result) {
    const std::string left_out = text_in(result, "left_out");
    if (!left_out.empty() && left_out != "0")
        print(left_out + session.say(" left out: you may read them and not copy them.\n",
                                     " utelämnade: du får läsa dem men inte kopiera dem.\n"));
}

void print_page(const Session& session, const json& result) {
    print(escaped(text_in(result, "text"), LineEnds::keep));
    tell_left_out(session, result);
}

/// Its first line as a heading. Errors: `invalid_argument` naming the letters that a PDF of ours
/// cannot show: what goes into a record is not to be mutilated on the way.
Result<std::string> pdf_of(std::string_view text) {
    const auto end = std::min(text.find('\n'), text.size());
    PdfSheet sheet = SAMSYN_TRY(PdfSheet::begin(text.substr(0, end)));
    sheet.heading(text.substr(0, end), 14);
    if (end < text.size()) sheet.text(text.substr(end + 1));
    if (!sheet.lacking().empty())
        return fail(
            Errc::invalid_argument,
            "out: a PDF cannot show " + sheet.lacking() + "; choose a name that ends in .txt");
    return sheet.finish();
}

/// Prints the page, or writes it to a file that nobody else may read and that was not there.
int hand_out(const Session& session, std::string_view operation, json args) {
    const std::string out = text_in(args, "out");
    args.erase("out");
    args["lang"] = session.say("en", "sv");
    if (out.empty()) return perform(session, operation, args, &print_page);
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json result;
    if (const int code = ask(session, *agent, operation, args, result)) return code;
    const std::string text = escaped(text_in(result, "text"), LineEnds::keep);
    const auto content = out.ends_with(".pdf") ? pdf_of(text) : Result<std::string>{text};
    if (!content) return show_error(session, error_to_json(content.error()));
    if (const auto written = create_private_file(out, *content); !written)
        return show_error(session, error_to_json(written.error()));
    if (session.json) {
        result.erase("text");
        result["file"] = out;
        show_json(result);
        return exit_ok;
    }
    print(session.say("Written: ", "Skrivet: ") + escaped(out) + "\n");
    tell_left_out(session, result);
    return exit_ok;
}

}  // namespace

void add_paper_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "paper",
            "Writes a page for one of the family: the next meeting, and who has promised what. "
            "Holds only what that person may see.",
            "samsyn paper \"Familjen Alm\" --for \"Eva Alm\" --out eva.txt"}
        .of_case()
        .needs("--for", "person", "One of the family")
        .text("--out",
              "out",
              "A new file, instead of the screen: text, or where it ends in .pdf a PDF (Western "
              "European letters only)")
        .runs([&session](const json& args) { return hand_out(session, "paper", args); });
    Command{app,
            session,
            "copy",
            "Copies items for your unit's own record, where consent or your own unit lets you; it "
            "is logged.",
            "samsyn copy --case \"Familjen Alm\" --out alm.pdf"}
        .texts("items", "items", "The beginnings of their ids")
        .text("--case", "case", "All of a case that you may copy")
        .text("--out",
              "out",
              "A new file, instead of the screen: text, or where it ends in .pdf a PDF (Western "
              "European letters only)")
        .runs([&session](const json& args) { return hand_out(session, "copy", args); });
}

}  // namespace samsyn
