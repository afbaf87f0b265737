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

/// What stories begin with: a server, an administrator's machine and five tablets in three
/// organisations, each a real process with a folder of its own; and a family whose guardians
/// consent.
class Town {
public:
    Town(Programs programs, std::uint64_t seed)
        : programs_(std::move(programs)),
          family_(invent_family(seed)) {}

protected:
    // --- the first two chapters ----------------------------------------------------------------
    void found();
    void open_case();

    // --- what the others need ------------------------------------------------------------------
    std::filesystem::path folder(const std::string& name) const { return temporary_.path() / name; }

    void start_server(const std::string& listen);
    void sync_all() const;
    void table() const;
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

private:
    Tablet& enrol(const std::string& person,
                  const std::string& role,
                  const std::string& role_key,
                  const std::string& unit,
                  const std::string& address_note);
    void write_for_the_units();
    void consent_of(const std::string& guardian);
    void confirm_pending(const Tablet& tablet) const;
};

}  // namespace story
