#pragma once

#include "core/base/secret.hpp"
#include "core/merge/field_state.hpp"
#include "core/store/database.hpp"
#include "core/store/progress.hpp"
#include "core/wire/messages.hpp"

#include <functional>
#include <map>
#include <set>

namespace samsyn {

struct WritePlace;

/// A compartment that this device knows.
struct StoredCompartment {
    CompartmentId id;
    CaseId case_id;
    Label label;
};

/// A packet as stored, with the key where this device could open its box.
struct StoredEpoch {
    EpochId id;
    CompartmentId compartment;
    Bytes packet;  ///< as it travelled
    bool has_key = false;
};

/// A person's change that is not yet in a stored batch.
struct PendingChange {
    std::uint64_t id = 0;  ///< local row
    CompartmentId compartment;
    Change change;
    std::uint64_t sealed_in = 0;  ///< counter of the batch that carries it, 0 while unsealed
    std::optional<Error> parked;  ///< refused: waits for a person
    Instant written;
};

/// Something sealed, signed and not yet answered; or answered and kept.
struct StoredOutgoing {
    std::uint64_t counter = 0;
    EntryKind kind{};
    Bytes bytes;
    CompartmentId compartment;  ///< none for statements
    Instant made;
};

struct StoredItem {
    ItemId id;
    CompartmentId compartment;
    ItemType type{};
    ItemState state;
    /// Standing values that somebody else than their author told us, with who that was.
    std::map<std::pair<FieldNumber, Version>, DeviceId> restaters;
    /// Of the fields that are texts: what is shown. Their state has as `replaced` the runs that are
    /// in it and as `standing` those that wait for an earlier one.
    std::map<FieldNumber, std::string> texts;
};

/// A text that several write: a field of an item. An id names an item in its compartment only.
struct TextPlace {
    CompartmentId compartment;
    ItemId item;
    FieldNumber field{};
};

/// An item in which a search found the words.
struct StoredHit {
    std::int64_t row = 0;  ///< of the item
    ItemId id;
    CompartmentId compartment;
    HybridTime newest;  ///< of its standing values
};

/// What encloses a found word in a snippet. Texts hold neither in the index.
inline constexpr char snippet_hit_begins = '\x01';
inline constexpr char snippet_hit_ends = '\x02';

/// The device's database. Every write happens inside a `Transaction` that the caller began on
/// `database()`, so that what belongs together commits together; reads may happen outside.
///
/// Layout in docs/STORAGE.md. Belongs to one thread. Errors of every call: `storage_failed`,
/// `disk_full`; `malformed` where a row does not parse (the file is damaged).
class DeviceStore {
public:
    /// Creates or migrates the schema, builds the search index anew where the schema of items has
    /// changed, and ends a purge that was interrupted. Errors: also `newer_format`.
    static Result<DeviceStore> open(Database database);

    /// The same, telling how far a long migration is.
    static Result<DeviceStore> open(Database database, const Progress& progress);

    Database& database() { return database_; }

    const Database& database() const { return database_; }

    // Settings and small durable values.
    Result<void> put_value(std::string_view key, ByteView value);
    Result<std::optional<Bytes>> value(std::string_view key);
    Result<void> erase_value(std::string_view key);

    /// The next device-wide counter: durable with the transaction, never given twice.
    Result<std::uint64_t> take_counter();
    Result<std::uint64_t> last_counter();

    // Statements. `for_each_statement` goes in order of arrival.
    Result<bool> put_statement(const StatementId& id, ByteView bytes);  ///< false: there already
    Result<void> for_each_statement(const std::function<Result<void>(ByteView bytes)>& visit);

    // Cursors, by incarnation of the server.
    Result<void> put_cursor(const Incarnation& incarnation,
                            const Channel& channel,
                            EntryNumber number);
    Result<std::vector<Resume::Cursor>> cursors(const Incarnation& incarnation);

    // Compartments, epochs and keys.
    Result<void> put_compartment(const StoredCompartment& compartment);
    Result<std::vector<StoredCompartment>> compartments();
    Result<bool> put_epoch(const EpochId& id, const CompartmentId& compartment, ByteView packet);
    Result<std::vector<StoredEpoch>> epochs(
        const CompartmentId& compartment);  ///< order of arrival

