#pragma once

#include "core/policy/decision_cache.hpp"
#include "core/policy/leaving.hpp"
#include "core/wire/packet.hpp"
#include "sync-server/storage/storage.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>

namespace samsyn {

/// Everything that the hub keeps in memory of what it has accepted: statements with what follows
/// from them, and for each epoch who holds its key. A pure function of the stored entries: it is
/// thrown away and loaded again when a group fails. Not thread-safe. The hasher must outlive it.
class Registry {
public:
    struct Compartment {
        CaseId case_id;
        Label label;
    };

    /// One key of a compartment. The parts of a directory packet share it.
    struct Epoch {
        CompartmentId compartment;
        std::set<DeviceId> holders;   ///< recipients of the packet and of supplements
        Instant instant;              ///< newest, as the packets claim
        bool is_recoverable = false;  ///< sealed for a recovery key, too
    };

    /// Whether something is permitted, and until when that holds without a new statement.
    struct Permission {
        bool permitted = false;
        Instant valid_until = instant_max;
    };

    /// Errors: `not_found` without a founding statement, `wrong_federation` with another one,
    /// `malformed` for a damaged database, those of the storage.
    static Result<Registry> load(Storage& storage, const FederationId& id, const Hasher& hasher);

    const Federation& federation() const { return *federation_; }

    const StatementGraph& federation_log() const { return federation_log_; }

    const Hasher& hasher() const { return *hasher_; }

    /// Null where no statement of the case is here; the directory always is.
    const CaseView* view(const CaseId& id) const;
    StatementPtr find_statement(const CaseId& id, const StatementId& statement) const;
    std::vector<CaseId> cases() const;

    const Compartment* compartment(const CompartmentId& id) const;
    std::vector<CompartmentId> compartments_of(const CaseId& id) const;
    const Epoch* epoch(const EpochId& id) const;

    /// Who holds keys of a case's compartments, once each. A packet may claim any time: `latest` at
    /// the latest.
    std::vector<KeyHolding> holdings_of(const CaseId& id, Instant latest) const;

    /// Of holdings of a case, those that were lost and not confirmed to be gone. Names are no case
    /// content: none of the directory.
    std::vector<Unconfirmed> unconfirmed_in(const CaseId& id,
                                            std::span<const KeyHolding> holdings,
                                            Instant now) const;

    /// Is the supplement for the device? One for a recovery key is for every reader: all see that
    /// it is done, and whoever is let to recover needs it.
    bool is_for(const Hash& supplement, const DeviceId& device) const;

    /// Adds a verified statement. Errors: those of `may_publish`, `not_permitted` where it would
    /// have no effect, or would take the effect from a statement of the federation that has it;
    /// then nothing has changed.
    Result<void> add(const StatementPtr& statement);
    void add(const KeyPacket& packet);
    void add(const Supplement& supplement);

    Permission may(const CompartmentId& compartment,
                   const Request& request,
                   const DeviceId& device,
                   Instant now) const;

    /// As above for a compartment that is not stored yet.
    Permission may(const CompartmentId& compartment,
                   const Compartment& info,
                   const Request& request,
                   const DeviceId& device,
                   Instant now) const;

    /// The whole answer to "may this device read?", with what it rests on. For a device that is
    /// not known, and a compartment that is not stored: a denial.
    Decision decide_read(const CompartmentId& compartment,
                         const DeviceId& device,
                         Instant now) const;

    /// The streams of a case that this device receives, and until when that holds by itself.
    struct Streams {
        std::vector<Stream> streams;
        Instant valid_until = instant_max;
    };

    Streams streams_of(const CaseId& id, const DeviceId& device, Instant now) const;

    /// Something of the device is in a notice stream: it receives what concerns it there, whether
    /// or not it takes part in the case any more.
    void note_author(const Channel& channel, const DeviceId& device);

    /// The notice streams of a case in which something of the device is. Sorted.
    std::vector<Stream> notices_by(const CaseId& id, const DeviceId& device) const;

    /// Rosters of a case on which the device's user was put, for a unit that it ever acted in. Who
    /// is on it no more still has to learn that. Sorted.
    std::vector<Stream> rosters_once_of(const CaseId& id, const DeviceId& device) const;

    /// Does a statement of a roster take away the place of the device's user?
    bool ends_place(const LogEntry& entry, const DeviceId& device) const;

    /// True while nobody who holds the key, or is named by the packet, is denied by all that is
    /// known now.
    bool is_open(const Epoch& epoch, Instant now) const;
    bool is_open(const KeyPacket& packet, Instant now) const;

    /// Of these devices: how many compartments each once had a key of, may not read any more, and
    /// has not signed a purge for. Devices without any are not in it.
    std::map<DeviceId, std::uint32_t> unconfirmed_of(const std::set<DeviceId>& devices,
                                                     Instant now) const;

    /// Checks that a packet's recipients are exactly the devices that the policy permits at the
    /// heads, statute table and instant that it names, each under one of its two newest sealing
    /// keys, and that it has a recovery box exactly where the organisation of the disclosing unit
    /// has a recovery key at those heads. Errors: `not_permitted`, `missing_parent` for heads that
    /// are not here, `update_needed` for an unknown table, `malformed`.
    Result<void> check_recipients(const KeyPacket& packet) const;

private:
    struct CaseState {
        StatementGraph log;
        mutable std::optional<CaseView> view;  ///< built when asked for
    };

    Registry(const FederationId& id, const Hasher& hasher) : id_(id), hasher_(&hasher) {
        cases_[directory_case];
    }

    using LostKeys = std::map<CaseId, std::map<std::pair<CompartmentId, DeviceId>, KeyHolding>>;
    LostKeys lost_keys(const std::set<DeviceId>& devices, Instant now) const;

    Result<void> add_to_federation(const StatementPtr& statement);
    Result<void> check_room_to_wait(const Statement& statement) const;
    Result<void> add_to_case(const StatementPtr& statement);
    Result<const Federation*> federation_at(const std::vector<StatementId>& heads) const;
    bool permits_all(const CompartmentId& id,
                     const Compartment& info,
                     std::span<const DeviceId> devices,
                     Instant now) const;

    FederationId id_;
    const Hasher* hasher_;
    StatementGraph federation_log_;
    std::unique_ptr<Federation> federation_;  ///< case views point to it
    std::map<CaseId, CaseState> cases_;
    std::map<CompartmentId, Compartment> compartments_;
    std::map<CaseId, std::vector<CompartmentId>> compartments_of_;
    std::map<CompartmentId, std::vector<std::shared_ptr<Epoch>>> epochs_of_;
    std::map<Bytes, std::shared_ptr<Epoch>> keys_in_parts_;  ///< by what all parts have in common

    std::unordered_map<EpochId, std::shared_ptr<Epoch>> packets_;
    std::unordered_map<Hash, DeviceId> supplements_;
    std::map<Stream, std::set<DeviceId>> notice_authors_;
    mutable DecisionCache decisions_;

    /// Packets come many at the same heads: the federation as it was at those.
    struct AtHeads {
        std::vector<StatementId> heads;
        Federation federation;
    };

    mutable std::unique_ptr<AtHeads> newest_at_;
};

}  // namespace samsyn
