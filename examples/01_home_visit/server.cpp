#include "examples/01_home_visit/day.hpp"
#include "examples/support/search.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <set>

namespace story {

using namespace std::chrono_literals;

void Day::kill_server() {
    chapter(6, "The server is killed in the middle of a push, and started again");
    constexpr int notes = 300;
    for (int i = 0; i < notes; ++i) {
        std::string text = "Dagbok " + std::to_string(i) + ":";
        for (int word = 0; word < 1000; ++word)
            text += " " + std::to_string((i * 7919 + word * 104729) % 99991);
        (void)psychologist_->run({"note", "add", case_, "--about", family_.child, "--text", text});
    }
    Background syncing{
        programs_.samsyn, {"--data", psychologist_->folder().string(), "sync"}, folder("sync.log")};
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    const auto waiting = [&] {
        return psychologist_->run({"status"}).at("unsent_changes").get<int>();
    };
    while (waiting() == notes && std::chrono::steady_clock::now() < give_up) {
    }
    server_->signal(SIGKILL);
    (void)server_->wait(10s);
    (void)syncing.wait(30s);
    const int unsent = waiting();
    tell("Killed with -9: " + std::to_string(notes - unsent) + " of " + std::to_string(notes) +
         " notes were acknowledged, " + std::to_string(unsent) + " wait on the tablet.");
    start_server("127.0.0.1:" + std::to_string(server_port_));
    for (int round = 0; round < 2; ++round) {
        psychologist_->sync();
        social_worker_->sync();
    }
    std::multiset<std::string> seen;
    const json items = social_worker_->run({"list", case_}).at("items");
    for (const json& item : items)
        for (const json& field : item.at("fields"))
            if (field.at("key") == "text")
                for (const json& value : field.at("values")) {
                    const std::string text = value.at("shown");
                    if (text.starts_with("Dagbok ")) seen.insert(text.substr(0, text.find(':')));
                }
    expect(seen.size() == notes,
           "the colleague has all " + std::to_string(notes) + " notes, not " +
               std::to_string(seen.size()));
    expect(std::set<std::string>(seen.begin(), seen.end()).size() == notes, "no note is doubled");
    tell("The colleague has all " + std::to_string(notes) + ", each once.");
}

void Day::search_server() {
    chapter(7, "What somebody finds who steals the server, or a tablet that is off");
    for (const auto& tablet : everybody_) tablet->stop();
    admin_->stop();
    server_->signal(SIGTERM);
    expect(server_->wait(20s) == 0, "the server stops in good order");

    const auto planted = folder("server") / "planted";
    std::ofstream{planted} << "en rad med " << family_.visit_note << " i klartext\n";
    expect(!search({planted}, {family_.visit_note}).empty(), "the search finds a planted text");
    std::filesystem::remove(planted);
    tell("The search finds a text planted in the server's folder.");

    std::vector<std::filesystem::path> files = files_below({folder("server")});
    files.push_back(folder("frames"));
    files.push_back(folder("server.log"));
    for (const auto& file : files_below({psychologist_->folder()})) files.push_back(file);
    std::uintmax_t bytes = 0;
    for (const auto& file : files) bytes += std::filesystem::file_size(file);
    const auto hits = search(files, family_.secrets());
    for (const Hit& hit : hits)
        tell("FOUND " + hit.text + " as " + hit.form + " in " + hit.file.filename().string());
    expect(hits.empty(), "nothing of the family is on the server or in the tablet's files");
    tell("Nothing of the family in the tablet's files, nor in the server's database, log and " +
         std::to_string(std::filesystem::file_size(folder("frames")) / 1024) +
         " KiB of frames inside TLS (" + std::to_string(bytes / 1024) +
         " KiB searched as UTF-8, UTF-16, base64, hex, and inside zstd).");
}

}  // namespace story
