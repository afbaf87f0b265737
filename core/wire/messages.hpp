#pragma once

#include "core/base/one_of.hpp"
#include "core/base/secret.hpp"
#include "core/wire/attachment_messages.hpp"
#include "core/wire/batch.hpp"
#include "core/wire/fleet_messages.hpp"
#include "core/wire/log_messages.hpp"
#include "core/wire/presence_message.hpp"
#include "core/wire/room_messages.hpp"

#include <array>

namespace samsyn {

/// A place where the server numbers entries: one statement stream, or one compartment.
struct Channel {
    std::variant<Stream, CompartmentId> name;
    friend auto operator<=>(const Channel&, const Channel&) = default;
};

/// `escrow`: unsent work of a withdrawn compartment, sealed for the disclosing unit's case leads;
/// in a notice stream. `reads`: a piece of a device's chain of reads; pushed, never delivered.
enum class EntryKind : std::uint8_t {
    statement,
    packet,
    supplement,
    batch,
    escrow,
    reads,
    last = reads
};

/// Position in one channel of one incarnation of the server. The first entry is 1.
using EntryNumber = std::uint64_t;

// --- Messages ----------------------------------------------------------------------------------
// In the order of a session: hello → challenge → proof → welcome → the rest. docs/PROTOCOL.md.

/// What a connection is for. A *restricted* session is that of a locked device: it names itself by
/// its unlock token and gets its PIN's secret and signed orders, nothing else. A *hand-in* session
/// is that of a revoked device: it pushes escrow, receipts and its reads, and gets answers and
/// signed orders, nothing else.
enum class SessionPurpose : std::uint8_t { session, restricted, hand_in, last = hand_in };

struct Hello {
    SessionPurpose purpose{};
    std::uint16_t version_min = 1;
    std::uint16_t version_max = 1;
    FederationId federation;
    DeviceId device;  ///< none in a restricted session: the token says it, once the server is known
    Nonce nonce;
    std::uint32_t statute_version = 0;
    std::uint16_t schema_version = 0;
    friend bool operator==(const Hello&, const Hello&) = default;
};

/// Signed by the server's identity under `session_server` over: hello's nonce, `nonce`, the TLS
/// exporter, `time`, `incarnation`, `version`, `statute_version`.
struct Challenge {
    std::uint16_t version = 1;
    Nonce nonce;
    Instant time;
    Incarnation incarnation;
    std::uint32_t statute_version = 0;
    SigningPublicKey server_key;
    Signature signature;
    friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// Signed by the device under `session_device` over: server nonce, hello's nonce, the TLS exporter,
/// federation heads.
struct Proof {
    std::vector<StatementId> federation_heads;  ///< sorted, at most 16
    Signature signature;
    friend bool operator==(const Proof&, const Proof&) = default;
};

struct Welcome {
    std::uint64_t greatest_counter = 0;  ///< of this device, as the server has it
    std::vector<std::uint64_t>
        gaps;  ///< counters below it that have not arrived; ascending, at most 256
    std::uint64_t log_size = 0;
    Hash log_root;
    friend bool operator==(const Welcome&, const Welcome&) = default;
};

/// The client's cursors: entries up to and including `number` have been applied. Channels that are
/// not named start at 0. May come again, then it moves the named cursors, and a
/// `CaughtUp{everything}` follows when what that opened has been delivered, be it nothing.
struct Resume {
    struct Cursor {
        Channel channel;
        EntryNumber number = 0;
        friend bool operator==(const Cursor&, const Cursor&) = default;
    };

