#pragma once

#include "core/sync/attachment_keeper.hpp"
#include "core/sync/fleet_keeper.hpp"
#include "core/sync/log_keeper.hpp"
#include "core/sync/presence_keeper.hpp"
#include "core/sync/transfer_pace.hpp"
#include "core/sync/unlock_keeper.hpp"
#include "core/wire/messages.hpp"

#include <deque>
#include <map>
#include <optional>

namespace samsyn {

/// What is waiting to go to the server, sealed, signed and durable.
struct Outgoing {
    std::uint64_t counter = 0;  ///< the device-wide counter: order, and name within this device
    EntryKind kind{};
    Bytes bytes;
};

/// A device as its session sees it. Every call is durable when it returns. The implementation is
/// the device engine; tests bring a small one.
class ClientLedger {
public:
    virtual ~ClientLedger() = default;

    virtual FederationId federation() const = 0;
    virtual DeviceId device() const = 0;
    virtual std::vector<StatementId> federation_heads() const = 0;
    virtual Signature sign_proof(ByteView signed_part) = 0;

    /// Is this the pinned server, one that the federation log certifies, or its named successor?
    virtual bool trusts_server(const SigningPublicKey& key) const = 0;

    virtual std::vector<Resume::Cursor> cursors(const Incarnation& incarnation) const = 0;

    /// The server has the device's counters up to here: catch a rolled back or cloned device.
    /// Errors: `counter_reused` where the server knows a greater counter than this device ever
    /// took.
    virtual Result<void> on_welcome(const Welcome& welcome) = 0;

    /// Sealed things after `counter` in ascending order, up to `bytes_max` (at least one, if any).
    /// Seals what is pending first: decides, starts epochs where needed. Errors: storage only.
    virtual Result<std::vector<Outgoing>> outgoing_after(std::uint64_t counter,
                                                         std::size_t bytes_max,
                                                         Instant now) = 0;

    /// Applies entries and moves the cursor in one transaction. A faulty entry is recorded and
    /// skipped, it does not fail the call. Errors: storage only; then nothing has changed.
    virtual Result<void> apply(const Incarnation& incarnation,
                               const Deliver& deliver,
                               Instant now) = 0;
    virtual Result<void> on_withdrawn(const Channel& channel, Instant now) = 0;

    /// The answer to the outgoing thing with this counter.
    virtual Result<void> on_answer(std::uint64_t counter, const Answer& answer, Instant now) = 0;

    /// Fresh signed time (verified by the session), and whether everything has been delivered.
    virtual Result<void> on_caught_up(Instant server_time, CaughtUp::Phase phase, Instant now) = 0;

    /// Null: the session neither asks about the server's access log nor tells of reads.
    virtual LogKeeper* log_keeper() { return nullptr; }

    /// Null: the session neither tells how the device is nor asks how others are.
    virtual FleetKeeper* fleet_keeper() { return nullptr; }

    /// Null: files neither go nor come.
    virtual AttachmentKeeper* attachment_keeper() { return nullptr; }

    /// Null: nobody says, or hears, who is here.
    virtual PresenceKeeper* presence_keeper() { return nullptr; }

    /// Cursors to move now: a supplement opened earlier entries. Empties the list.
    virtual std::vector<Resume::Cursor> take_rewinds() = 0;

    /// Like `outgoing_after`, of what a revoked device may still hand in: escrow, receipts, reads.
    virtual Result<std::vector<Outgoing>> hand_in_after(std::uint64_t /*counter*/,
                                                        std::size_t /*bytes_max*/,
                                                        Instant /*now*/) {
        return std::vector<Outgoing>{};
    }