    /// Errors: also `missing_parent` where the epoch is not stored: a purge would not find its key.
    Result<void> put_key(const EpochId& epoch, const ContentKey& key);
    Result<std::optional<ContentKey>> key(const EpochId& epoch);

    /// The one way in for changes, own and others'. True if anything changed. The restated author,
    /// where the header names one, counts instead of `author`. Errors: also `invalid_argument`
    /// where values and writes differ in number.
    Result<bool> merge(const CompartmentId& compartment,
                       const Change& change,
                       const DeviceId& author);

    /// The one way in for what `restater` says that others wrote: writes that are not here yet,
    /// standing or replaced; of those that are, only which older ones they replaced. A write that
    /// `merge` brings later takes the place of a restated one. Errors: as `merge`; also
    /// `invalid_argument` where the header names no restated author.
    Result<bool> merge_restated(const CompartmentId& compartment,
                                const Change& change,
                                const DeviceId& restater);

    /// Where two compartments claim one id, which only a liar brings about: the one that came
    /// first.
    Result<std::optional<StoredItem>> item(const ItemId& id);
    Result<std::optional<CompartmentId>> compartment_of(const ItemId& id);  ///< of the same

    /// The device that first took the item back; none where nobody has. Cheaper than the item.
    Result<std::optional<DeviceId>> recalled_by(const CompartmentId& compartment, const ItemId& id);
    Result<std::vector<StoredItem>> items(const CompartmentId& compartment);
    Result<std::vector<StoredItem>> items_of_case(const CaseId& case_id);

    /// Items of a case in which every word begins a word of their texts, in no order. The words are
    /// text whatever they hold. Readable or not: the caller asks the policy. Errors: also
    /// `limit_exceeded` for too many words.
    Result<std::vector<StoredHit>> search(const CaseId& case_id, std::string_view words);

    /// Persons of all cases whose names hold every word, and those with a personal number (as
    /// `personal_number_from_text` writes it). There is no search of other texts across cases.
    Result<std::vector<StoredHit>> find_names(std::string_view words);
    Result<std::vector<StoredHit>> find_number(std::string_view number);

    /// What is in the row of a hit. Errors: also `not_found`.
    Result<StoredItem> item_of(const StoredHit& hit);

    /// The part of a hit's texts around the words, on one line or several.
    Result<std::string> snippet(const StoredHit& hit, std::string_view words);

    // Texts that several people write (core/text). `merge` takes their runs; only `fold_texts`
    // makes text of them, once for many.

    /// Takes what `merge` brought into the texts; before the transaction is committed. What waits
    /// for an earlier run stays. Gives why runs were refused: whoever made these, no document takes
    /// them.
    Result<std::vector<Error>> fold_texts(const DeviceId& self);

    /// After the commit.
    void note_folded() { unfolded_.clear(); }

    /// Makes a text `utf8`, written by `self`; `before` is what the person had in front of them, if
    /// that may be old. False where nothing differs. What is edited waits in the text for
    /// `take_text`. Errors: also `not_found` without the item, `conflict` where the text came back
    /// without what this device had written in it, and those of `TextDocument::replace`.
    Result<bool> edit_text(const TextPlace& text,
                           const std::optional<std::string>& before,
                           std::string_view utf8,
                           const DeviceId& self);

    /// What `self` has edited since the last call, as runs for changes of their own.
    Result<std::vector<Bytes>> take_text(const TextPlace& text, const DeviceId& self);

    /// How many numbers `take_text` has given away in a text, before a purge too.
    Result<std::uint32_t> numbers_used(const TextPlace& text);

    struct StoredRun {
        Version version;
        Bytes bytes;  ///< as they came
    };

    /// The runs that are in a text, in order of their versions.
    Result<std::vector<StoredRun>> text_runs(const TextPlace& text, const DeviceId& self);

    /// Forgets one write of a field as if it had never been: for coalescing unsent changes only.
    /// What it replaced stays replaced, so the coalesced change must replace that too.
    Result<void> forget_version(const ItemId& item, const Version& version);

