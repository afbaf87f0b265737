#pragma once

#include "examples/support/family.hpp"
#include "examples/support/process.hpp"
#include "examples/support/relay.hpp"
#include "examples/support/tablet.hpp"
#include "examples/support/telling.hpp"

#include <memory>
#include <optional>

namespace story {

constexpr const char* team = "Familjesamverkansteamet";
constexpr const char* school = "Elevhälsan Lindeskolan";
constexpr const char* social = "Socialtjänsten Lindesberg";
constexpr const char* clinic = "BUP Lindesberg";

/// One day with Samsyn, told step by step: a server and six tablets, each a real process with a
/// folder of its own.
class Day {
public:
    Day(Programs programs, std::uint64_t seed)
        : programs_(std::move(programs)),
          family_(invent_family(seed)) {}

    void tell_all() {
        found();
        open_case();
        home_visit();
        settle();
        withdraw();
        kill_server();
        search_server();
    }

private:
    // --- the steps ---------------------------------------------------------------------------
    void found();
    void open_case();
    void write_for_the_units();
    void home_visit();
    void lock_and_unlock();
    void settle();
    void withdraw();
    void kill_server();
    void search_server();

    // --- what they need ----------------------------------------------------------------------
    std::filesystem::path folder(const std::string& name) const { return temporary_.path() / name; }

    void start_server(const std::string& listen);
    Tablet& enrol(const std::string& person,
                  const std::string& role,
                  const std::string& role_key,
                  const std::string& unit,
                  const std::string& address_note);
    void sync_all() const;
    void table() const;
    void consent_of(const std::string& guardian);
    void confirm_pending(const Tablet& tablet) const;
    std::size_t items_of(const Tablet& tablet, const std::string& unit) const;

    Programs programs_;
    InventedFamily family_;
    TemporaryFolder temporary_;
    std::uint16_t server_port_ = 0;
    std::string server_key_;
    std::optional<Background> server_;
    std::unique_ptr<Relay> relay_;
    std::vector<std::unique_ptr<Tablet>> everybody_;
    std::unique_ptr<Tablet> admin_;
    Tablet* psychologist_ = nullptr;
    Tablet* social_worker_ = nullptr;
    Tablet* counsellor_ = nullptr;
    Tablet* officer_ = nullptr;
    Tablet* psychiatrist_ = nullptr;
    std::string case_;
    std::string goal_;
};

}  // namespace story
