#pragma once

#include "core/base/ports.hpp"
#include "core/store/progress.hpp"
#include "core/sync/client_session.hpp"
#include "core/vfs/sealed_vfs.hpp"

#include <samsyn/access.hpp>
#include <samsyn/access_log.hpp>
#include <samsyn/acts.hpp>
#include <samsyn/views.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace samsyn {

class Database;
struct EscrowNotice;
struct EscrowView;
struct LeaseView;
struct Unconfirmed;

/// What a folder holds before there is a federation log: read at `open`.
struct DeviceConfig {
    std::string server;
    FederationId federation;
    SigningPublicKey root_key;
    SigningPublicKey server_key;  ///< pinned; the federation log may name a successor
    UserId user;
    DeviceKind kind{};
};

/// Which fields to write: key of the schema's field and value. An empty value clears. A text that
/// several write (`ValueKind::document`) is given whole, as text, and written as what differs from
/// `before`: from what the person had in front of them, or else from what stands now.
struct FieldInput {
    std::string key;
    Value value;
    std::optional<std::string> before{};
    bool taken_away = false;  ///< in an edit: the value goes from a set, its other elements stay
};

/// A new item. The label follows from type and "about whom"; category and sensitivity override it.
struct NewItem {
    CaseId case_id;
    ItemType type{};
    std::vector<PersonId> about;
    std::optional<Category> category;
    std::optional<Sensitivity> sensitivity;
    std::optional<UnitId>
        unit;  ///< which of the user's units discloses; needed if there are several
    std::vector<FieldInput> fields;
    std::optional<AudienceId> closed{};  ///< of an `Audience`: only the users whom it names
};

struct NewConsent {
    CaseId case_id;
    PersonId grantor;
    Capacity capacity{};
    std::vector<PersonId> subjects;     ///< one statement each
    std::vector<UnitId> disclosing;     ///< times one statement each
    std::vector<Recipient> recipients;  ///< times one statement each
    Categories categories;
    Purpose purpose = Purpose::coordination;
    Actions actions;
    Instant not_before;
    Instant not_after;
    Reach reach = Reach::present;
    ConsentForm form{};
    Categories reserved;
    std::string evidence;  ///< sealed as an item; the statement carries its hash
    std::vector<StatementId> names;
};

struct NewClosing {
    CaseId case_id;
    ClosingKind kind{};
    PersonId decider;
    std::vector<PersonId> subjects;
    std::vector<UnitId>
        disclosing;  ///< one statement each; empty: every unit, in the custody stream
    std::optional<Recipient> recipient;
    Categories categories;
    std::string evidence;
};

/// Settles a conflict: replaces all values that the person was shown. The new one may be one of
/// them or a third.
struct Settlement {
    ItemId item;
    std::string field;
    Value value;
    std::vector<Version> seen;  ///< what the person was shown; other values stay in conflict
};

/// The context of the refusal to search all cases for words.
inline constexpr std::string_view across_cases_refused = "search_across_cases";

/// The context of the refusal to store where a person with protected registration is (C-38).
inline constexpr std::string_view protected_registration_refused = "protected_registration";

/// A device: its local database, its keys, and what its person can do. Works offline; every call
/// below succeeds or fails on local state alone and is durable when it returns.
///
/// Not thread-safe: one thread (in production the agent's) owns it. It is the ledger of its
/// `ClientSession`. Ports must outlive it. On any error nothing has changed.
///
/// Errors common to all: `storage_failed`, `disk_full`; `not_found` for an unknown id;
/// `not_permitted` or `consent_needed` with the reason's key as context where `decide` says no.
class Device : public ClientLedger {
public:
    struct Ports {
        const Clock& clock;
        Random& random;
        const Hasher& hasher;
        const Verifier& verifier;
        Signer& signer;
        Sealer& sealer;
        PageCipher& pages;  ///< of its database; not used in memory
    };

