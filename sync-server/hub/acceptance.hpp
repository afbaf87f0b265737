#pragma once

#include "core/policy/mass_closing.hpp"
#include "sync-server/hub/registry.hpp"

namespace samsyn {

/// In the storage's settings: the last counter of what the server itself signed.
inline constexpr std::string_view server_counter_key = "server/counter";

/// What came of one push: the answer's content, and where something new is.
struct Verdict {
    AnswerOutcome outcome{};
    Error why;               ///< the code counts for `refused` only
    EntryNumber number = 0;  ///< for `stored` and `duplicate`
    std::vector<Channel> touched;

    // For the access log.
    std::optional<Channel> about;  ///< none where it did not even verify
    Hash hash;
    std::uint16_t statement_kind = 0;
    std::optional<ClosingSaid> closing;  ///< what was stored is a closing statement
};

/// Why a push goes no further: an answer to its author, or a failure of our storage.
struct Stop {
    AnswerOutcome outcome = AnswerOutcome::refused;
    Error why;
    EntryNumber number = 0;
    bool storage_failed = false;
    std::vector<Channel> touched{};  ///< where something was kept all the same
};

template <class T>
using Checked = std::expected<T, Stop>;

/// Checks and stores what devices push (docs/PROTOCOL.md, "Answers"). Made for one call: it refers
/// to the hub's storage and registry. The storage has a transaction open.
///
/// A push is judged by itself: whatever is wrong with it ends in a verdict and leaves nothing but
/// the record that it was offered, so that one bad push never blocks those behind it. An error
/// means that the storage failed; then the group must be undone, the registry included.
class Acceptance {
public:
    struct Ports {
        Storage& storage;
        Registry& registry;
        Signer& signer;  ///< the server's identity
        const Verifier& verifier;
        const Hasher& hasher;
    };

    Acceptance(Ports ports, Instant now) : ports_(ports), now_(now) {}

    /// Errors: those of the storage.
    Result<Verdict> accept(EntryKind kind, ByteView bytes);

    /// A packet, supplement or batch that this server took before it was restored: `taken` is the
    /// hash of what the log shows to have been taken, and stands for every check that was made then
    /// (docs/PROTOCOL.md, "After a restore"). What a pin does not vouch for is kept, as ever.
    /// Errors: as above.
    Result<Verdict> accept_resent(EntryKind kind, ByteView bytes, const Hash& taken);

private:
    /// Something that its author has signed, and its place in the log.
    template <class Said>
    struct Verified {
        Said said;
        LogEntry entry;
    };

    Result<Verdict> conclude(Checked<Verdict> judged);
    Checked<Verdict> accept_resent_packet(ByteView bytes, const Hash& taken);
    Checked<Verdict> accept_resent_supplement(ByteView bytes, const Hash& taken);
    Checked<Verdict> accept_resent_batch(ByteView bytes, const Hash& taken);
    Checked<void> admit_resent(const LogEntry& entry, const Hash& taken);
    Checked<std::map<ItemId, ItemType>> find_places(const Batch& batch);

    Checked<Verdict> accept_statement(ByteView bytes);   // acceptance_statement.cpp
    Checked<Verdict> accept_packet(ByteView bytes);      // acceptance_keys.cpp
    Checked<Verdict> accept_supplement(ByteView bytes);  // acceptance_keys.cpp
    Checked<Verdict> accept_batch(ByteView bytes);       // acceptance_batch.cpp
    Checked<Verdict> accept_escrow(ByteView bytes);      // acceptance_escrow.cpp

    /// What a revoked device said too late also goes to the case leads, as it came.
    Checked<std::vector<Channel>> show_held(const LogEntry& entry);

    /// A released change counts as written by its author: whoever restates it now says the truth.
    Checked<void> record_release(const Statement& verdict);

    /// What every kind has in common once its signature is verified: a duplicate is recognised, the
    /// offer recorded, a counter used twice or leaping too far refused, what a revoked device may
    /// no longer say kept.
    Checked<void> admit(const LogEntry& entry);

    /// The same without what concerns revoked devices.
    Checked<void> admit_offer(const LogEntry& entry);
    Checked<void> check_leap(const DeviceId& author, std::uint64_t counter) const;
    Checked<void> escrow(const LogEntry& entry, std::string_view why);
    Checked<Verified<KeyPacket>> verified_packet(ByteView bytes) const;
    Checked<Verified<Supplement>> verified_supplement(ByteView bytes) const;
    Checked<Verified<Batch>> verified_batch(ByteView bytes) const;
    Checked<const SigningPublicKey*> key_of_author(const FederationId& federation,
                                                   const DeviceId& author) const;
    Checked<const SigningPublicKey*> key_of_second(const Statement& statement) const;
    Checked<Verdict> store(LogEntry entry);

    template <class Keys>
    Checked<Verdict> store_keys(Verified<Keys> keys) {
        Verdict verdict = SAMSYN_TRY(store(std::move(keys.entry)));
        ports_.registry.add(keys.said);
        return verdict;
    }

    Checked<Verdict> store_batch(Verified<Batch> batch, const std::map<ItemId, ItemType>& created);
    Checked<void> check_clock(Instant time) const;

    Checked<void> check_statement(const Statement& statement) const;
    Checked<void> pin_revocation(const Statement& revocation);

    Checked<void> check_supplement(const Supplement& supplement) const;
    Checked<void> check_rewrapping(const Supplement& supplement,
                                   const Registry::Compartment& compartment) const;
    Checked<void> check_ground(const Supplement& supplement,
                               const Registry::Compartment& compartment,
                               const DeviceId& recipient) const;

    /// Where an item lives and what it is, as the server knows it.
    struct ItemPlace {
        CompartmentId compartment;
        ItemType type{};
    };

    Checked<std::optional<ItemPlace>> find_item(const ItemId& id);
    Checked<void> check_epoch(const BatchHeader& header) const;
    Checked<void> check_sequence(const Batch& batch);

    /// Returns the items that the batch creates. Errors name the change.
    Checked<std::map<ItemId, ItemType>> check_changes(const Batch& batch);
    Checked<void> check_change(const BatchHeader& batch,
                               const ChangeHeader& change,
                               const std::optional<ItemPlace>& known) const;
    Checked<void> check_restated(const BatchHeader& batch,
                                 const ChangeHeader& change,
                                 const ItemPlace& known) const;
    Checked<void> record_writes(const Batch& batch);
    Checked<void> record_write(const ChangeHeader& change, const DeviceId& author);
    Checked<void> record_place(const ItemId& item, const ItemPlace& place);

    Ports ports_;
    Instant now_;

    /// What the push is about, once its signature has verified.
    std::optional<Channel> about_;
    Hash hash_;
    std::uint16_t statement_kind_ = 0;
};

/// Refuses: `return refuse(Errc::malformed, "previous batch");`
inline std::unexpected<Stop> refuse(Errc code, std::string_view context) {
    return std::unexpected{Stop{AnswerOutcome::refused, Error{code, std::string{context}}}};
}

inline std::unexpected<Stop> answer(AnswerOutcome outcome, std::string_view context) {
    return std::unexpected{Stop{outcome, Error{{}, std::string{context}}}};
}

/// The author's fault: becomes a refusal.
template <class T>
Checked<T> or_refuse(Result<T> result) {
    if (!result) return std::unexpected{Stop{AnswerOutcome::refused, result.error()}};
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return *std::move(result);
}

/// The storage's fault: fails the group.
template <class T>
Checked<T> or_fail(Result<T> result) {
    if (!result) return std::unexpected{Stop{{}, result.error(), 0, true}};
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return *std::move(result);
}

}  // namespace samsyn