    // The person's work on its way out.
    Result<std::uint64_t> put_pending(const CompartmentId& compartment,
                                      const Change& change,
                                      Instant written);

    /// A parked change waits to be sealed again. Errors: also `not_found`, `conflict` if sealed.
    Result<void> replace_pending(std::uint64_t id, const Change& change);

    /// It says nothing after all.
    Result<void> erase_pending(std::uint64_t id);
    Result<std::vector<PendingChange>> pending();  ///< not parked first, by id
    Result<std::vector<PendingChange>> pending_unsealed(const CompartmentId& compartment,
                                                        std::size_t count_max);

    /// Of the unsealed, those of items that somebody has taken back, the recalls themselves too.
    Result<std::vector<PendingChange>> pending_of_recalled(const CompartmentId& compartment);
    Result<std::vector<CompartmentId>> compartments_with_unsealed();
    Result<std::vector<CompartmentId>> compartments_with_parked();
    Result<void> mark_sealed(std::uint64_t id, std::uint64_t counter);
    Result<void> unseal(std::uint64_t counter);  ///< changes of that batch wait to be sealed again
    Result<void> park(std::uint64_t id, const Error& why);
    Result<void> drop_sealed(std::uint64_t counter);  ///< its batch is stored at the server

    // Sealed and signed things. Sequence and previous hash within a compartment come from here.

    /// Errors: also `conflict` for a counter that is there already.
    Result<void> put_outgoing(const StoredOutgoing& outgoing);

    /// Unanswered ones in order of their counters, at least one if there is any.
    Result<std::vector<StoredOutgoing>> outgoing_after(std::uint64_t counter,
                                                       std::size_t bytes_max);
    Result<std::optional<StoredOutgoing>> outgoing(std::uint64_t counter);
    Result<std::uint64_t> outgoing_count();  ///< unanswered

    /// Answered: no longer sent. The bytes stay until a verified backup holds them (DESIGN.md).
    Result<void> mark_answered(std::uint64_t counter, AnswerOutcome outcome);

    /// Forgets an answered thing that no backup is to hold.
    Result<void> erase_outgoing(std::uint64_t counter);

    struct Position {
        std::uint64_t sequence = 0;
        BatchId previous;
    };

    Result<Position> position(const CompartmentId& compartment);
    Result<void> put_position(const CompartmentId& compartment, const Position& position);

    // Batches that wait for a key.
    Result<void> hold_batch(const CompartmentId& compartment,
                            const EpochId& epoch,
                            EntryNumber number,
                            ByteView bytes);
    Result<std::vector<Bytes>> take_held(const EpochId& epoch);  ///< and removes them
    Result<std::uint64_t> held_count(const CompartmentId& compartment);
    Result<std::uint64_t> held_bytes(const CompartmentId& compartment);

    /// Removes items, keys, packets, held batches and cursors of a compartment, and the answered
    /// packets and supplements among the outgoing: their boxes hold keys. Pending changes, other
    /// outgoing things and the position stay; so does the compartment's own row while pending
    /// changes name it, because they cannot be sealed without its label.
    ///
    /// The words are still in the file when it is committed: see `finish_purge`.
    Result<void> purge(const CompartmentId& compartment);

    /// Something else than a compartment went for good: its words are to leave the file, too.
    Result<void> note_purge();

    /// True from a purge on, also after the file was opened again, until `finish_purge` succeeded.
    bool purge_unfinished() const { return purge_unfinished_; }

    /// Rewrites the search index, which keeps deleted words otherwise, and empties the WAL into the
    /// database, so that nothing of what was purged is left in the file. Outside any transaction.
    /// Costs one rewrite of the whole index, once for any number of purges (docs/STORAGE.md). On an
    /// error it can be called again.
    Result<void> finish_purge();

private:
    explicit DeviceStore(Database database) : database_(std::move(database)) {}

    Result<bool> add(const WritePlace& place, const Version& version, const Value& value);

    Database database_;
    std::set<std::pair<std::int64_t, std::int64_t>> unfolded_;  ///< texts: item row and field
    bool purge_unfinished_ = false;
};

}  // namespace samsyn
