#pragma once

#include "core/base/one_of.hpp"
#include "core/model/hybrid_clock.hpp"
#include "core/model/item_type.hpp"
#include "core/model/label.hpp"
#include "core/policy/provision_statements.hpp"
#include "core/policy/secrecy_statements.hpp"
#include "core/policy/terms.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace samsyn {

/// Which log a statement belongs to (consent-rules.md, "Statements"). `custody` and `federation`
/// have no unit, `federation` no case.
///
/// `notice` goes to the participants of its unit, the addressee, and to its authors; `decide` does
/// not read it.
enum class StreamKind : std::uint8_t {
    federation,
    custody,
    disclosing,
    roster,
    notice,
    last = notice
};

struct Stream {
    StreamKind kind{};
    CaseId case_id;
    UnitId unit;

    friend auto operator<=>(const Stream&, const Stream&) = default;
};

// --- The federation log -----------------------------------------------------------------------

/// Signed by the root itself; its statement id is the `FederationId`.
struct Founding {
    SigningPublicKey root_key;
    Hash name_hash;
    friend bool operator==(const Founding&, const Founding&) = default;
};

/// By the root.
struct OrganisationAdmitted {
    OrganisationId organisation;
    Instant from;
    Instant until = instant_max;
    friend bool operator==(const OrganisationAdmitted&, const OrganisationAdmitted&) = default;
};

/// By the root: this user on this device signs for the organisation.
struct AdministratorCertified {
    OrganisationId organisation;
    UserId user;
    DeviceId device;
    SigningPublicKey signing_key;
    SealingPublicKey sealing_key;
    friend bool operator==(const AdministratorCertified&, const AdministratorCertified&) = default;
};

/// By an administrator of the organisation.
struct UnitCertified {
    UnitRef unit;
    friend bool operator==(const UnitCertified&, const UnitCertified&) = default;
};

/// By an administrator of the organisation: the user works in the unit, in a profession. A user has
/// one such statement for each unit.
struct UserCertified {
    UserId user;
    OrganisationId organisation;
    UnitId unit;
    Role role{};
    Instant from;
    Instant until = instant_max;
    friend bool operator==(const UserCertified&, const UserCertified&) = default;
};

enum class DeviceKind : std::uint8_t {
    staff_tablet,
    room_screen,
    loaner,
    administrator_machine,
    last = administrator_machine,
};

/// By an administrator of the organisation. `user` is none for a room screen.
struct DeviceCertified {
    DeviceId device;
    DeviceKind kind{};
    OrganisationId organisation;
    UserId user;
    SigningPublicKey signing_key;
    SealingPublicKey sealing_key;
    std::uint32_t sealing_epoch = 1;  ///< grows when the device rotates its sealing key
    Instant until = instant_max;
    friend bool operator==(const DeviceCertified&, const DeviceCertified&) = default;
};

/// By an administrator of the device's organisation, or by the root for an administrator's machine.
/// Ends all reading at once.
struct DeviceRevoked {
    DeviceId device;
    friend bool operator==(const DeviceRevoked&, const DeviceRevoked&) = default;
};

/// By an administrator of the device's organisation, or by the root for an administrator's machine:
/// the device locks at once. An order: it changes nothing about who may read.
struct DeviceLocked {
    DeviceId device;
    friend bool operator==(const DeviceLocked&, const DeviceLocked&) = default;
};

/// What a wipe does about work that the device has not sent.
enum class UnsentWork : std::uint8_t {
    keep,     ///< an unlocked device sends it first; a locked one keeps file and assisted slot
    discard,  ///< a second order: everything that the server has not accepted is given up
    last = discard
};

/// As `DeviceLocked`: the device destroys its keys, then its data (security.md, "Wipe"). It does
/// not revoke: so that an unlocked device can still send what it has.
struct DeviceWiped {
    DeviceId device;
    UnsentWork unsent{};
    friend bool operator==(const DeviceWiped&, const DeviceWiped&) = default;
};

/// By the server, as its signed acceptance of a revocation: what carries a later counter, or one of
/// the gaps, has no effect, whatever time it claims. The first in the log counts.
struct RevocationPinned {
    StatementId revocation;
    DeviceId device;
    std::uint64_t counter = 0;
    std::vector<std::uint64_t> gaps;
    friend bool operator==(const RevocationPinned&, const RevocationPinned&) = default;
};

