#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/item_views.hpp"
#include "client-sdk/cli/progress_bar.hpp"

#include <chrono>
#include <cstdio>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds look_again_after{300};
constexpr std::chrono::seconds patience{120};  // without a byte more

/// "312 B", "41 kB", "2.4 MB".
std::string size_text(std::uint64_t bytes) {
    constexpr std::uint64_t kilo = 1000;
    if (bytes < kilo) return std::to_string(bytes) + " B";
    if (bytes < kilo * kilo) return std::to_string(bytes / kilo) + " kB";
    const std::uint64_t tenths = bytes / (kilo * kilo / 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

std::uint64_t count_in(const json& object, const char* key) {
    return object.value(key, std::uint64_t{0});
}

/// "80 %" of what is here of a file that is not whole.
std::string state_text(const Session& session, const json& file) {
    std::string state = local_in(session, file, "state_title");
    const std::uint64_t here = count_in(file, "here");
    const std::uint64_t sealed = count_in(file, "sealed");
    if (here != 0 && here < sealed) state += ", " + std::to_string(here * 100 / sealed) + " %";
    return escaped(state);
}

int attach(const Session& session, json args) {
    std::error_code error;
    args["file"] = std::filesystem::absolute(text_in(args, "file"), error).string();
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json begun;
    if (const int code = ask(session, *agent, "attachment.begin", args, begun)) return code;
    const json ticket = json::object({{"ticket", count_in(begun, "ticket")}});
    for (;;) {
        json step;
        if (const int code = ask(session, *agent, "attachment.step", ticket, step)) return code;
        if (!session.json) show_bar(count_in(step, "done"), count_in(step, "size"));
        if (!step.contains("written")) continue;
        if (session.json) {
            step["written"]["stripped"] = begun["stripped"];
            show_json(step["written"]);
            return exit_ok;
        }
        print_written(session, step["written"]);
        const std::string type = text_in(begun, "media_type");
        print(escaped(type) + ", " + size_text(count_in(begun, "size")) + "\n");
        if (const std::uint64_t stripped = count_in(begun, "stripped"); stripped != 0)
            print(session.say("Left behind of the picture: ", "Kvar lämnades av bilden: ") +
                  size_text(stripped) +
                  session.say(" that say where and with what it was taken.\n",
                              " som säger var och med vad den är tagen.\n"));
        if (!type.starts_with("image/") && type != "text/plain")
            print(session.say("What the file says of itself (author, place) goes with it.\n",
                              "Det filen säger om sig själv (författare, plats) följer med.\n"));
        print(session.say("It is sent when there is a network.\n", "Den skickas när nät finns.\n"));
        return exit_ok;
    }
}

/// Waits until the file is here, with a bar; or until nothing more of it comes.
int fetch(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json file;
    if (const int code = ask(session, *agent, "attachment.fetch", args, file)) return code;
    json synced;
    if (const int code = ask(session, *agent, "sync.follow", json::object(), synced)) return code;
    auto newest = std::chrono::steady_clock::now();
    while (text_in(file, "state") == "coming" &&
           std::chrono::steady_clock::now() - newest < patience) {
        const std::uint64_t before = count_in(file, "here");
        if (!session.json) show_bar(count_in(file, "here"), count_in(file, "sealed"));
        std::this_thread::sleep_for(look_again_after);
        const json item = json::object({{"item", text_in(args, "item")}});
        if (const int code = ask(session, *agent, "attachment.state", item, file)) return code;
        if (count_in(file, "here") != before) newest = std::chrono::steady_clock::now();
    }
    if (session.json) {
        show_json(file);
    } else {
        show_bar(count_in(file, "here"), count_in(file, "sealed"));
        print(short_id(text_in(file, "id")) + ": " + state_text(session, file) + "\n");
    }
    return count_in(file, "here") == count_in(file, "sealed") ? exit_ok : exit_failed;
}

/// Hands the file's bytes on, one piece after the other.
template <class Take>
int each_piece(
    const Session& session, AgentClient& agent, const char* operation, json args, Take take) {
    for (std::uint64_t offset = 0;;) {
        args["offset"] = offset;
        json piece;
        if (const int code = ask(session, agent, operation, args, piece)) return code;
        const auto bytes = from_hex(text_in(piece, "bytes"));
        if (!bytes) return show_error(session, bytes.error());
        if (bytes->empty()) return exit_ok;
        if (const Result<void> taken = take(*bytes, piece); !taken)
            return show_error(session, error_to_json(taken.error()));
        offset += bytes->size();
    }
}

int save(const Session& session, json args) {
    const std::filesystem::path out = text_in(args, "out");
    args.erase("out");
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    auto writer = FileWriter::create(out);
    if (!writer) return show_error(session, error_to_json(writer.error()));
    std::uint64_t done = 0;
    const int code = each_piece(
        session, *agent, "attachment.copy", args, [&](const Bytes& bytes, const json& piece) {
            done += bytes.size();
            if (!session.json) show_bar(done, count_in(piece, "size"));
            return writer->write(bytes);
        });
    if (code != exit_ok) return code;
    if (const auto finished = writer->finish(); !finished)
        return show_error(session, error_to_json(finished.error()));
    if (session.json)
        show_json(json::object({{"file", out.string()}, {"size", done}}));
    else
        print(session.say("Written: ", "Skrivet: ") + escaped(out.string()) + "\n");
    return exit_ok;
}

/// For a viewer behind a pipe: nothing stays on the disk.
int show_file(const Session& session, const json& args) {
    struct stat out{};
    const bool to_somebody =
        ::fstat(STDOUT_FILENO, &out) == 0 && (S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode));
    if (!to_somebody) {  // neither a terminal nor a file that would stay
        std::fputs(session
                       .say("Give it to a viewer: samsyn attachment show ID | viewer\n",
                            "Ge den till en visare: samsyn attachment show ID | visare\n")
                       .c_str(),
                   stderr);
        return exit_usage;
    }
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    return each_piece(session,
                      *agent,
                      "attachment.read",
                      args,
                      [](const Bytes& bytes, const json&) -> Result<void> {
                          if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size())
                              return fail(Errc::system_failed, "output");
                          return {};
                      });
}

