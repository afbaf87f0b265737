#pragma once

#include "client-sdk/device/known.hpp"
#include "client-sdk/device/names.hpp"
#include "core/model/schema.hpp"
#include "core/policy/decision_cache.hpp"
#include "core/policy/lease.hpp"
#include "core/store/device_store.hpp"
#include "core/wire/escrow.hpp"
#include "core/wire/statement_codec.hpp"

#include <samsyn/device.hpp>
#include <samsyn/leaving.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace samsyn {

struct Recovering;
struct SignedNote;

/// A device's state, and what its public calls are made of. The database is the truth; what is in
/// memory is derived from it by `load`, and derived again where a transaction fails half-way.
class Device::Impl {
public:
    Impl(DeviceStore store, DeviceConfig config, Ports ports);

    /// Reads everything derived from the database anew.
    Result<void> load();

    /// Why nothing may be written, where that is so (host.cpp).
    std::optional<Error> read_only{};

    /// Runs `body` in one transaction. On an error nothing has changed, in memory neither.
    template <class Body>
    auto transact(Body body) -> std::invoke_result_t<Body> {
        if (read_only) return std::unexpected{*read_only};
        if (memory_touched_) SAMSYN_TRY(load());
        std::optional<Transaction> transaction{SAMSYN_TRY(Transaction::begin(store.database()))};
        auto result = body();
        Result<void> done;
        if (result) done = fold_texts();
        if (result && done) done = save_clock();
        // An error that somebody swallowed must not commit half of what was meant.
        if (result && done && store.database().failed())
            done = fail(Errc::storage_failed, "database: a call of the transaction failed");
        if (result && done) done = std::move(*transaction).commit();
        if (result && done) {
            memory_touched_ = false;
            store.note_folded();
            // Noted in the database: what fails here is done after the next transaction, or at the
            // next opening. What was asked for is committed all the same.
            if (store.purge_unfinished() && store.finish_purge()) confirm_purges();
            return result;
        }
        transaction.reset();
        if (memory_touched_) (void)load();  // tried again before the next transaction
        if (!result) return result;
        return std::unexpected{done.error()};
    }

    /// Runs `body`, part of a transaction, so that an error leaves nothing of it behind while what
    /// came before stands. False where it failed by its own fault, which is noted; storage faults
    /// are errors. `body` may have failed half-way: hold no pointer into `known` across this.
    template <class Body>
    Result<bool> contained(Body body) {
        if (clock_.last() != saved_ || floor_ != floor_saved_) {
            touch();
            SAMSYN_TRY(save_clock());  // or `load` would forget what came before
        }
        const bool touched_before = std::exchange(memory_touched_, false);
        Result<void> result;
        {
            Result<Savepoint> part = Savepoint::begin(store.database());
            result = part ? body() : Result<void>{std::unexpected{part.error()}};
            if (result) result = std::move(*part).release();
        }
        const bool touched = std::exchange(memory_touched_, true);
        if (result) {
            memory_touched_ = touched || touched_before;
            return true;
        }
        if (is_storage_fault(result.error())) return std::unexpected{result.error()};
        if (touched) SAMSYN_TRY(load());
        touch();
        SAMSYN_TRY(note_fault(result.error()));
        return false;
    }

    /// A fault of our own storage. Everything else in an entry is the entry's fault.
    bool is_storage_fault(const Error& error) const {
        return error.code == Errc::storage_failed || error.code == Errc::disk_full ||
               store.database().failed();
    }

    // --- Time (clock.cpp) -----------------------------------------------------------------------
    Instant now() const { return ports.clock.now(); }

    /// Our clock, less what the server found it to be off.
    Instant corrected(Instant now) const { return now + offset_; }

    /// The greatest of our clock, the newest signed time, and what decisions have used before.
    Instant decision_time(Instant now);

    /// What we put our name to: the corrected clock, which may lie behind the decision time.
    Instant stamping_time(Instant now) const;
    HybridTime tick(Instant now);

