#pragma once

#include "core/wire/fleet_messages.hpp"

#include <samsyn/device.hpp>

#include <set>

namespace samsyn {

/// Context of a refusal: the new place counts only once a second person has confirmed it.
inline constexpr std::string_view move_wants_place = "move_wants_place";

/// From a day on, a user works elsewhere in the same organisation.
struct MoveUser {
    UserId user;
    UnitId from;
    UnitId to;
    std::optional<Role> role{};  ///< none: the same
    Instant at;                  ///< earlier than now counts as now
};

/// What waits for a second person, or waited in vain: a row for whoever is asked by telephone.
struct WaitingView {
    StatementId id;
    std::string_view kind;  ///< `kind_name` of the statement
    UserId author;
    DeviceId author_device;
    Instant said;
    Instant deadline;
    bool over = false;               ///< past the deadline: it has to be said again
    std::optional<Error> refusal{};  ///< why this device may not be the second; none where it may
    // What it is about, as far as the kind says.
    OrganisationId organisation{};
    UnitId unit{};
    UserId user{};
    DeviceId device{};
    DeviceKind device_kind{};
    Role role{};
    std::uint32_t generation = 0;           ///< of a recovery key
    unsigned needed = 0;                    ///< of a new one: so many shares open it
    std::size_t shares = 0;                 ///< of so many
    std::optional<SealingPublicKey> key{};  ///< the new one: it stands on every page
    std::optional<Instant> until{};         ///< of the use of one
};

/// What an administrator should look at, the worst first: a device is placed by its first one.
enum class FleetWarning : std::uint8_t {
    revoked_not_emptied,  ///< revoked, and has not answered that its keys are gone
    lost,                 ///< suspended
    wipe_unanswered,      ///< ordered to wipe itself, and has not answered
    user_left,            ///< nobody works there with it any more
    purges_unconfirmed,   ///< holds keys that it has lost, as far as it has signed
    lease_over,           ///< no contact for so long that it shows nothing
    certificate_ended,    ///< it cannot connect
    certificate_ending,   ///< within `certificate_warning` (a loaner: `loaner_warning`)
    long_silent,          ///< no contact for `silence_warning`
    old_version,          ///< older than this machine's program
    unsent_work,          ///< for longer than `unsent_warning`
    waits_for_keys,       ///< may read what nobody has given it a key of
    doubtful_report,      ///< says what cannot be
    never_seen,           ///< certified, and never connected
    last = never_seen
};

inline constexpr std::chrono::days certificate_warning{60};
inline constexpr std::chrono::days loaner_warning{7};
inline constexpr std::chrono::days silence_warning{14};
inline constexpr std::chrono::hours unsent_warning{24};

/// A certificate that ends within `certificate_warning` is renewed for so long by an
/// administrator's machine when it synchronises, if the device was in contact within
/// `renewal_contact_max`. Loaners end when they end.
inline constexpr std::chrono::days certificate_validity{365};
inline constexpr std::chrono::days renewal_contact_max{30};

std::string_view key_of(FleetWarning warning);

struct FleetDevice {
    DeviceId id;
    std::string name{};
    UserId user{};
    DeviceKind kind{};
    bool revoked = false;
    bool suspended = false;
    bool emptied = false;  ///< it has answered that its keys are gone
    bool retired = false;  ///< revoked, empty and nothing owed: only listed for completeness
    std::optional<Instant> last_contact{};
    std::optional<DeviceReport> report{};
    std::uint32_t unconfirmed = 0;
    /// At the latest: from the last contact, or what the device says where that is earlier.
    std::optional<Instant> lease_ends{};
    std::optional<Instant> certificate_ends{};
    std::vector<FleetWarning> warnings{};  ///< the worst first
};

/// The devices of an organisation, least trusted first.
struct FleetView {
    OrganisationId organisation;
    std::optional<Instant> asked_at{};  ///< when the server last answered; none: never
    bool refused = false;               ///< the server says that this is no administrator there
    std::vector<FleetDevice> devices;
    /// How many devices have each warning, the worst first; without those that are retired.
    std::map<FleetWarning, std::size_t> warnings;
};

/// What administrators do in the life of users and devices, and what every second person does.
/// Works offline: statements leave with the next session.
///
/// Errors common to all: those of `Device`; `not_found` for what the federation does not know;
/// `not_permitted` for who may not. Where a statement wants a second person it is made all the
/// same, and listed in `waiting` until somebody confirms it.
/// Not thread-safe; the device must outlive it.
class Provisioning {
public:
    explicit Provisioning(Device& device) : device_(device) {}