    /// Opens or makes its database. Errors: also `conflict` where another process holds it,
    /// `newer_format`, `malformed` for a damaged file, `not_found` where it is missing,
    /// `not_authentic` where its key is another.
    static Result<std::unique_ptr<Device>> open(const std::filesystem::path& database_file,
                                                DatabaseMode mode,
                                                const DeviceConfig& config,
                                                Ports ports);
    /// The same without a file, for tests and simulation.
    static Result<std::unique_ptr<Device>> open_in_memory(const DeviceConfig& config, Ports ports);
    ~Device() override;

    // --- What there is ---------------------------------------------------------------------
    Result<StatusView> status();
    std::vector<OrganisationView> organisations();
    std::vector<UserView> users();
    std::vector<UnitView> units();
    std::vector<DeviceView> devices();
    Result<std::vector<CaseSummary>> cases();
    Result<std::vector<PersonView>> persons(const CaseId& case_id);
    Result<std::vector<CompartmentView>> compartments(const CaseId& case_id);
    Result<std::vector<ItemView>> items(const CaseId& case_id);  ///< readable ones, newest first
    Result<ItemView> item(const ItemId& item);
    Result<std::vector<ItemView>> conflicts();

    /// Items of one case in which every word (UTF-8 in NFC) begins a word of a searchable text, in
    /// any order; å, ä and ö are letters of their own. Only what this user may read now, at most
    /// `count_max`. Words are text whatever they hold. Errors: also `limit_exceeded` for more than
    /// 32 words or 4096 bytes.
    Result<SearchView> search(const CaseId& case_id, std::string_view words, std::size_t count_max);

    /// Persons and cases across all cases, by a person's name (its words or their beginnings), a
    /// whole personal number, or a case number: at least eight digits of the case's id. At most
    /// 100. Errors: also `not_permitted` with `across_cases_refused` for anything else, which is
    /// also the answer where nobody fits (C-51, C-38).
    Result<std::vector<FoundView>> find(std::string_view text);
    Result<std::vector<ConsentView>> consents(const CaseId& case_id);
    Result<std::vector<ClosingView>> closings(const CaseId& case_id);

    struct ParticipantView {
        UserId user;
        UnitId unit;
        Duty duty{};
    };

    Result<std::vector<ParticipantView>> participants(const CaseId& case_id);

    /// Orders of the federation log about *this* device (lock, wipe, revoke) that were not marked
    /// done here, oldest first. May have grown after anything applied (`ClientSession::Changed`).
    /// A wipe that keeps unsent work wants it sent first: until `ClientSession::Synced`.
    Result<std::vector<DeviceOrder>> pending_orders();

    /// Durable: the order is not pending any more. One that was carried out while locked, as the
    /// vault knows, is marked here after the next unlock, since the vault forgets old ones.
    Result<void> mark_order_done(const StatementId& order);

    /// The decision for this user, or any user the asker may know about, on a label.
    Decision decide(const CaseId& case_id,
                    const Label& label,
                    const Requester& requester,
                    const Request& request);

    /// May this requester, on what grounds, until when, and what would have to be obtained: as far
    /// as this device can know (`AccessAnswer::known`). Errors: `not_found` for an unknown
    /// compartment.
    Result<AccessAnswer> explain(const CompartmentId& compartment,
                                 const Requester& requester,
                                 const Request& request);

    /// Every statement of the case that is here, newest first; what has no effect too.
    Result<std::vector<StatementView>> statements(const CaseId& case_id);

    /// A person of the case who looks along while this device's user shows; none where the case
    /// names them neither as subject nor as guardian nor as mandate holder.
    Result<std::optional<Viewer>> viewer(const CaseId& case_id, const PersonId& person);

    /// The devices to which keys of the compartment were sealed, sorted; those that may read no
    /// longer and have not signed a purge are unconfirmed. Errors: `not_found`; `not_permitted`
    /// for whom the compartment is closed.
    Result<std::vector<HolderView>> copy_holders(const CompartmentId& compartment);