    std::vector<Cursor> cursors;  ///< at most `resume_cursors_max` a message
    bool last = true;             ///< false: more cursors follow before anything is delivered
    friend bool operator==(const Resume&, const Resume&) = default;
};

/// Something new from the client. `ticket` names it in the answer.
struct Push {
    std::uint32_t ticket = 0;
    EntryKind kind{};
    Bytes bytes;
    friend bool operator==(const Push&, const Push&) = default;
};

/// Something of the client's own that this server, or the one before its restore, had taken once:
/// byte for byte, with what shows that. Answered as a `Push`.
struct Resend {
    std::uint32_t ticket = 0;
    EntryKind kind{};  ///< packet, supplement or batch
    Bytes bytes;
    LogReceipt receipt;
    friend bool operator==(const Resend&, const Resend&) = default;
};

enum class AnswerOutcome : std::uint8_t {
    stored,
    duplicate,
    stale_epoch,
    clock_off,
    escrowed,
    refused,
    last = refused
};

struct Answer {
    std::uint32_t ticket = 0;
    AnswerOutcome outcome{};
    Errc why{};              ///< for `refused`; else 0
    std::string context;     ///< what was wrong, at most 200 bytes, no payload
    EntryNumber number = 0;  ///< for `stored` and `duplicate`
    Instant server_time;     ///< for `clock_off` and `stale_epoch`
    friend bool operator==(const Answer&, const Answer&) = default;
};

/// Entries of one channel in order of their numbers; numbers may be skipped (not for this device).
struct Deliver {
    Channel channel;

    struct Entry {
        EntryNumber number = 0;
        EntryKind kind{};
        Bytes bytes;
        friend bool operator==(const Entry&, const Entry&) = default;
    };

    std::vector<Entry> entries;
    EntryNumber up_to = 0;  ///< everything up to here is delivered or not for this device
    friend bool operator==(const Deliver&, const Deliver&) = default;
};

/// The server stopped delivering a channel: the device decides by its own statements what to purge.
struct Withdrawn {
    Channel channel;
    friend bool operator==(const Withdrawn&, const Withdrawn&) = default;
};

/// Everything of a phase has been delivered up to now. `statements` comes once, before the first
/// compartment; `everything` each time that nothing is left: what follows is live.
struct CaughtUp {
    enum class Phase : std::uint8_t { statements, everything, last = everything };
    Phase phase{};
    Instant time;
    Signature signature;  ///< of the server under `signed_time` over incarnation and time
    friend bool operator==(const CaughtUp&, const CaughtUp&) = default;
};

/// Why the sender closes; the last message of a session.
struct Goodbye {
    Errc why{};
    std::string context;  ///< at most 200 bytes
    friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

// --- Unlocking (docs/PROTOCOL.md, "PIN and the server") -----------------------------------------

/// In a session: remember this device's unlock token, and make a secret for this PIN. One at a time
/// is unanswered, of these and `UnlockConfirm`.
struct UnlockRegister {
    UnlockToken token;
    std::optional<PinVerifier> verifier;  ///< none: the token only
    friend bool operator==(const UnlockRegister&, const UnlockRegister&) = default;
};

/// Durable at the server. The same verifier gets the same secret, until it is replaced.
struct UnlockRegistered {
    Errc refused{};                   ///< `conflict`: the token is another device's; else 0
    std::optional<PinSecret> secret;  ///< where there was a verifier
    friend bool operator==(const UnlockRegistered&, const UnlockRegistered&) = default;
};

/// The PIN's slot is durable on the device: what was before it may go.
struct UnlockConfirm {
    PinVerifier verifier;
    friend bool operator==(const UnlockConfirm&, const UnlockConfirm&) = default;
};

struct UnlockConfirmed {
    Errc refused{};  ///< `not_found`: the server does not know this verifier; else 0
    friend bool operator==(const UnlockConfirmed&, const UnlockConfirmed&) = default;
};

/// In a restricted session, after the challenge, in place of a `Proof`.
struct RestrictedProof {
    UnlockToken token;
    std::optional<Hash> pin_proof;  ///< see `pin_proof` in core/sync; none: only orders are wanted
    friend bool operator==(const RestrictedProof&, const RestrictedProof&) = default;
};

enum class RestrictedOutcome : std::uint8_t {
    accepted,  ///< no proof was offered
    secret,
    wrong,
    destroyed,  ///< or none was ever made
    last = destroyed
};

/// The token is known; what came of the proof. A stranger's token gets a `Goodbye` like any other.
struct RestrictedAnswer {
    RestrictedOutcome outcome{};
    std::uint8_t tries_left = 0;      ///< for `wrong`
    std::optional<PinSecret> secret;  ///< exactly for `secret`
    friend bool operator==(const RestrictedAnswer&, const RestrictedAnswer&) = default;
};

/// A statement that locks, wipes or revokes the device, and the statements of the federation that
/// prove its signer from the founding statement on.
struct Order {
    Bytes statement;
    std::vector<Bytes> chain;  ///< at most `order_chain_max`
    friend bool operator==(const Order&, const Order&) = default;
};

enum class OrderOutcome : std::uint8_t {
    done,         ///< nothing is left to do
    keys_erased,  ///< no slot but the assisted one is left; the file waits for its unsent work
    ignored,      ///< it does not verify, or names another device
    failed,       ///< the device could not carry it out, and will try again
    last = failed
};

struct OrderAnswer {
    StatementId order;
    OrderOutcome outcome{};
    friend bool operator==(const OrderAnswer&, const OrderAnswer&) = default;
};

using MessageKinds = std::variant<Hello,
                                  Challenge,
                                  Proof,
                                  Welcome,
                                  Resume,
                                  Push,
                                  Answer,
                                  Deliver,
                                  Withdrawn,
                                  CaughtUp,
                                  Goodbye,
                                  UnlockRegister,
                                  UnlockRegistered,
                                  UnlockConfirm,
                                  UnlockConfirmed,
                                  RestrictedProof,
                                  RestrictedAnswer,
                                  Order,
                                  OrderAnswer,
                                  RoomCall,
                                  RoomHello,
                                  RoomKey,
                                  RoomFrame,
                                  RoomTick,
                                  RoomRefused,
                                  LogProofRequest,
                                  LogProof,
                                  LogQuery,
                                  LogRows,
                                  DeviceReport,
                                  FleetQuery,
                                  FleetRows,
                                  ReceiptRequest,
                                  Receipts,
                                  Resend,
                                  AttachmentOffer,
                                  AttachmentState,
                                  AttachmentPiece,
                                  AttachmentRequest,
                                  Presence>;

/// One of the kinds; compiled once, as `StatementBody`.
struct Message : MessageKinds {
    Message();
    Message(const Message& other);
    Message(Message&& other) noexcept;
    Message& operator=(const Message& other);
    Message& operator=(Message&& other) noexcept;
    ~Message();

