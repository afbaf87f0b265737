#pragma once

#include "sync-server/hub/acceptance.hpp"
#include "sync-server/hub/access_log.hpp"
#include "sync-server/hub/closing_watch.hpp"
#include "sync-server/hub/hub.hpp"
#include "sync-server/hub/link.hpp"
#include "sync-server/hub/purge_count.hpp"
#include "sync-server/hub/restores.hpp"

namespace samsyn {

inline constexpr std::size_t hub_context_bytes_max = 200;

/// What a row says of a decision.
RowGround ground_of(const Decision& decision);

/// What the hub is made of: shared by `hub*.cpp` and `fleet.cpp`.
struct Hub::Impl {
    Impl(Ports given_ports,
         const FederationId& id,
         HubLimits given_limits,
         const Incarnation& life,
         Registry loaded,
         AccessLog loaded_log)
        : ports(given_ports),
          federation(id),
          limits(given_limits),
          incarnation(life),
          registry(std::move(loaded)),
          access_log(std::move(loaded_log)),
          restores(life),
          room_relay({.sessions_max = limits.room_sessions_max,
                      .sessions_of_one_max = limits.room_sessions_per_device_max}) {}

    Ports ports;
    FederationId federation;
    HubLimits limits;
    Incarnation incarnation;
    Registry registry;
    AccessLog access_log;
    Restores restores;
    std::map<LinkId, HubLink> links;
    std::set<LinkId> awake;
    std::map<DeviceId, Allowance> allowances;
    ClosingWatch closings;
    std::map<DeviceId, Instant> contacts;  ///< to be stored with the next group
    PurgeCount purges;
    RoomRelay room_relay;
    Hub::Counts counted;
    std::uint64_t links_opened = 0;

    // The group that is open.
    bool in_group = false;
    std::optional<Error> group_failed;
    std::set<LinkId> took_part;
    std::set<Channel> touched;
    std::vector<Hub::Note> notes;
    std::vector<AttachmentState> arrived_attachments;
    bool registry_lost = false;  ///< it could not be loaded again after a failed group

    HubLink* find(LinkId id) {
        const auto found = links.find(id);
        return found == links.end() ? nullptr : &found->second;
    }

    void reply(LinkId id, HubLink& link, const Message& message) {
        link.replies.push_back(encode_message(message));
        awake.insert(id);
    }

    /// The peer said goodbye: it reads no more.
    void end(LinkId id, HubLink& link) {
        link.replies.clear();
        link.closing = true;
        awake.insert(id);
    }

    void close(LinkId id, HubLink& link, const Error& why) {
        if (link.closing) return;
        link.replies.clear();
        link.answers.clear();
        link.uncommitted.clear();
        link.closing = true;
        ++counted.closed_by[why.code];
        reply(id, link, Goodbye{why.code, why.context.substr(0, hub_context_bytes_max)});
    }

    Result<void> reload() {
        auto loaded = Registry::load(ports.storage, federation, ports.hasher);
        registry_lost = !loaded.has_value();
        if (!loaded) return std::unexpected{loaded.error()};
        auto log = AccessLog::load(ports.storage.log(), ports.hasher);
        registry_lost = !log.has_value();
        if (!log) return std::unexpected{log.error()};
        registry = *std::move(loaded);
        access_log = *std::move(log);
        restores = Restores{incarnation};
        return {};
    }

    // What arrives: hub_arriving.cpp.
    void on_handshake(LinkId id, HubLink& link, ByteView message, Instant now);
    Result<void> on_authenticated(LinkId id,
                                  HubLink& link,
                                  const ServerHandshake::Authenticated& who,
                                  Instant now);
    void make_room(const DeviceId& device, SessionPurpose purpose);
    void on_session_message(LinkId id, HubLink& link, ByteView message, Instant now);
    bool within_message_rate(LinkId id, HubLink& link, const DeviceId& device, Instant now);
    void on_push(LinkId id, HubLink& link, const Push& push, Instant now);
    bool may_push_now(LinkId id, HubLink& link, Instant now);
    void take_push(LinkId id, HubLink& link, const DeviceId& by, const Push& push, Instant now);
    void answer_push(LinkId id,
                     HubLink& link,
                     std::uint32_t ticket,
                     EntryKind kind,
                     const Verdict& verdict,
                     Instant now);
    void watch_closing(LinkId id, const ClosingSaid& said, Instant now);
    bool within_rate(const DeviceId& device, EntryKind kind, Instant now);
    void on_resume(LinkId id, HubLink& link, const Resume& resume, Instant now);

    // Unlocking and orders: hub_restricted.cpp. The storage's errors fail the group.
    void on_unlock_register(LinkId id, HubLink& link, const UnlockRegister& request, Instant now);
    void on_unlock_confirm(LinkId id, HubLink& link, const UnlockConfirm& request, Instant now);
    void on_restricted(LinkId id,
                       HubLink& link,
                       const ServerHandshake::Restricted& offered,
                       Instant now);
    Result<void> enter_restricted(LinkId id,
                                  HubLink& link,
                                  const ServerHandshake::Restricted& offered,
                                  Instant now);
    void on_restricted_message(LinkId id, HubLink& link, ByteView message, Instant now);
    void on_order_answer(LinkId id, HubLink& link, const OrderAnswer& answer, Instant now);
    std::optional<Message> next_order(OrderTaker& taker);
    std::optional<Message> next_of_restricted(HubLink& link);