    // --- What a person does ----------------------------------------------------------------
    Result<CaseId> open_case(ServiceModel model, std::string_view title, const UnitId& unit);
    Result<PersonId> add_person(const CaseId& case_id,
                                std::string_view name,
                                std::span<const FieldInput> fields);
    Result<StatementId> record_adult(const CaseId& case_id, const PersonId& person);
    Result<StatementId> record_custody(const CaseId& case_id, const Custody& custody);
    Result<StatementId> add_participant(
        const CaseId& case_id, const UserId& user, const UnitId& unit, Duty duty, Instant until);
    Result<StatementId> remove_participant(const CaseId& case_id,
                                           const UserId& user,
                                           const UnitId& unit);
    Result<std::vector<StatementId>> record_consent(const NewConsent& consent);
    Result<StatementId> confirm_consent(const CaseId& case_id,
                                        const StatementId& consent,
                                        std::vector<StatementId> names);
    Result<std::vector<StatementId>> record_closing(const NewClosing& closing);
    /// States what `saying` says. Errors: also those of `may_sign`; `invalid_argument` for a kind
    /// that has its own call here, for a text where the kind has no field for it, or whom a text is
    /// about is missing; `not_found` for a unit or statement that it names.
    Result<StatementId> say(Saying saying);

    /// Copies items of the disclosing unit to labels closed with a fresh selection, and states the
    /// override or the answer to an investigation that opens them. Errors: as `say` and `add_item`.
    Result<Selected> open_selected(Saying saying, std::span<const ItemId> items);

    /// Moves items between a label and the same label closed (locked, released): each is copied to
    /// a new id, and the old one recalled (samsyn/recalls.hpp). None as `closed` opens. Errors: as
    /// `add_item`.
    Result<std::vector<ItemId>> reclose(std::span<const ItemId> items,
                                        const std::optional<AudienceId>& closed);

    /// A fresh id for an audience or an investigation lock.
    AudienceId new_closed_id();

    /// States that the contact sheet of an emergency is opened, durable before it is shown; then
    /// the sheets that the own unit's participants may read. Works offline. Errors: `not_found`
    /// where there is none; `invalid_argument` without a reason.
    Result<std::vector<ItemView>> open_emergency(const CaseId& case_id, std::string_view reason);

    Result<StatementId> close_case(const CaseId& case_id, std::uint8_t reason);

    /// Its history is here again; consent that was given before it was closed is not (DESIGN.md).
    /// Errors: also `conflict` where it is open.
    Result<void> reopen_case(const CaseId& case_id);

    Result<ItemId> add_item(const NewItem& item);
    Result<void> edit_item(const ItemId& item, std::span<const FieldInput> fields);
    Result<void> delete_item(const ItemId& item);
    Result<void> settle(const Settlement& settlement);

    // --- When somebody leaves (samsyn/leaving.hpp) --------------------------------------------
    /// How old this device's knowledge is, and what that allows.
    LeaseView lease();

    /// This person's unsent work that went to escrow, newest first, and what became of it.
    Result<std::vector<EscrowNotice>> escrowed();

    /// What this device was given to judge, oldest first.
    Result<std::vector<EscrowView>> escrow();

    /// Writes the change again where it was meant to go, under its author's name and time, as this
    /// device's restatement. Errors: also `no_key` where it cannot be opened, `already_exists`
    /// where it was judged, `clock_off` where it claims a time ahead of now, `lease_ended`.
    Result<StatementId> release_escrow(const Hash& entry);

    /// The reason is kept sealed, as evidence. Errors: as `release_escrow`, `invalid_argument`
    /// without a reason.
    Result<StatementId> refuse_escrow(const Hash& entry, std::string_view reason);

    /// Devices that held keys of this case, may not read any more, and have not confirmed that
    /// they hold nothing; as far as this device knows packets.
    Result<std::vector<Unconfirmed>> unconfirmed(const CaseId& case_id);