    void observe(HybridTime seen, Instant now) { clock_.observe(seen, corrected(now)); }

    Result<void> save_clock();

    /// Makes the decision clock durable where reading alone has moved it far.
    Result<void> note_read();

    /// Fresh signed time. False where it is too far ahead to be believed.
    Result<bool> learn_time(Instant server_time, Instant now);
    Result<bool> believe(Instant server_time, Instant now);
    Result<void> set_offset(std::chrono::milliseconds offset);
    Result<void> correct_clock(Instant server_time, Instant now);
    std::optional<Instant> server_time() const;

    // --- What is known (knowledge.cpp, refusals.cpp) --------------------------------------------
    const Federation& federation();
    const CaseView& view(const CaseId& case_id);
    const StatementGraph& graph(const CaseId& case_id) const;

    const StatementGraph& graph_of(const Stream& stream) const;

    /// Adds a verified statement to memory.
    void remember(StatementPtr statement);
    Result<void> check_statement(const Statement& statement);

    /// Takes a statement from outside. False where it was here already.
    Result<bool> take_statement(ByteView bytes);

    /// Forgets one of our own statements that the server will never take.
    Result<void> discard_statement(const StatementId& id);

    /// Would forgetting the statement open something that it closed?
    bool denies(const Statement& statement) const;

    /// The server did not take one of ours. What denies stays in effect here; the rest is
    /// forgotten.
    Result<void> give_up_statement(const Statement& statement, const Error& why);

    /// A statement that the server delivers is accepted, whatever it answered once.
    Result<void> accept_statement(const StatementId& id);

    Result<void> note_refused(const Statement& statement, const Error& why);
    Result<void> forget_refused(const StatementId& id);

    /// Ours that the server refused: shown until it accepts them.
    Result<std::vector<ParkedView>> refused_statements();

    /// Heads of a stream as the server can know them: without what it did not accept of ours.
    std::vector<StatementId> accepted_heads(const Stream& stream) const;

    const Decision& decision(const StoredCompartment& compartment,
                             const Request& request,
                             const Requester& requester,
                             Instant now);

    Requester me() const { return {config.user, self}; }

    bool may_read(const StoredCompartment& compartment, Instant now);
    bool may_contribute(const StoredCompartment& compartment, Instant now);
    bool may_contribute(const StoredCompartment& compartment, const DeviceId& device, Instant now);
    Error denial(const Decision& decision) const;

    /// Purges what this user may no longer read, and parks unsent work there.
    Result<void> purge_denied(Instant now);
    Result<void> purge_if_denied(const CompartmentId& id, Instant now);
    Result<KnownCompartment*> know(const StoredCompartment& compartment);
    KnownCompartment* find(const CompartmentId& id);
    UserId user_of(const DeviceId& device);
    bool works_in(const UnitId& unit, Instant now);

    // --- Statements (statements.cpp) ------------------------------------------------------------
    /// Checks, signs, stores and queues a statement of our own.
    Result<StatementId> author(const Stream& stream, StatementBody body);
    Result<CaseOpened> opened(const CaseId& case_id);

    // --- Acts (acts.cpp) ------------------------------------------------------------------------
    Result<StatementId> say(Saying saying);
    Result<Hash> keep_text(const CaseId& case_id,
                           const std::optional<UnitId>& wanted,
                           const std::vector<PersonId>& about,
                           std::string_view text);
    Result<ItemId> copy_item(const ItemId& id, const std::optional<AudienceId>& closed);

    /// The file of an attachment goes with its copy. False where it is not here.
    Result<bool> copy_file(const StoredItem& from, const ItemId& copy);
    Result<void> erase_item(const ItemId& id);

    /// Clears what tells where a protected person can be found, as far as this user may change it.
    Result<void> clear_whereabouts(const CaseId& case_id);

    // --- Items (items.cpp, settling.cpp, texts.cpp) ---------------------------------------------
    Result<UnitId> own_unit_in(const CaseId& case_id, const std::optional<UnitId>& wanted);