void print_attachments(const Session& session, const json& result) {
    const json files = result.value("attachments", json::array());
    if (files.empty()) return print(session.say("No attachments.\n", "Inga bilagor.\n"));
    Table table{{"id",
                 session.say("file", "fil"),
                 session.say("kind", "slag"),
                 session.say("size", "storlek"),
                 session.say("where", "var")}};
    for (const json& file : files)
        table.add({short_id(text_in(file, "id")),
                   text_in(file, "title"),
                   text_in(file, "media_type"),
                   size_text(count_in(file, "size")),
                   state_text(session, file)});
    print(table.to_string());
}

void print_attachment(const Session& session, const json& file) {
    print(short_id(text_in(file, "id")) + ": " + state_text(session, file) + "\n");
}

}  // namespace

void add_attachment_commands(CLI::App& app, Session& session) {
    Command attaching{app,
                      session,
                      "attach",
                      "Attaches a file to a case. Of a picture, where and with what it was taken "
                      "stays behind.",
                      "samsyn attach \"Familjen Alm\" ritning.jpg --about \"Elin Alm\""};
    attaching.of_case()
        .needs("file", "file", "The file")
        .text("--title", "title", "Instead of the file's name")
        .text("--to", "belongs_to", "The note that it belongs to");
    with_label_and_fields(attaching).runs(
        [&session](const json& args) { return attach(session, args); });
    Command{app,
            session,
            "attachments",
            "Lists a case's files, and which of them are here.",
            "samsyn attachments \"Familjen Alm\""}
        .of_case()
        .asks("attachment.list", &print_attachments);
    CLI::App& one = group(app, "attachment", "One attached file.");
    Command{one, session, "fetch", "Fetches it from the server.", "samsyn attachment fetch 1a2b"}
        .needs("item", "item", "The beginning of its id")
        .runs([&session](const json& args) { return fetch(session, args); });
    Command{one,
            session,
            "forget",
            "Takes it off this device; the server keeps it.",
            "samsyn attachment forget 1a2b"}
        .needs("item", "item", "The beginning of its id")
        .asks("attachment.forget", &print_attachment);
    Command{one,
            session,
            "save",
            "Writes it to a new file, for your unit's own record, where consent or your own unit "
            "lets you; it is logged.",
            "samsyn attachment save 1a2b --out ritning.jpg"}
        .needs("item", "item", "The beginning of its id")
        .needs("--out", "out", "A new file")
        .runs([&session](const json& args) { return save(session, args); });
    Command{one,
            session,
            "show",
            "Gives it to a viewer, by a pipe; it is logged.",
            "samsyn attachment show 1a2b | display"}
        .needs("item", "item", "The beginning of its id")
        .runs([&session](const json& args) { return show_file(session, args); });
}

}  // namespace samsyn