    // --- Names ---------------------------------------------------------------------------------
    /// Errors: `invalid_argument` for an empty name, one of more than 400 bytes, or one with
    /// control characters or marks that turn the direction of writing.
    Result<void> rename_unit(const UnitId& unit, std::string_view name);
    Result<void> rename_user(const UserId& user, std::string_view name);

    /// Devices have no name until somebody gives them one. It is kept with the names of a unit of
    /// the device's organisation.
    Result<void> rename_device(const DeviceId& device, std::string_view name);

    // --- People --------------------------------------------------------------------------------
    /// Where the new place would wait for a second person, `place_user` comes first: once that is
    /// confirmed, this ends the old place. Errors: also `conflict` with `move_wants_place` before
    /// then; `invalid_argument` for units of two organisations, or one unit.
    Result<void> move_user(const MoveUser& move);

    /// The user works in one more unit, or comes back to one.
    Result<StatementId> place_user(const UserId& user, const UnitId& unit, Role role, Instant from);

    /// At once: a user has one role in a unit.
    Result<StatementId> change_role(const UserId& user, const UnitId& unit, Role role);

    /// The user leaves the organisation `from` then on (earlier than now counts as now): its
    /// devices read nothing, and put unsent drafts in escrow for the units that they are about.
    Result<StatementId> remove_user(const UserId& user,
                                    const OrganisationId& organisation,
                                    Instant from);

    // --- Devices -------------------------------------------------------------------------------
    /// Lost: it gets nothing and is sealed no key until it is found, and locks when it hears of it.
    /// Errors: also `invalid_argument` for this very device, `already_exists` where it is lost.
    Result<StatementId> report_lost(const DeviceId& device);

    /// Ends what said that it is lost. Errors: also `not_found` where nothing does.
    Result<StatementId> report_found(const DeviceId& device);

    /// Errors: also `revoked_device`; `invalid_argument` for an end in the past.
    Result<StatementId> renew_device(const DeviceId& device, Instant until);

    /// How long the unit's devices show content without contact. Errors: also `invalid_argument`
    /// outside `unit_lease_min` to `unit_lease_max`.
    Result<StatementId> set_unit_lease(const UnitId& unit, std::chrono::hours reading);

    // --- Two persons ---------------------------------------------------------------------------
    /// What waits, the nearest deadline first, then what is over, the newest first.
    std::vector<WaitingView> waiting();

    /// Confirms as the second person. Errors: those of `Federation::may_countersign`; `timed_out`
    /// past the deadline.
    Result<StatementId> confirm(const StatementId& statement);

    /// A statement of the federation log as text ("samsyn1-statement-…"), to be read aloud or sent
    /// by any way: whoever gets it can check it, and nobody can change it.
    Result<std::string> export_statement(const StatementId& statement);

    /// Errors: `malformed` naming what is wrong ("checksum": a letter was mistyped); those of
    /// `Device::import_statement`.
    Result<StatementId> import_statement(std::string_view text);

    // --- For the root key's holder -------------------------------------------------------------
    /// What the federation log says of a device, and of an organisation's membership.
    Result<DeviceCertified> certificate(const DeviceId& device);
    Result<OrganisationAdmitted> admission(const OrganisationId& organisation);

    // --- The fleet -----------------------------------------------------------------------------
    /// The next session asks the server about the devices of the organisation.
    void ask_fleet(const OrganisationId& organisation);

    /// What is known here, with what the server last answered. Errors: `not_permitted` for who is
    /// no administrator of the organisation.
    Result<FleetView> fleet(const OrganisationId& organisation);

    /// The organisations of which this device is an administrator's.
    std::vector<OrganisationId> administers();

private:
    Result<void> rename(const ItemId& item,
                        ItemType type,
                        const UnitId& unit,
                        std::string_view name);

    Device& device_;
};

/// Statements of the root, one after the other: an organisation joins or leaves with a date, an
/// administrator is added. Takes the counters after `root_counter`.
// NOLINTNEXTLINE(readability-function-size): as for found_federation
std::vector<Bytes> sign_as_root(const FederationId& federation,
                                std::span<const StatementBody> bodies,
                                std::uint64_t root_counter,
                                std::span<const StatementId> previous,
                                Signer& root,
                                const Hasher& hasher,
                                Instant now);

}  // namespace samsyn