    struct Draft {
        CaseId case_id;
        Label label;
        ItemId item;
        ItemType type{};
        std::vector<FieldInput> fields;
    };

    /// A new item with a fresh id and the label that follows from it. Errors: `invalid_argument`.
    Result<Draft> draft_of(const NewItem& item);

    /// Where a draft goes, if this user may write there.
    Result<StoredCompartment> contributable(const Draft& draft);
    Result<void> create_item(const Draft& draft);
    Result<void> check_whereabouts(const StoredCompartment& compartment,
                                   const ItemId& item,
                                   const TypeInfo& type,
                                   std::span<const FieldInput> fields);

    /// True where the item is about somebody with protected registration.
    bool is_relocated(const StoredCompartment& compartment, const ItemId& item);
    Result<void> write(const StoredCompartment& compartment, const Change& change);
    Result<void> write_folding(const StoredCompartment& compartment, Change change);

    /// Texts that several write: what a person edits waits in the text, announced by a pending
    /// change, until it is sealed or leaves otherwise; `take_texts` puts it into that change.
    using TextOfItem = std::pair<ItemId, FieldNumber>;
    Result<std::vector<FieldNumber>> edit_texts(TextPlace place,
                                                const TypeInfo& type,
                                                std::span<const FieldInput> fields);
    Result<void> announce(std::vector<std::pair<FieldWrite, Value>>& writes,
                          const StoredItem& item,
                          std::vector<FieldNumber> changed);
    Result<std::map<TextOfItem, Error>> parked_texts(const CompartmentId& compartment);
    Result<void> take_texts(const CompartmentId& compartment);
    Result<void> take_text(PendingChange& pending,
                           std::size_t at,
                           const std::map<TextOfItem, Error>& parked);

    Result<StoredItem> readable_item(const ItemId& id);

    /// Checks that this user may change the item; the compartment it is in. Errors: also `conflict`
    /// where it is recalled.
    Result<StoredCompartment> changeable(const StoredItem& item);

    // --- What is taken back (recalling.cpp) ------------------------------------------------------
    /// Checks that this user may take the item back, whoever signed it. Errors: `not_permitted`,
    /// `invalid_argument` for a type that others know by its id.
    Result<StoredCompartment> recallable(const StoredItem& item);
    /// Errors: `not_permitted` where somebody else has signed it and this user leads no case.
    Result<void> require_own_signatures(const StoredItem& item);
    Result<void> recall(const StoredItem& item, RecallReason reason);

    /// Before a recall is merged: what this device has of the item beside its values goes, and that
    /// it went is noted for the log. Own words in its texts that were not sent become changes.
    Result<void> remove_recalled(const CompartmentId& compartment, const ItemId& id);

    /// Whether a change says something in an item that somebody has taken back.
    Result<bool> is_lost(const CompartmentId& compartment, const ChangeHeader& change);

    /// What this user wrote in such items and has not sent is parked: it stays here for its author.
    Result<void> park_lost(const CompartmentId& compartment);

    /// The copy of an item stands; the item goes, once its file is in the copy, too.
    Result<void> give_way(const StoredItem& item, const ItemId& copy);

    /// The values of a register and the elements of a set, as a person would type them anew.
    /// Errors: `conflict` where one is not settled; `update_needed` for a field of a newer version.
    static Result<std::vector<FieldInput>> fields_of(const StoredItem& item, const TypeInfo& type);

    /// Errors: `invalid_argument` for a type whose items are their id (a person's), or that others
    /// know by it.
    static Result<void> check_movable(ItemType type);

    // --- What is signed (signed_notes.cpp) -------------------------------------------------------
    /// What stands in an item, to be signed by this user. Errors: those of the store.
    Result<SignedNote> describe(const StoredItem& item);
    std::vector<SignatureView> signatures_of(const StoredItem& item);
    bool is_locked(const StoredItem& item, const std::vector<SignatureView>& signatures);