    // A revoked device: hub_hand_in.cpp.
    Result<void> enter_hand_in(LinkId id, HubLink& link, const DeviceId& device, Instant now);
    void on_hand_in_message(LinkId id, HubLink& link, ByteView message, Instant now);
    std::optional<Message> next_removal(OrderTaker& hand_in, Instant now) const;
    std::optional<Message> next_of_hand_in(HubLink& link, Instant now);

    // Attached files: hub_attachments.cpp. Errors: of the storage.
    bool may_attach(const AttachmentPlace& place, const DeviceId& device, Instant now) const;
    void tell_attachment(LinkId id, HubLink& link, const AttachmentState& state);
    void answer_attachment(LinkId id, HubLink& link, const Result<AttachmentState>& state);
    Result<AttachmentState> take_offer(const DeviceId& device,
                                       const AttachmentOffer& offer,
                                       Instant now);
    Result<AttachmentState> take_piece(const DeviceId& device,
                                       const AttachmentPiece& piece,
                                       Instant now);
    void announce_attachments(Instant now);
    void on_attachment_request(LinkId id, HubLink& link, const AttachmentRequest& request);

    // Room sessions: hub_rooms.cpp.
    void on_room(LinkId id, HubLink& link, const Message& message, Instant now);
    void refuse_room(HubLink& link, LinkId id, const Message& message, Errc why);
    void post_to(const DeviceId& device, const Message& message);
    std::optional<Message> next_of_rooms(HubLink& link, Instant now);

    // Who is where: hub_presence.cpp.
    bool may_see_present(const CompartmentId& compartment,
                         const DeviceId& device,
                         Instant now) const;
    void on_presence(LinkId id, HubLink& link, const Presence& presence, Instant now);
    std::optional<Message> next_of_presence(HubLink& link, Instant now);

    /// Messages that are handed out together: the rows that some of them need are durable, in one
    /// transaction, before the first of them leaves.
    struct Round {
        bool open = false;            ///< a transaction
        std::optional<Error> failed;  ///< then what was logged in it may not leave
        bool logged = false;          ///< the message at hand needs the commit
    };

    // The end of a group, and what leaves: hub.cpp.
    void count(const Answer& answer);
    void release(Instant now);
    void abandon(const Error& why);
    Next next_for(LinkId id, Round& round, Instant now);
    Result<std::optional<Message>> next_of_session(HubLink& link, Round& round, Instant now);
    CaughtUp caught_up(CaughtUp::Phase phase, Instant now);

    Result<std::optional<Message>> next_of_attachments(HubLink& link, Round& round, Instant now);
    Result<Message> next_piece(HubLink& link, Round& round, Instant now);

    // The access log: hub_log.cpp.
    LogRow row_by(const DeviceId& device, const Channel& about, Instant now, RowAct act);
    std::optional<LogRow> row_of(const DeviceId& device, const Message& message, Instant now);
    Result<void> log_push(const DeviceId& device,
                          EntryKind kind,
                          const Verdict& verdict,
                          Instant now);
    Result<void> log_in_round(Round& round, const LogRow& row);
    void fail_round(Round& round, const Error& why);
    Result<void> commit_round(Round& round);

    SignedCheckpoint checkpoint(Instant now);
    Result<LogProof> prove_log(const LogProofRequest& request, Instant now);
    bool may_query(const DeviceId& device, const LogQuery& query, Instant now) const;
    Result<LogRows> answer_query(const DeviceId& device,
                                 const LogQuery& query,
                                 Round& round,
                                 Instant now);
    void on_log_query(LinkId id, HubLink& link, const LogQuery& query, Instant now);
    Result<std::optional<Message>> next_of_log(HubLink& link, Round& round, Instant now);

    // What a backup lacks: hub_resend.cpp.
    Result<Receipts> receipts_for(const DeviceId& device,
                                  const ReceiptRequest& request,
                                  Instant now);
    Result<Receipts::Row> receipt_of(const Hash& entry, std::uint64_t row);
    Result<Hash> taken_before(const Resend& resend);
    void on_resend(LinkId id, HubLink& link, const Resend& resend, Instant now);

    // Reads that devices tell of: hub_reads.cpp. Errors: of the storage.
    Result<Verdict> accept_reads(const DeviceId& device, ByteView bytes, Instant now);
    Result<Verdict> take_reads(const DeviceId& device, const CheckedReads& reads, Instant now);
    Result<void> log_read(const DeviceId& device,
                          const ReadEntry& entry,
                          const Hash& hash,
                          Instant now);

    // The fleet: fleet.cpp.
    void note_contact(const DeviceId& device, Instant now);
    void note_traffic(HubLink& link, Instant now);
    Result<void> store_contacts();
    void on_report(LinkId id, HubLink& link, const DeviceReport& report, Instant now);
    void on_fleet_query(LinkId id, HubLink& link, const FleetQuery& query, Instant now);
    Result<FleetRow> fleet_row(const DeviceId& device, Instant now);
    bool is_connected(const DeviceId& device) const;
    Result<std::optional<Message>> next_of_fleet(HubLink& link, Round& round, Instant now);
};

}  // namespace samsyn