    /// An order that came in a hand-in session. None: it is not one for the ledger. Errors: storage
    /// only.
    virtual Result<std::optional<OrderAnswer>> on_order(const Order& /*order*/, Instant /*now*/) {
        return std::optional<OrderAnswer>{};
    }
};

struct SessionLimits {
    std::chrono::seconds handshake_max{20};  ///< then the session fails with `timed_out`
    std::size_t unanswered_pushes_max = 64;  ///< more wait for answers
    std::size_t unanswered_bytes_max = 512 * 1024;
    std::chrono::seconds report_interval{30};  ///< between two reports of how the device is
};

/// One device's side of one connection (docs/PROTOCOL.md). Sans-I/O and single-threaded.
///
/// Call `on_open` once the connection stands. After any `on_*` or `poke`, take outputs with
/// `poll_output` until there are none, then sleep until `next_deadline`. A session runs once; to
/// reconnect, make a new one. The ledger, ports and limits must outlive it. `now` never goes back.
class ClientSession {
public:
    struct Send {
        Bytes message;
    };

    /// Everything was delivered and everything outgoing has been answered. Comes again after
    /// later changes.
    struct Synced {};

    /// New entries were applied, or somebody came or left: queries may answer differently.
    struct Changed {};

    /// Something outgoing was answered.
    struct Answered {
        std::uint64_t counter = 0;
        Answer answer;
    };

    /// Bytes of a file went or came.
    struct Progressed {};

    /// The session is over; nothing follows.
    struct Close {
        Error why;
    };

    using Output = std::variant<Send, Synced, Changed, Answered, Progressed, Close>;

    struct Ports {
        ClientLedger& ledger;
        Random& random;
        const Verifier& verifier;
        UnlockKeeper* keeper = nullptr;  ///< null: nothing is registered for unlocking
    };

    /// `exporter`: TLS keying material of this connection, so that a relay gains nothing.
    /// `purpose`: `hand_in` for a device that was told that it is revoked.
    ClientSession(Ports ports,
                  const Hash& exporter,
                  SessionLimits limits = {},
                  SessionPurpose purpose = SessionPurpose::session);

    void on_open(Instant now);

    /// One WebSocket message. A message that does not fit ends the session with a `Close`.
    void on_message(ByteView message, Instant now);
    void on_timer(Instant now);

    /// The application wrote something: look for outgoing things again.
    void poke(Instant now);

    std::optional<Output> poll_output();
    std::optional<Instant> next_deadline() const;

    bool is_live() const { return phase_ == Phase::live; }

    /// The server has proven a pinned identity on this very connection; it stays so to the end.
    bool knows_server() const { return knows_server_; }

private:
    enum class Phase : std::uint8_t {
        fresh,
        hello_sent,
        proof_sent,
        proving,
        resuming,
        live,
        closed
    };

    Result<void> handle(const Challenge& challenge, Instant now);
    Result<void> handle(const Welcome& welcome, Instant now);
    Result<void> handle(const Answer& answer, Instant now);
    Result<void> handle(const Deliver& deliver, Instant now);
    Result<void> handle(const Withdrawn& withdrawn, Instant now);
    Result<void> handle(const CaughtUp& caught_up, Instant now);
    Result<void> handle(const Goodbye& goodbye, Instant now);
    Result<void> handle(const LogProof& proof, Instant now);
    Result<void> handle(const LogRows& rows, Instant now);
    Result<void> handle(const FleetRows& rows, Instant now);
    Result<void> handle(const Receipts& receipts, Instant now);
    Result<void> handle(const AttachmentState& state, Instant now);
    Result<void> handle(const AttachmentPiece& piece, Instant now);
    Result<void> handle(const Presence& presence, Instant now);
    Result<void> handle(const UnlockRegistered& registered, Instant now);
    Result<void> handle(const UnlockConfirmed& confirmed, Instant now);
    Result<void> handle(const Order& order, Instant now);
    template <class Other>
    Result<void> handle(const Other& other, Instant now);

