// The administrator's side of an enrolment: many devices at once.

#include "client-sdk/cli/commands_bulk.hpp"

#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/csv.hpp"
#include "client-sdk/cli/enrol_texts.hpp"
#include "client-sdk/cli/progress_bar.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/stat.h>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t answers_bytes_max = 4 << 20;
constexpr std::size_t answers_max = 2000;
constexpr std::array<std::string_view, 3> required_columns{"name", "unit", "role"};
constexpr std::array<std::string_view, 2> optional_columns{"kind", "until"};

json to_rows(const CsvTable& table) {
    json rows = json::array();
    for (const CsvRow& row : table.rows) {
        json object(row.fields);
        object["line"] = row.line;
        rows.push_back(std::move(object));
    }
    return rows;
}

json to_faults(const CsvTable& table) {
    json faults = json::array();
    for (const CsvFault& fault : table.faults)
        faults.push_back(json::object({{"line", fault.line}, {"en", fault.en}, {"sv", fault.sv}}));
    return faults;
}

/// All at once, by line; nothing was made.
int show_faults(const Session& session, const json& faults) {
    std::vector<json> sorted(faults.begin(), faults.end());
    std::ranges::stable_sort(
        sorted, {}, [](const json& fault) { return fault.value("line", std::int64_t{0}); });
    if (session.json) {
        json error = error_to_json({Errc::invalid_argument, "file"});
        error["faults"] = sorted;
        show_json(json::object({{"error", error}}));
        return exit_usage;
    }
    for (const json& fault : sorted) {
        const std::string value = text_in(fault, "value");
        print(session.say("line ", "rad ") + text_in(fault, "line") + ": " +
              escaped(session.language == Language::swedish ? text_in(fault, "sv")
                                                            : text_in(fault, "en")) +
              (value.empty() ? "" : ": " + escaped(shortened(value, 60))) + "\n");
    }
    print(session.say("Nothing was made. Mend the file and run it again.\n",
                      "Inget gjordes. Rätta filen och kör igen.\n"));
    return exit_usage;
}

/// Letters and digits of a name as a part of a file's name.
std::string file_part(std::string_view name) {
    std::string part;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (upper || plain)
            part.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
        else if (!part.ends_with('-') && !part.empty())
            part.push_back('-');
        if (part.size() >= 40) break;
    }
    while (part.ends_with('-')) part.pop_back();
    return part;
}

/// "0007-anna-ek": the line first, so that no two are alike.
std::string file_stem(const json& made) {
    std::string line = text_in(made, "line");
    line.insert(0, line.size() < 4 ? 4 - line.size() : 0, '0');
    const std::string name = file_part(text_in(made, "name"));
    return name.empty() ? line : line + "-" + name;
}

/// What is handed to one person: nobody's invitation but hers.
std::string leaflet(const Session& session, const json& made) {
    return text_in(made, "name") + "\n" +
           session.say("Invitation, good once, until ", "Inbjudan, gäller en gång, till ") +
           local_time_in(made, "expires") + "\n" + session.say("Federation: ", "Samverkan: ") +
           text_in(made, "fingerprint") + "\n\nsamsyn enrol " + text_in(made, "invitation") + "\n";
}

class BulkRun {
public:
    BulkRun(const Session& session, AgentClient& agent, const json& args)
        : session_(session),
          agent_(agent),
          again_(args.value("again", false)),
          hours_(args.contains("hours") ? args["hours"] : json{}),
          folder_(args["out"].get<std::string>()) {}

    int run(const json& rows) {
        if (::mkdir(folder_.c_str(), 0700) != 0) {
            const Errc code = errno == EEXIST ? Errc::already_exists : Errc::system_failed;
            return show_error(session_, error_to_json({code, folder_.string()}));
        }
        for (const json& row : rows) {
            const int code = make(row);
            if (code != exit_ok) return stopped(code, rows.size());
            if (!session_.json) show_bar(made_.size(), rows.size());
        }
        if (const auto written = write_report(); !written)
            return show_error(session_, error_to_json(written.error()));
        show();
        return exit_ok;
    }

private:
    int make(const json& row) {
        json args = json::object({{"row", row}, {"again", again_}});
        if (!hours_.is_null()) args["hours"] = hours_;
        json made;
        if (const int code = ask(session_, agent_, "admin.bulk.make", args, made)) return code;
        if (!made.value("skipped", false)) {
            if (const auto written = write_files(made); !written)
                return show_error(session_, error_to_json(written.error()));
        }
        made_.push_back(std::move(made));
        return exit_ok;
    }