    bool has_written(const StoredItem& item, const UserId& user);

    /// Adds an element to a field that only grows.
    Result<void> append(const StoredItem& item, const FieldInfo& field, std::string text);

    /// Errors: `not_permitted` with `signed_note_refused` where it is locked, and these fields, or
    /// the whole item, are what was signed.
    Result<void> require_unlocked(const StoredItem& item, std::span<const FieldInput> fields = {});

    /// The same, where `value` is not what was signed.
    Result<void> require_as_signed(const StoredItem& item, FieldNumber field, const Value& value);

    // --- Keys (epochs.cpp, newcomers.cpp, supplements.cpp) --------------------------------------
    std::vector<DeviceId> permitted(const StoredCompartment& compartment, Instant now);
    std::vector<StreamHeads> heads_for(const StoredCompartment& compartment);
    KnownEpoch* best_open(KnownCompartment& compartment, const std::vector<DeviceId>& permitted);

    /// An open epoch for exactly those permitted now; starts it where there is none. Null where
    /// this device may not.
    Result<KnownEpoch*> current_epoch(KnownCompartment& compartment, Instant now);
    Result<KnownEpoch*> start_epoch(KnownCompartment& compartment,
                                    const std::vector<DeviceId>& permitted,
                                    PacketReason reason,
                                    Instant now);
    Result<void> write_packet(KeyPacket& packet,
                              std::span<const DeviceId> recipients,
                              const ContentKey& key,
                              Instant now);
    Result<void> close_epoch(const EpochId& id);

    /// Starts the epochs that are due, and gives newcomers what their consents reach.
    Result<void> keep_epochs(Instant now);
    Result<void> keep_compartment(KnownCompartment& compartment, Instant now);
    Result<void> give_history(KnownCompartment& compartment,
                              const DeviceId& newcomer,
                              const std::optional<StatementId>& ground);
    Result<void> welcome_newcomers(KnownCompartment& compartment, KnownEpoch& epoch, Instant now);

    struct Opening {
        Reach reach = Reach::from_now;
        std::vector<StatementId> by;
    };

    Opening opening_for(const StoredCompartment& compartment, const DeviceId& device, Instant now);
    Result<void> note_given(const CompartmentId& compartment,
                            const DeviceId& device,
                            const std::vector<EpochId>& epochs);

    /// A supplement went to `device`: it reads along in these epochs.
    Result<void> note_holder(const CompartmentId& compartment,
                             const DeviceId& device,
                             const std::vector<EpochId>& epochs);
    Result<std::set<EpochId>> given(const CompartmentId& compartment, const DeviceId& device);
    Result<void> note_restated(KnownCompartment& compartment, const EpochId& epoch, Instant now);

    /// `newest` is new: whoever it leaves out needs a restatement should they come back.
    Result<void> forget_restated(const KnownCompartment& compartment, const KnownEpoch& newest);

    // --- Sealing (sealing.cpp, restating.cpp) ---------------------------------------------------
    Result<void> seal_pending(Instant now);
    Result<void> seal_compartment(KnownCompartment& compartment, Instant now);

    /// Seals as many of `changes` as fit one batch; how many, and the batch's counter. None where
    /// the first alone does not fit.
    struct Sealed {
        std::size_t count = 0;
        std::uint64_t counter = 0;
    };

    Result<Sealed> seal_batch(const StoredCompartment& compartment,
                              const KnownEpoch& epoch,
                              std::span<const Change> changes,
                              bool restatement,
                              Instant now);
    Result<void> restate(const StoredCompartment& compartment,
                         const KnownEpoch& epoch,
                         const std::vector<StoredItem>& items,
                         Instant now);
    Result<void> restate_due(Instant now);
    Result<void> mark_restate_due(const CompartmentId& compartment,
                                  const std::vector<ItemId>& items);
    /// Nothing is left to restate of an item all of whose standing values are in `restatement`.
    Result<void> unmark_restated(const Batch& restatement, Instant now);

