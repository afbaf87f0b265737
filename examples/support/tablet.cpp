#include "examples/support/tablet.hpp"

#include "examples/support/process.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <sys/types.h>
#include <thread>

namespace story {

namespace {

/// Columns that a terminal uses for a text of ours: letters, no wide characters.
std::size_t width_of(const std::string& text) {
    std::size_t width = 0;
    for (const char c : text) width += (static_cast<unsigned char>(c) & 0xc0U) == 0x80 ? 0 : 1;
    return width;
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t used = width_of(text);
    return text + std::string(used < width ? width - used : 1, ' ');
}

/// "Elevhälsan: attendance (Tuva)".
std::string compartment_of(const json& item) {
    std::string about;
    for (const json& person : item.at("about"))
        about += (about.empty() ? "" : ", ") + (person.value("name", std::string{}).empty()
                                                    ? "name not shared"
                                                    : person.at("name").get<std::string>());
    return item.at("unit").value("name", std::string{"?"}) + ": " +
           item.at("category").get<std::string>() + " (" + about + ")";
}

}  // namespace

std::vector<std::string> Tablet::with_folder(const std::vector<std::string>& arguments,
                                             bool json_output) const {
    std::vector<std::string> all{"--data", folder_.string()};
    if (json_output) all.emplace_back("--json");
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

json Tablet::run(const std::vector<std::string>& arguments, const std::string& input) const {
    const Finished finished = story::run(programs_->samsyn, with_folder(arguments, true), input);
    if (finished.exit_code != 0)
        throw std::runtime_error(person_ + ": samsyn " + arguments.front() +
                                 " failed: " + finished.out + finished.err);
    return json::parse(finished.out);
}

json Tablet::refused(const std::vector<std::string>& arguments, const std::string& input) const {
    const Finished finished = story::run(programs_->samsyn, with_folder(arguments, true), input);
    if (finished.exit_code == 0)
        throw std::runtime_error(person_ + ": samsyn " + arguments.front() +
                                 " should have been refused");
    const json answer = json::parse(finished.out, nullptr, false);
    return answer.is_object() && answer.contains("error") ? answer.at("error")
                                                          : json{{"message", finished.err}};
}

json Tablet::make(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--pin-fd", "0"});
    json made = run(arguments, pin_ + "\n");
    phrase_ = made.at("phrase");
    return made;
}

json Tablet::status() const {
    const Finished finished = story::run(programs_->samsyn, with_folder({"status"}, true));
    return json::parse(finished.out);
}

void Tablet::power_off() const {
    const json lock = status().at("lock");
    const pid_t agent = lock.at("pid").get<pid_t>();
    (void)kill(agent, SIGKILL);  // the kernel ends its children with it
    const auto gone = [&] {
        std::string word;
        std::ifstream stat{"/proc/" + std::to_string(agent) + "/stat"};
        for (int i = 0; i < 3; ++i) stat >> word;
        return !stat || word == "Z";
    };
    while (!gone()) std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

std::string Tablet::shown(const std::vector<std::string>& arguments) const {
    const Finished finished = story::run(programs_->samsyn, with_folder(arguments, false));
    return finished.out + finished.err;
}

Tablet::~Tablet() {
    stop();
}

void Tablet::stop() const noexcept {
    try {
        if (std::filesystem::exists(folder_))
            (void)story::run(programs_->samsyn, with_folder({"stop"}, true));
    } catch (const std::exception& error) {
        std::fprintf(
            stderr, "%s: the agent could not be stopped: %s\n", person_.c_str(), error.what());
    }
}

void let_in(const Tablet& admin, Tablet& tablet, const std::string& invitation) {
    const std::string answer = tablet.make({"enrol", invitation}).at("answer");
    const json revealed = admin.run({"admin", "accept", answer});
    const json shown = tablet.run({"enrol", "compare", revealed.at("reveal")});
    (void)admin.run({"admin", "accept", answer, "--code", shown.at("code")});
}

std::map<std::string, std::size_t> opened(const Tablet& tablet, const std::string& case_id) {
    std::map<std::string, std::size_t> counts;
    const json cases = tablet.run({"case", "list"}).at("cases");
    bool known = false;
    for (const json& one : cases) known = known || one.at("id") == case_id;
    if (!known) return counts;
    const json items = tablet.run({"list", case_id}).at("items");
    for (const json& item : items) ++counts[compartment_of(item)];
    return counts;
}

void print_who_reads(const std::vector<const Tablet*>& tablets, const std::string& case_id) {
    std::vector<std::map<std::string, std::size_t>> columns;
    std::set<std::string> rows;
    std::size_t width = 0;
    for (const Tablet* tablet : tablets) {
        columns.push_back(opened(*tablet, case_id));
        for (const auto& [row, count] : columns.back()) rows.insert(row);
    }
    for (const std::string& row : rows) width = std::max(width, width_of(row));

    std::printf("\n    %s", padded("who can read what", width + 2).c_str());
    for (const Tablet* tablet : tablets) std::printf("%s", padded(tablet->role(), 16).c_str());
    std::printf("\n");
    for (const std::string& row : rows) {
        std::printf("    %s", padded(row, width + 2).c_str());
        for (const auto& column : columns) {
            const auto found = column.find(row);
            std::printf(
                "%s",
                padded(found == column.end() ? "·" : std::to_string(found->second), 16).c_str());
        }
        std::printf("\n");
    }
    if (rows.empty()) std::printf("    (nobody holds anything yet)\n");
}

}  // namespace story