    Result<void> write_files(json& made) {
        const std::string stem = file_stem(made);
        const std::string picture = SAMSYN_TRY(enrolment_picture(text_in(made, "invitation")));
        SAMSYN_TRY(write_private_file(folder_ / (stem + ".png"), picture));
        SAMSYN_TRY(write_private_file(folder_ / (stem + ".txt"), leaflet(session_, made)));
        made["files"] = stem;
        return {};
    }

    /// Without the invitations: it may be shown to who keeps the list.
    Result<void> write_report() const {
        std::string report = "line;name;unit;kind;until;expires;result;files\n";
        for (const json& row : made_) {
            const bool skipped = row.value("skipped", false);
            for (const std::string& field : {text_in(row, "line"),
                                             text_in(row, "name"),
                                             name_in(row, "unit"),
                                             text_in(row, "kind"),
                                             text_in(row, "until"),
                                             text_in(row, "expires"),
                                             std::string{skipped ? "has a device" : "invited"}})
                report.append(csv_field(field)).append(";");
            report.append(text_in(row, "files")).append("\n");
        }
        return write_private_file(folder_ / "report.csv", report);
    }

    /// What was made stands: it is in the folder and in the report.
    int stopped(int code, std::size_t total) {
        const auto written = write_report();
        if (!session_.json)
            print(session_.say("Stopped: ", "Avbrutet: ") + std::to_string(made_.size()) + "/" +
                  std::to_string(total) +
                  session_.say(". Run it again with --again and another folder for the rest.\n",
                               ". Kör igen med --again och en annan mapp för resten.\n"));
        if (!written) return show_error(session_, error_to_json(written.error()));
        return code;
    }

    void show() const {
        if (session_.json) {
            show_json(json::object({{"made", made_}, {"folder", folder_.string()}}));
            return;
        }
        Table table{{session_.say("line", "rad"),
                     session_.say("name", "namn"),
                     session_.say("unit", "enhet"),
                     session_.say("kind", "sort"),
                     ""}};
        std::size_t skipped = 0;
        for (const json& row : made_) {
            const bool skip = row.value("skipped", false);
            skipped += skip ? 1 : 0;
            table.add(
                {text_in(row, "line"),
                 text_in(row, "name"),
                 name_in(row, "unit"),
                 kind_text(session_, text_in(row, "kind")),
                 skip ? session_.say("has a device", "har en enhet") : text_in(row, "files")});
        }
        print(table.to_string() + "\n" + std::to_string(made_.size() - skipped) +
              session_.say(" invitations in ", " inbjudningar i ") + escaped(folder_.string()) +
              session_.say(": hand each person hers, and delete the folder afterwards.\n",
                           ": ge var och en sin, och radera mappen efteråt.\n"));
    }

    const Session& session_;
    AgentClient& agent_;
    bool again_;
    json hours_;
    std::filesystem::path folder_;
    json made_ = json::array();
};

/// What the person names with `file`.
Result<std::string> named_file(const json& args, std::size_t bytes_max) {
    return read_whole_file(args["file"].get<std::string>(), bytes_max, FileSecrecy::open);
}

int invite_many(const Session& session, const json& args) {
    const CsvLimits limits;
    const auto text = named_file(args, limits.bytes_max);
    if (!text) return show_error(session, error_to_json(text.error()));
    const CsvTable table = read_csv(*text, required_columns, optional_columns, limits);
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    const json rows = to_rows(table);
    json checked;
    const json check = {{"rows", rows}, {"again", args.value("again", false)}};
    if (const int code = ask(session, *agent, "admin.bulk.check", check, checked)) return code;
    json faults = to_faults(table);
    for (json& fault : checked["faults"]) faults.push_back(std::move(fault));
    if (!faults.empty()) return show_faults(session, faults);
    return BulkRun{session, *agent, args}.run(rows);
}

/// One line of a file of answers.
struct AnswerLine {
    std::size_t line = 0;
    std::string answer;
    std::string code;
};