    // --- The access log (docs/PROTOCOL.md) -------------------------------------------------------
    /// Logs, durably, that a person is about to be shown these items. A host calls it before any
    /// content leaves the device for a screen, a printer or a copy; on an error nothing may be
    /// shown. Works on a read-only device, too. Items that are not here are left out.
    Result<void> record_shown(const ShownItems& shown);

    /// What the session is to ask the server's log next; what was asked before is dropped. The
    /// answer comes by and by: until then `log_answer` is not complete.
    void ask_log(const LogQuestion& question);
    const LogAnswer& log_answer();

    /// This device's own chain about a case, the newest first, and how many reads no server has.
    Result<std::vector<StoredRead>> own_reads(const CaseId& case_id, std::size_t count_max);
    Result<std::uint64_t> waiting_reads();

    /// Of `log_answer`, what a reviewer should look at.
    LogSample sample_log();

    /// Signs what a reviewer found, over the rows of `log_answer` about that person. Errors: also
    /// `not_permitted` where the user is no log reviewer of the unit's organisation, or reviews
    /// the own reads; `not_found` where there are no such rows.
    Result<StatementId> record_verdict(const NewVerdict& verdict);

    /// Who has read about the subject, for the family; of `log_answer`, by time. Only of
    /// compartments that this device knows.
    Result<std::vector<LogExtractLine>> extract_log(const CaseId& case_id,
                                                    const LogExtract& extract);

    /// What servers have said of their log that cannot all be true.
    Result<std::vector<LogEvidence>> log_evidence();

    // --- What an administrator does (on an administrator's machine) --------------------------
    /// What this machine calls an organisation; travels sealed with the units added after it.
    Result<void> name_organisation(const OrganisationId& organisation, std::string_view name);
    Result<UnitId> add_unit(const OrganisationId& organisation,
                            Regime regime,
                            std::string_view name);
    Result<UserId> add_user(const UnitId& unit, Role role, std::string_view name);
    Result<StatementId> revoke_device(const DeviceId& device);

    /// Orders the device to lock at once, whether it is unlocked or waits for orders.
    Result<StatementId> lock_device(const DeviceId& device);

    /// Orders the device to destroy its keys and its data. `UnsentWork::discard` gives up what it
    /// has not sent. It does not revoke.
    Result<StatementId> wipe_device(const DeviceId& device, UnsentWork unsent);

    /// Adds statements that were made elsewhere (the root's), after verifying them.
    Result<void> import_statement(ByteView statement);

    /// Whose device it is; none on a room's screen.
    UserId user() const;

    // --- For the host that runs it ------------------------------------------------------------
    /// The organisation that certified this device; none where no certificate is known here.
    std::optional<OrganisationId> own_organisation();

    /// The last device-wide counter that was given out.
    Result<std::uint64_t> last_counter();

    /// The administrator's machine has learnt its server: invitations name it from now on. The
    /// host keeps it for the next `open`.
    void change_server(std::string_view address, const SigningPublicKey& key);

    /// From now on everything that writes fails with `why`, sessions too; reading goes on. For a
    /// database that is found to be an older one put back: its counters have been used already.
    void make_read_only(const Error& why);

    /// Whom the vault's assisted slot is sealed for (security.md, "Unlock"), sorted, at most
    /// `assisted_helpers_max` of each kind, never this user's own devices: administrators of the
    /// organisation that certified this device; leads of the cases that this user's units opened,
    /// as far as they are known here, and heads of those units.
    struct AssistedHelpers {
        std::vector<SealingPublicKey> case_leads;
        std::vector<SealingPublicKey> administrators;
    };

    AssistedHelpers assisted_helpers();

    static constexpr std::size_t assisted_helpers_max = 8;

    /// A small durable value of the host's own, as how long it stays unlocked. Names are the
    /// host's.
    Result<std::optional<Bytes>> host_value(std::string_view name);
    Result<void> put_host_value(std::string_view name, ByteView value);