    template <class Kind>
        requires is_one_of<Kind, MessageKinds>
    Message(Kind kind);  // NOLINT(google-explicit-constructor): as of a variant

    friend bool operator==(const Message& a, const Message& b);
};

inline constexpr std::uint8_t wire_version = 1;      ///< of the encoding of messages
inline constexpr std::uint16_t session_version = 1;  ///< of what they mean; agreed in the hello
inline constexpr std::size_t resume_cursors_max = 512;
inline constexpr std::size_t order_chain_max = 32;  ///< statements that prove an order's signer
inline constexpr std::size_t message_bytes_before_proof_max = 1024;
inline constexpr std::size_t message_bytes_max = 68 * 1024;  ///< a batch of 64 KiB and its envelope

/// One binary WebSocket message: version 1 · kind 1 · body. A context is cut at 200 bytes and its
/// control characters become question marks.
Bytes encode_message(const Message& message);

/// True for the kinds of message that carry tokens, verifiers or secrets: nobody records them.
bool may_hold_secrets(ByteView message);

/// Errors: `unsupported_version`, `malformed` (unknown kind too), `truncated`, `limit_exceeded`,
/// `trailing_bytes`. `bytes_max` depends on the state of the session.
Result<Message> decode_message(ByteView bytes, std::size_t bytes_max);

/// What the two sides of a handshake sign. `exporter` is 32 bytes of TLS keying material (RFC 8446,
/// section 7.5) under the label "EXPORTER-samsyn-1".
Bytes challenge_signed_part(const Nonce& client_nonce,
                            const Challenge& challenge,
                            const Hash& exporter);
Bytes proof_signed_part(const Nonce& server_nonce,
                        const Nonce& client_nonce,
                        const Hash& exporter,
                        const std::vector<StatementId>& heads);
Bytes signed_time_part(const Incarnation& incarnation, Instant time);

/// A channel as one key: for maps and tables.
Bytes encode_channel(const Channel& channel);
Result<Channel> decode_channel(Reader& in);

}  // namespace samsyn