bool is_six_digits(std::string_view word) {
    return word.size() == 6 && word.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<AnswerLine> read_answers(std::string_view text) {
    std::vector<AnswerLine> all;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view content = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!content.empty() && std::string_view{" \t\r"}.contains(content.back()))
            content.remove_suffix(1);
        if (content.empty() || content.starts_with('#')) continue;
        AnswerLine read{line, std::string{content}, {}};
        const std::size_t space = content.find_last_of(" \t;");
        if (space != std::string_view::npos && is_six_digits(content.substr(space + 1))) {
            read.answer = content.substr(0, space);
            read.code = content.substr(space + 1);
        }
        all.push_back(std::move(read));
    }
    return all;
}

json accept_line(AgentClient& agent, const AnswerLine& line) {
    json args = {{"answer", line.answer}};
    if (!line.code.empty()) args["code"] = line.code;
    const auto answer = agent.call("admin.accept", args);
    json row = answer ? *answer : json{{"ok", false}, {"error", error_to_json(answer.error())}};
    row.erase("id");
    row["line"] = line.line;
    return row;
}

std::string outcome_text(const Session& session, const json& row) {
    if (!row.value("ok", false)) {
        const json error = row.value("error", json::object());
        const std::string words = reason_in(session, error);
        return words.empty() ? text_in(error, "message") + " (" + text_in(error, "context") + ")"
                             : words;
    }
    if (!row["result"].contains("device"))
        return session.say("compare; then again with its code", "jämför; sedan igen med kod");
    return row["result"].value("waits", false)
               ? session.say("accepted; a second person confirms", "godkänd; en andra bekräftar")
               : session.say("accepted", "godkänd");
}

std::string bearer_of(const json& row) {
    if (!row.value("ok", false)) return {};
    const json& result = row["result"];
    return result.contains("room") ? text_in(result, "room") : name_in(result, "user");
}

/// "Anna Ek: samsyn2-reveal-…", one a line.
std::string reveals_of(const json& rows) {
    std::string text;
    for (const json& row : rows)
        if (row.value("ok", false) && row["result"].contains("reveal"))
            text.append(bearer_of(row) + ": " + text_in(row["result"], "reveal") + "\n");
    return text;
}

void print_many(const Session& session, const json& rows) {
    Table table{{session.say("line", "rad"), session.say("for", "för"), ""}};
    for (const json& row : rows)
        table.add({text_in(row, "line"), bearer_of(row), outcome_text(session, row)});
    print(table.to_string());
    const std::string reveals = reveals_of(rows);
    if (reveals.empty()) return;
    print(session.say("\nOn each device, `samsyn enrol compare` with:\n",
                      "\nPå varje enhet, `samsyn enrol compare` med:\n") +
          escaped(reveals, LineEnds::keep));
}

}  // namespace

int accept_many(const Session& session, const json& args) {
    const auto text = named_file(args, answers_bytes_max);
    if (!text) return show_error(session, error_to_json(text.error()));
    const auto lines = read_answers(*text);
    if (lines.size() > answers_max)
        return show_error(session, error_to_json({Errc::limit_exceeded, "answers"}));
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json rows = json::array();
    bool all_fine = true;
    for (const AnswerLine& line : lines) {
        rows.push_back(accept_line(*agent, line));
        all_fine = all_fine && rows.back().value("ok", false);
        if (!session.json) show_bar(rows.size(), lines.size());
    }
    if (session.json)
        show_json(json::object({{"answers", rows}}));
    else
        print_many(session, rows);
    if (const std::string out = args.value("out", ""); !out.empty())
        if (const auto written = write_private_file(out, reveals_of(rows)); !written)
            return show_error(session, error_to_json(written.error()));
    return all_fine ? exit_ok : exit_failed;
}

void add_bulk_command(CLI::App& admin, Session& session) {
    Command{admin,
            session,
            "invite-many",
            "Adds the people of a CSV file (name;unit;role;kind;until) and invites each.",
            "samsyn admin invite-many people.csv --out invitations"}
        .needs("file", "file", "The file: UTF-8, a heading line, fields between semicolons")
        .needs("--out", "out", "A new folder for a picture and a text for each, and a report")
        .number("--hours", "hours", "How long the invitations are good for (default 72)")
        .flag(
            "--again", "again", "Who is there already: invite whoever has no device, skip the rest")
        .runs([&session](const json& args) { return invite_many(session, args); });
}

}  // namespace samsyn