    // --- Its database --------------------------------------------------------------------------
    /// Copies everything into `target`, new and empty, calls `commit`, which makes the copy the one
    /// that counts, and goes on with it; the old database is closed. Blocks for the whole copy;
    /// nothing is written meanwhile. `progress` may stop it.
    ///
    /// Errors: those of the copy, of `progress` and of `commit`. The device then goes on with the
    /// old database, unless `commit` leaves open which counts: after its error, close the device
    /// without writing.
    Result<void> move_into(Database target,
                           const Progress& progress,
                           const std::function<Result<void>()>& commit);

    // --- ClientLedger ------------------------------------------------------------------------
    FederationId federation() const override;
    DeviceId device() const override;
    std::vector<StatementId> federation_heads() const override;
    Signature sign_proof(ByteView signed_part) override;
    bool trusts_server(const SigningPublicKey& key) const override;
    std::vector<Resume::Cursor> cursors(const Incarnation& incarnation) const override;
    Result<void> on_welcome(const Welcome& welcome) override;
    Result<std::vector<Outgoing>> outgoing_after(std::uint64_t counter,
                                                 std::size_t bytes_max,
                                                 Instant now) override;
    Result<void> apply(const Incarnation& incarnation,
                       const Deliver& deliver,
                       Instant now) override;
    Result<void> on_withdrawn(const Channel& channel, Instant now) override;
    Result<void> on_answer(std::uint64_t counter, const Answer& answer, Instant now) override;
    Result<void> on_caught_up(Instant server_time, CaughtUp::Phase phase, Instant now) override;
    std::vector<Resume::Cursor> take_rewinds() override;
    Result<std::vector<Outgoing>> hand_in_after(std::uint64_t counter,
                                                std::size_t bytes_max,
                                                Instant now) override;
    Result<std::optional<OrderAnswer>> on_order(const Order& order, Instant now) override;
    LogKeeper* log_keeper() override;
    FleetKeeper* fleet_keeper() override;
    PresenceKeeper* presence_keeper() override;
    AttachmentKeeper* attachment_keeper() override;

private:
    friend class Attachments;   // samsyn/attachments.hpp
    friend class Audiences;     // samsyn/audience.hpp
    friend class ConsentForms;  // samsyn/consent_forms.hpp
    friend class Presences;     // samsyn/presence.hpp
    friend class Provisioning;  // samsyn/provisioning.hpp
    friend class Recalls;       // samsyn/recalls.hpp
    friend class Recovery;      // samsyn/recovery.hpp
    friend class Inviting;      // samsyn/enrolment.hpp
    friend class Restoring;     // samsyn/restoring.hpp
    friend class SignedNotes;   // samsyn/signed_notes.hpp
    friend class Visits;        // samsyn/visits.hpp

    class Impl;
    explicit Device(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct FoundedOrganisation {
    std::string name;
    OrganisationId id;
};

/// A new federation, made offline.
struct Founded {
    FederationId federation;
    std::vector<FoundedOrganisation> organisations;
    UserId administrator;
    std::vector<Bytes> statements;  ///< for `samsyn-server init`, in this order
};

/// Signed by the root; `admin` becomes administrator of every organisation named.
Founded found_federation(std::string_view name,
                         std::span<const std::string> organisations,
                         Signer& root,
                         const SigningPublicKey& admin_signing,
                         const SealingPublicKey& admin_sealing,
                         Random& random,
                         const Hasher& hasher,
                         Instant now);

/// The root's statement that certifies the server's identity. `root_counter` is the last counter
/// that the root took; the statement takes the next.
Bytes certify_server(const FederationId& federation,
                     const SigningPublicKey& server_key,
                     std::uint64_t root_counter,
                     std::span<const StatementId> previous,
                     Signer& root,
                     const Hasher& hasher,
                     Instant now);

}  // namespace samsyn
