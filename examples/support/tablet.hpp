#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace story {

using nlohmann::json;

/// Where the two programs are.
struct Programs {
    std::filesystem::path samsyn;
    std::filesystem::path server;
};

/// One person's tablet, used as the person would: by running `samsyn` on its folder.
class Tablet {
public:
    /// `programs` must outlive it.
    Tablet(const Programs& programs,
           std::filesystem::path folder,
           std::string person,
           std::string role)
        : programs_(&programs),
          folder_(std::move(folder)),
          person_(std::move(person)),
          role_(std::move(role)) {}

    ~Tablet();  ///< stops the folder's agent
    Tablet(const Tablet&) = delete;
    Tablet& operator=(const Tablet&) = delete;

    /// Runs `samsyn --data FOLDER --json …` and returns what it printed. Throws with the error that
    /// it gave where it failed. `input`: what it reads on its standard input.
    json run(const std::vector<std::string>& arguments, const std::string& input = {}) const;

    /// The same, for what is expected to fail: its error object. Throws where it succeeds.
    json refused(const std::vector<std::string>& arguments, const std::string& input = {}) const;

    /// Makes the folder a device by `admin found …` or `enrol …`: with this tablet's PIN, and a
    /// phrase that it remembers. It is unlocked afterwards.
    json make(std::vector<std::string> arguments);

    json unlock_by_pin() const { return run({"unlock", "--pin-fd", "0"}, pin_ + "\n"); }

    json unlock_by_phrase() const { return run({"unlock", "--phrase-fd", "0"}, phrase_ + "\n"); }

    json pin_refused() const { return refused({"unlock", "--pin-fd", "0"}, pin_ + "\n"); }

    void lock() const { (void)run({"lock"}); }

    /// What `samsyn status` says, locked or not.
    json status() const;

    /// As a battery that dies: kill -9 of the resident process and all that it started.
    void power_off() const;

    const std::string& pin() const { return pin_; }

    const std::string& phrase() const { return phrase_; }

    /// As a person would see it: the plain output.
    std::string shown(const std::vector<std::string>& arguments) const;

    void sync() const { (void)run({"sync"}); }

    /// Ends the resident process of this folder. Never throws: nothing may stay behind.
    void stop() const noexcept;

    const std::string& person() const { return person_; }

    const std::string& role() const { return role_; }

    const std::filesystem::path& folder() const { return folder_; }

private:
    std::vector<std::string> with_folder(const std::vector<std::string>& arguments,
                                         bool json_output) const;

    const Programs* programs_;
    std::filesystem::path folder_;
    std::string person_;
    std::string role_;
    std::string pin_ = "274093";
    std::string phrase_;
};

/// Makes `tablet`'s folder a device by an invitation of `admin`'s machine: answer, reveal, the six
/// digits that the tablet shows, and the certificate.
void let_in(const Tablet& admin, Tablet& tablet, const std::string& invitation);

/// Rows: compartments, as far as anybody can open one. Columns: tablets. A cell says how many items
/// that tablet *opened*; it is asked for its items, not the rule for its opinion.
void print_who_reads(const std::vector<const Tablet*>& tablets, const std::string& case_id);

/// How many items each tablet opens, by compartment ("Elevhälsan: attendance").
std::map<std::string, std::size_t> opened(const Tablet& tablet, const std::string& case_id);

}  // namespace story