    /// Sealed under an epoch that no longer reaches all who may read: restate it if that is ours.
    Result<void> restate_if_late(KnownCompartment& compartment, const Batch& batch, Instant now);
    Result<void> park_all(const CompartmentId& compartment, const Error& why);

    /// Parks what we decide ourselves that this user may not write, until that changes.
    Result<void> park_denied(const CompartmentId& compartment, const Error& why);

    /// Takes parked work up again where the compartment has been opened again.
    Result<void> unpark_reopened(Instant now);

    // --- Recovery (recovery.cpp, rewrapping.cpp) ------------------------------------------------
    /// Is the packet sealed for the recovery key of now? True as well where there is none and no
    /// box, and where this device cannot tell.
    bool is_recoverable(const KeyPacket& packet);

    /// The generation for which the packet's recovery box must be; none where this device does not
    /// hold the statements that the packet names, 0 without a key then.
    std::optional<std::uint32_t> recovery_generation(const KeyPacket& packet);

    /// Wraps what keys of the compartment this device has for the newest recovery key, where nobody
    /// has done it.
    Result<void> rewrap(const KnownCompartment& compartment);

    /// Others' word that earlier keys are wrapped, for those who recover.
    Result<void> keep_rewrapped(const Supplement& supplement);

    struct RewrappedBox {
        std::uint32_t generation = 0;
        Bytes box;
    };

    Result<std::vector<RewrappedBox>> rewrapped(const EpochId& epoch);
    Result<void> note_rewrapped(const Supplement& supplement);

    /// Opens what it can of one compartment's packets, and gives the keys to this device as a
    /// supplement that all can see.
    Result<void> recover_compartment(KnownCompartment& compartment, Recovering& recovering);
    Result<bool> recover_epoch(KnownEpoch& epoch, Recovering& recovering);
    Result<bool> try_recovery_box(KnownEpoch& epoch,
                                  ByteView box,
                                  const Hash& context,
                                  Recovering& recovering);

    /// Our own supplement of recovered keys has come back: what the server skipped comes now.
    Result<bool> is_first_return(const Supplement& supplement);

    /// Why this device may not put the recovery key together now. Errors: `not_permitted`.
    Result<void> require_recovery(const OrganisationId& organisation, std::uint32_t generation);

    // --- What the server says (applying.cpp, supplements.cpp, answers.cpp) ----------------------
    bool was_put_on(const Stream& roster) const;
    Result<void> apply_entry(const Channel& channel, const Deliver::Entry& entry, Instant now);
    Result<void> apply_packet(const CompartmentId& channel, ByteView bytes, Instant now);
    Result<void> apply_supplement(const CompartmentId& channel, ByteView bytes, Instant now);
    Result<void> apply_batch(const CompartmentId& channel,
                             EntryNumber number,
                             ByteView bytes,
                             Instant now);
    Result<void> merge_batch(const Batch& batch, const ContentKey& key, Instant now);
    Result<void> check_author(const KnownCompartment& compartment,
                              const KnownEpoch& epoch,
                              const BatchHeader& header,
                              Instant now);

    struct Written {
        Change change;
        DeviceId author;
        CompartmentId compartment;
    };

    Result<std::optional<Written>> open_change(const BatchHeader& header,
                                               const BatchItem::Full& item,
                                               const ContentKey& key);

    Result<void> check_recall(const Written& written);
    Result<void> keep_late(const Written& written);
    Result<bool> wrote_run(const Written& written, std::size_t at);

    /// False: others' word for this is not wanted.
    Result<bool> may_restate(const Written& written, const std::optional<StoredItem>& there);
    Result<void> hold(KnownCompartment* compartment,
                      const Batch& batch,
                      EntryNumber number,
                      ByteView bytes);