    Result<void> dispatch(ByteView bytes, Instant now);
    Result<void> start_replicating();
    Result<void> check_checkpoint(const SignedCheckpoint& checkpoint) const;
    Result<bool> handle_reads(const Answer& answer, Instant now);
    Result<void> push_reads();
    void ask_log();
    Result<bool> tell_report(Instant now);
    bool ask_fleet();
    PresenceKeeper* presence_keeper() const;
    Result<bool> tell_presence(Instant now);
    Result<bool> handle_resent(const Answer& answer, Instant now);
    Result<void> push_resends();
    Result<void> ask_receipts();
    Result<void> serve_attachments(Instant now);
    Result<void> begin_upload();
    Result<void> go_on_with_upload(const AttachmentState& state, Instant now);
    Result<void> send_pieces(Instant now);
    Result<void> begin_download(Instant now);
    void request_pieces(Instant now);
    void count_sent(std::uint32_t ticket, std::uint64_t counter, std::size_t bytes, bool again);
    Result<void> after_change(Instant now);
    Result<void> require_replicating() const;
    Result<void> push_outgoing(Instant now);
    bool fits_window(std::size_t bytes) const;
    bool is_quiet() const;

    bool hands_in() const { return purpose_ == SessionPurpose::hand_in; }

    void send_cursors(std::vector<Resume::Cursor> cursors);
    Result<void> announce_if_synced(Instant now);
    void serve_keeper();
    void after_keeper(const Result<void>& kept);
    void send(const Message& message);
    void fail_with(const Error& why);
    void close(Error why);

    struct Unanswered {
        std::uint64_t counter = 0;  ///< its place, where it goes again
        std::size_t bytes = 0;
        bool again = false;
    };

    Ports ports_;
    Hash exporter_;
    SessionLimits limits_;
    SessionPurpose purpose_;
    Phase phase_ = Phase::fresh;
    bool knows_server_ = false;
    Nonce nonce_;
    SigningPublicKey server_key_;
    Incarnation incarnation_;
    std::optional<Instant> deadline_;
    std::deque<Output> outputs_;
    std::map<std::uint32_t, Unanswered> unanswered_;
    std::uint32_t next_ticket_ = 1;
    std::size_t unanswered_bytes_ = 0;
    std::uint64_t pushed_counter_ = 0;
    std::uint64_t resent_place_ = 0;
    bool resends_done_ = false;  ///< all have gone, and been answered
    bool asking_receipts_ = false;
    bool receipts_done_ = false;  ///< this session asks for no more

    /// In flight: reads, by their ticket, and a query of the log.
    struct UnansweredReads {
        std::uint32_t ticket = 0;
        std::uint64_t last = 0;
    };

    std::optional<UnansweredReads> reads_;
    std::optional<LogQuery> query_;
    std::optional<FleetQuery> fleet_query_;

    /// A file on its way to the server.
    struct Upload {
        AttachmentOffer offer;
        std::uint64_t have = 0;  ///< the server holds
        std::uint64_t sent = 0;
        std::optional<std::pair<std::uint64_t, Instant>> mark{};  ///< sent by then, to be timed
    };

    /// A file on its way here.
    struct Download {
        AttachmentKeeper::Wanted wanted;
        std::uint64_t until = 0;  ///< asked for so far
        Instant asked{};
    };

    std::optional<Upload> upload_;
    std::optional<Download> download_;
    TransferPace upload_pace_{256 * 1024UL};
    TransferPace download_pace_{attachment_request_bytes_max};
    std::optional<DeviceReport> reported_;  ///< what this session last told
    std::optional<Instant> next_report_;    ///< not before
    /// In flight with the keeper: at most one of these.
    std::optional<UnlockRegistration> registering_;
    std::optional<PinVerifier> confirming_;
    std::optional<UnlockRegistration> registered_;  ///< the last one: said once a session
    bool attachments_done_ = false;                 ///< none is wanted either way, when last asked
    bool reads_failed_ = false;                     ///< this session tells of no more
    bool keeper_failed_ = false;
    bool may_push_ = false;   ///< statements are all here: decisions are made on the newest
    bool caught_up_ = false;  ///< nothing was delivered since the last `CaughtUp{everything}`
    bool drained_ = false;    ///< the ledger had nothing more to send when last asked
    bool announced_ = false;  ///< `Synced` was said, and nothing has happened since
};

}  // namespace samsyn