/// By an administrator: the user has left.
struct UserRemoved {
    UserId user;
    OrganisationId organisation;
    Instant from;
    friend bool operator==(const UserRemoved&, const UserRemoved&) = default;
};

/// By the root: the server's own identity, and the key that will follow it.
struct ServerCertified {
    SigningPublicKey key;
    std::optional<SigningPublicKey> successor;
    friend bool operator==(const ServerCertified&, const ServerCertified&) = default;
};

/// By the root, or by an administrator and a second one of another organisation: the server's log
/// was restored from a backup. Only under it may a log be shorter, and only back to this size.
struct LogRestored {
    Incarnation old_incarnation;
    std::uint64_t size = 0;
    Hash root;
    Incarnation new_incarnation;
    friend bool operator==(const LogRestored&, const LogRestored&) = default;
};

// --- The streams of a case --------------------------------------------------------------------

/// Custody stream, by a user of a team unit, who becomes the case's lead.
struct CaseOpened {
    ServiceModel model{};
    UnitId unit;
    UserId lead;
    friend bool operator==(const CaseOpened&, const CaseOpened&) = default;
};

/// Custody stream, by lead or team.
struct CaseClosed {
    std::uint8_t reason = 0;
    friend bool operator==(const CaseClosed&, const CaseClosed&) = default;
};

/// Roster stream of `unit`, by lead or team: need to know, from–to.
struct ParticipantAdded {
    UserId user;
    UnitId unit;
    Duty duty{};
    Instant from;
    Instant until = instant_max;
    friend bool operator==(const ParticipantAdded&, const ParticipantAdded&) = default;
};

struct ParticipantRemoved {
    UserId user;
    UnitId unit;
    friend bool operator==(const ParticipantRemoved&, const ParticipantRemoved&) = default;
};

/// Custody stream, by lead or team: *all* guardians of the child. In force until the earlier of the
/// review and the 18th birthday; after `adult_at` the child decides as an adult.
struct Custody {
    PersonId child;
    std::vector<PersonId> guardians;  ///< sorted, each once, 1 to 8
    Instant review_at;
    Instant adult_at;
    friend bool operator==(const Custody&, const Custody&) = default;
};

/// Custody stream, by lead or team: this person is an adult and decides alone. Guardians named in a
/// custody statement need none.
struct AdultRecorded {
    PersonId person;
    friend bool operator==(const AdultRecorded&, const AdultRecorded&) = default;
};

/// Disclosing stream, by any participant; opens after a `Confirmation` by a participant of the
/// disclosing unit, which is implied where such a one is the author.
struct Consent {
    PersonId grantor;
    Capacity capacity{};
    PersonId subject;
    UnitId disclosing;
    Recipient recipient;
    Categories categories;
    Purpose purpose{};
    Actions actions;
    Instant not_before;
    Instant not_after;  ///< mandatory: consent without an end is refused at capture
    Reach reach{};
    ConsentForm form{};
    Categories reserved;  ///< reservations: narrow this consent only
    Hash evidence;        ///< of the sealed evidence item's text; none where there is none
    std::vector<StatementId>
        names;  ///< consents it replaces, closing statements it reopens; sorted
    friend bool operator==(const Consent&, const Consent&) = default;
};