    /// False where it was kept before, or too many are.
    Result<bool> keep_supplement(const EpochId& epoch, ByteView bytes);
    Result<void> note_supplement(const Supplement& supplement, Instant now);
    Result<void> open_kept_supplements(KnownEpoch& epoch, Instant now);
    Result<void> gain_key(KnownEpoch& epoch, const ContentKey& key, Instant now);

    /// A box that does not open is noted, and nothing else.
    Result<void> open_old_key(KnownEpoch& epoch, const Supplement& supplement, Instant now);

    /// What makes this device write nothing under the packet's key, if anything does.
    std::optional<std::string_view> fault_of(const KeyPacket& packet);

    /// Does a supplement give old keys to somebody outside the disclosing unit without a consent
    /// that reaches history?
    bool is_beyond_reach(const Supplement& supplement, const Label& label, const CaseId& case_id);
    static Result<void> check_runs(const Change& change, const DeviceId& author);
    Result<void> fold_texts();
    Result<void> note_fault(const Error& error);
    Result<void> answer_batch(const StoredOutgoing& sent, const Answer& answer, Instant now);
    Result<void> answer_packet(const StoredOutgoing& sent, const Answer& answer, Instant now);
    Result<void> answer_statement(const StoredOutgoing& sent, const Answer& answer, Instant now);
    Result<void> reseal(const StoredOutgoing& sent, const Batch& batch);
    Result<void> restamp(Instant now);

    // --- Leaving (escrow.cpp, escrow_duty.cpp, receipts.cpp, lease.cpp) --------------------------
    /// Puts all unsent work of a compartment in escrow, in the caller's transaction: sealed for
    /// whom the policy names, queued, noted for its author, and gone from here. False where there
    /// was none; what nobody can be found for stays.
    Result<bool> escrow_unsent(const StoredCompartment& compartment, const Error& why, Instant now);
    Result<std::optional<EscrowBlob>> seal_for_escrow(const StoredCompartment& compartment,
                                                      const PendingChange& unsent,
                                                      const Error& why,
                                                      const std::vector<DeviceId>& recipients,
                                                      Instant now);
    Result<void> apply_escrow(const Stream& stream, ByteView bytes);
    Result<void> answer_escrow(const StoredOutgoing& sent, const Answer& answer);
    Result<void> forget_escrow_of(const CompartmentId& compartment);

    /// An entry in escrow as far as this device can open it.
    struct OpenedEscrow {
        Hash id;
        StoredCompartment compartment;
        DeviceId author;
        Instant written;
        Error why;
        std::vector<Change> changes;
        bool opened = false;
    };

    OpenedEscrow open_escrow(const EscrowBlob& blob);
    OpenedEscrow open_escrow(const HeldEntry& held);
    Result<std::optional<OpenedEscrow>> find_escrow(const Hash& id);
    Result<std::vector<OpenedEscrow>> all_escrow();
    EscrowState state_of(const Stream& stream, const Hash& id) const;
    Result<StatementId> judge_escrow(const OpenedEscrow& entry, bool released, const Hash& reason);
    Result<void> release(const OpenedEscrow& entry);

    /// A key is gone, or will be with the transaction: its disclosing unit is told once the purge
    /// is durable.
    Result<void> owe_receipt(const KnownCompartment& compartment,
                             const Decision& denied,
                             Instant now);
    Result<void> write_receipts(Instant now);
    void confirm_purges();

    Lease lease(Instant now);

    /// Signed time renews the lease, unless it falls behind our own clock by more than it ever did.
    Result<void> renew_lease(Instant server_time, Instant now);

    /// Errors: `lease_ended`.
    Result<void> require_lease();

    // --- Reading (views.cpp, case_views.cpp, directory.cpp) -------------------------------------
    using UnsentVersions = std::set<std::pair<ItemId, Version>>;
    Result<UnsentVersions> unsent_versions();
    ItemView view_of(const StoredItem& item, const UnsentVersions& unsent);
    ValueView view_of_text(const StoredItem& item,
                           FieldNumber number,
                           const std::string& text,
                           const UnsentVersions& unsent);
    Result<CompartmentView> view_of(const KnownCompartment& compartment, Instant now);
    Result<std::vector<ItemView>> readable_items(const CaseId& case_id);

