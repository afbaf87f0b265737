#pragma once

#include "core/sync/server_handshake.hpp"
#include "sync-server/hub/delivery.hpp"
#include "sync-server/hub/presence_mailbox.hpp"
#include "sync-server/hub/room_relay.hpp"
#include "sync-server/hub/token_bucket.hpp"

#include <deque>

namespace samsyn {

/// A device that is let in for orders, locked or handing in: which it has heard.
struct OrderTaker {
    explicit OrderTaker(const DeviceId& id) : device(id) {}

    DeviceId device;
    std::optional<RestrictedAnswer> answer;  ///< until it has left, after the orders before it
    std::set<StatementId> settled;           ///< answered for good, in whatever session
    std::set<StatementId> sent;              ///< in this one
};

/// One connection, from its first byte to its last.
struct HubLink {
    HubLink(const ServerHandshake::Identity& identity, const Hash& connection, std::uint64_t number)
        : handshake(identity, connection),
          exporter(connection),
          opened(number) {}

    ServerHandshake handshake;
    Hash exporter;
    std::uint64_t opened;                  ///< order of opening: the oldest goes first
    std::optional<OrderTaker> restricted;  ///< once a locked device has shown its token
    std::optional<OrderTaker> hand_in;     ///< once a device has proved who it is, for handing in
    std::optional<Delivery> delivery;      ///< once the device has proved who it is
    std::deque<Bytes> replies;
    std::vector<Answer> uncommitted;
    std::deque<Answer> answers;
    std::optional<LogProofRequest> log_request;  ///< waits for its answer; a later one replaces it
    std::deque<LogQuery> log_queries;
    std::optional<FleetQuery> fleet_query;  ///< waits for its answer
    Instant contact;                        ///< newest that is on its way into the storage
    Instant seen;                           ///< of the newest group while it was open
    std::optional<ReceiptRequest>
        receipt_request;  ///< waits for its answer; a later one replaces it
    RoomMailbox rooms;
    PresenceMailbox presences;
    std::vector<AttachmentState> attachment_states;     ///< wait to be told, one for each file
    std::deque<AttachmentRequest> attachment_requests;  ///< the first is being answered
    std::set<AttachmentPlace> attachments_logged;       ///< their rows are in the log
    std::set<AttachmentPlace> attachments_awaited;      ///< asked for, and not here yet
    bool resumed = false;
    bool statements_announced = false;
    bool announce_everything = false;
    std::optional<Error> ending;  ///< takes nothing more, and closes once its answers are out
    bool reported = false;        ///< what the device tells of itself
    bool closing = false;

    /// Whose it is, once it is let in for this; else null.
    const DeviceId* device_for(SessionPurpose purpose) const {
        switch (purpose) {
            case SessionPurpose::session:
                return delivery ? &delivery->device() : nullptr;
            case SessionPurpose::restricted:
                return restricted ? &restricted->device : nullptr;
            case SessionPurpose::hand_in:
                return hand_in ? &hand_in->device : nullptr;
        }
        return nullptr;
    }

    /// What waits for the peer to take it, about.
    std::size_t queued_bytes() const {
        constexpr std::size_t answer_bytes = 40;  // on the wire, without its context
        std::size_t bytes = 0;
        for (const Bytes& reply : replies) bytes += reply.size();
        for (const Answer& answer : answers) bytes += answer_bytes + answer.context.size();
        return bytes;
    }
};

/// What a device may still push.
struct Allowance {
    TokenBucket statements;
    TokenBucket batches;
    TokenBucket reads;
    TokenBucket log_queries;
    TokenBucket restricted;
    TokenBucket rooms;
    TokenBucket reports;
    TokenBucket fleet_queries;
    TokenBucket sessions;
    TokenBucket messages;
    TokenBucket attachments;
    TokenBucket presences;
};

}  // namespace samsyn