/// Disclosing stream, by a participant of the disclosing unit.
struct Confirmation {
    StatementId consent;
    std::vector<StatementId> names;  ///< closing statements that the family was asked about; sorted
    friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

enum class ClosingKind : std::uint8_t { refusal, withdrawal, objection, block, last = block };

/// Disclosing stream, or custody stream where no disclosing unit is named; by any participant.
/// Within its scope it denies for `decider`, whatever any consent says that does not name it.
struct Closing {
    ClosingKind kind{};
    PersonId decider;
    PersonId subject;
    std::optional<UnitId> disclosing;    ///< none: every unit
    std::optional<Recipient> recipient;  ///< none: everybody
    Categories categories;
    Hash evidence;
    friend bool operator==(const Closing&, const Closing&) = default;
};

/// In the stream of what it ends: by lead or team for custody, adults, participants and the closing
/// of a case; for a consent by its author or the disclosing unit; for a block by the user who set
/// it. The other closings are never ended: a newer consent of the same person names them.
struct Ended {
    StatementId statement;
    friend bool operator==(const Ended&, const Ended&) = default;
};

/// A kind that this version does not know. Where `restricting` is set in the header, `decide`
/// answers Deny(update needed) for its whole stream.
struct Unknown {
    std::uint16_t kind = 0;
    Bytes body;
    friend bool operator==(const Unknown&, const Unknown&) = default;
};

/// The wire number of a kind is in `statement_kind`; 0 to 63 federation, 64 and up a case.
using StatementKinds = std::variant<Founding,
                                    OrganisationAdmitted,
                                    AdministratorCertified,
                                    UnitCertified,
                                    UserCertified,
                                    DeviceCertified,
                                    DeviceRevoked,
                                    RevocationPinned,
                                    UserRemoved,
                                    ServerCertified,
                                    DeviceLocked,
                                    DeviceWiped,
                                    LogRestored,
                                    Countersigned,
                                    UnitLease,
                                    RecoveryKeyCertified,
                                    RecoveryUsed,
                                    DeviceSuspended,
                                    DeviceResumed,
                                    CaseOpened,
                                    CaseClosed,
                                    ParticipantAdded,
                                    ParticipantRemoved,
                                    Custody,
                                    AdultRecorded,
                                    Consent,
                                    Confirmation,
                                    Closing,
                                    Ended,
                                    CaseWeeded,
                                    AgeAttested,
                                    Maturity,
                                    GuardianSuspended,
                                    Representative,
                                    GuardianPrevented,
                                    DecisionInPlace,
                                    Mandate,
                                    ProtectionMark,
                                    Audience,
                                    InvestigationLock,
                                    Release,
                                    Override,
                                    SecondReaderVerdict,
                                    InvestigationAnswer,
                                    EmergencyOpening,
                                    Informed,
                                    GuestNamed,
                                    CopiedToOwnRecord,
                                    SecrecyAcknowledged,
                                    RoomSession,
                                    ReportOfConcern,
                                    PurgeReceipt,
                                    EscrowVerdict,
                                    ReviewVerdict,
                                    Unknown>;

/// One of the kinds. What a variant of so many does costs each file that copies one seconds to
/// compile: so it is compiled once, in `statement.cpp`.
struct StatementBody : StatementKinds {
    StatementBody();
    StatementBody(const StatementBody& other);
    StatementBody(StatementBody&& other) noexcept;
    StatementBody& operator=(const StatementBody& other);
    StatementBody& operator=(StatementBody&& other) noexcept;
    ~StatementBody();

    template <class Kind>
        requires is_one_of<Kind, StatementKinds>
    StatementBody(Kind kind);  // NOLINT(google-explicit-constructor): as of a variant

    friend bool operator==(const StatementBody& a, const StatementBody& b);
};

inline constexpr std::size_t statement_previous_max = 16;
inline constexpr std::size_t statement_names_max = 32;
inline constexpr std::size_t statement_bytes_max = 8 * 1024;

/// What every statement says beside its body.
struct StatementHeader {
    FederationId federation;  ///< none in the founding statement itself
    Stream stream;
    DeviceId author;
    Role role{};                        ///< the author's role at that time, as claimed
    std::uint64_t counter = 0;          ///< the author's device-wide counter
    std::vector<StatementId> previous;  ///< heads of its stream, or of the custody stream; sorted
    HybridTime time;
    bool restricting = false;  ///< an older version that does not know the kind must deny
    friend bool operator==(const StatementHeader&, const StatementHeader&) = default;
};

/// A second person's signature on a dangerous kind.
struct SecondSignature {
    DeviceId device;
    Signature signature;
    friend bool operator==(const SecondSignature&, const SecondSignature&) = default;
};

/// A signed, immutable statement, as decoded. `id` is the hash of the signed bytes; whether the
/// signature verifies is checked once, where bytes come in (`open_statement` in core/wire).
struct Statement {
    StatementId id;
    StatementHeader header;
    StatementBody body;
    Signature signature;
    std::optional<SecondSignature> second;
};

using StatementPtr = std::shared_ptr<const Statement>;

}  // namespace samsyn