    /// Hits that this user may read now, newest first (searching.cpp).
    Result<std::vector<StoredHit>> readable_hits(Result<std::vector<StoredHit>> found);
    std::string directory_text(const ReferenceId& id, std::string_view field);

    /// Empty where an administrator of the device's own organisation gave it none.
    std::string device_name(const DeviceId& device);

    /// Over the cases that this device knows (status.cpp).
    std::vector<MassClosingView> mass_closings_of_led_cases(Instant now);
    std::string title_of_case(const CaseId& case_id, const std::vector<ItemView>& items);

    // --- The access log (log_book.cpp) -----------------------------------------------------------
    class LogBook;
    LogBook& log();

    // --- The fleet (fleet.cpp) -------------------------------------------------------------------
    class FleetBook;
    FleetBook& fleet_book();

    // --- Attached files (attachment_book.cpp) ----------------------------------------------------
    class AttachmentBook;
    AttachmentBook& attachment_book();

    // --- Who is here (presence.cpp) --------------------------------------------------------------
    class PresenceBook;
    PresenceBook& presence_book();

    // Small durable values.
    Result<void> put_instant(std::string_view key, Instant value);
    Result<std::optional<Instant>> instant(std::string_view key);

    DeviceStore store;
    DeviceConfig config;
    Ports ports;
    DeviceId self;

    StatementGraph federation_graph;
    std::map<CaseId, StatementGraph> case_graphs;
    std::map<CompartmentId, KnownCompartment> known;
    std::vector<Resume::Cursor> rewinds;

    /// Compartments whose keys we look after at the next sealing, since our own statement changed
    /// who may read them. After a restart `attentive` does the same for all.
    std::set<CaseId> eager;

    /// Look after the keys of all that we disclose, once everything has been delivered. Once a
    /// session and after news of the federation, so that devices that are connected together do not
    /// all answer the same statement.
    bool attentive = true;
    bool everything_here = false;

    /// Compartments whose packet or batch was called stale too often without news since: wait.
    std::map<CompartmentId, unsigned> stale_answers;

    /// Pending changes from a refused batch of several: each goes alone, so that the faulty one is
    /// found and does not hold up the others.
    std::set<std::uint64_t> alone;

    /// Our own statements that deny something and that the server did not take: kept in effect.
    std::set<StatementId> unaccepted;

    /// Statements that were signed again with a corrected clock, old to new.
    std::map<StatementId, StatementId> signed_again;

    /// Of a packet's named heads and its disclosing organisation the recovery key's generation
    /// then: many packets name the same, and to find it the federation of then is built.
    std::map<std::pair<std::vector<StatementId>, OrganisationId>, std::uint32_t> generations_then;

    /// Something in memory is newer than the last commit.
    void touch() { memory_touched_ = true; }

private:
    std::chrono::milliseconds offset_{0};
    Instant server_time_{};
    Instant fresh_at_{};    ///< of the decision clock, when the lease was renewed
    Instant newest_own_{};  ///< time of our newest statement
    Instant floor_{};
    Instant floor_saved_{};
    HybridTime saved_{};
    HybridClock clock_;

    Federation federation_;
    bool federation_stale_ = false;
    std::map<CaseId, CaseView> views_;
    DecisionCache cache_;
    bool memory_touched_ = false;
    bool confirming_ = false;
    std::shared_ptr<LogBook> log_book_;      ///< shared for its deleter only: the type is elsewhere
    std::shared_ptr<FleetBook> fleet_book_;  ///< likewise
    std::shared_ptr<AttachmentBook> attachment_book_;  ///< likewise
    std::shared_ptr<PresenceBook> presence_book_;      ///< likewise
};

Result<std::set<DeviceId>> holders(DeviceStore& store, const EpochId& epoch);

}  // namespace samsyn
