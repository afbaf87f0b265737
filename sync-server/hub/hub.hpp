#pragma once

#include "core/policy/decision_cache.hpp"
#include "core/sync/server_handshake.hpp"
#include "sync-server/hub/token_bucket.hpp"
#include "sync-server/storage/storage.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <set>

namespace samsyn {

/// A connection, as the network room and the hub name it to one another.
enum class LinkId : std::uint64_t {};

struct HubLimits {
    std::size_t deliver_bytes_max = 60 * 1024;  ///< entries in one message
    std::size_t links_per_device_max = 2;       ///< the oldest is closed
    std::size_t answers_waiting_max = 256;      ///< then the link is closed with rate_limited
    std::size_t cursors_max = 65'536;           ///< then the link is closed with limit_exceeded

    /// Replies and answers that a link has not taken: then it is not read any more, until it has
    /// taken half of them; at twice as many it is closed with rate_limited.
    std::size_t queued_bytes_max = 256 * 1024;

    /// Sessions of one device; past that they are refused with rate_limited.
    Rate session_rate{std::chrono::seconds{5}, 100};

    /// All messages of one device in its sessions; past that its link is closed with rate_limited.
    Rate message_rate{std::chrono::milliseconds{5}, 10'000};

    /// What one device may push, over all its links; past that its link is closed with rate_limited
    /// once it has its answers. Statements, packets and supplements each ask for a lot of work.
    Rate statement_rate{std::chrono::milliseconds{300}, 2000};
    Rate batch_rate{std::chrono::milliseconds{20}, 500};

    /// Pieces of a device's chain of reads, of up to 256 entries each; queries of the log.
    Rate reads_rate{std::chrono::milliseconds{300}, 500};
    Rate log_query_rate{std::chrono::milliseconds{200}, 200};
    std::size_t log_queries_waiting_max = 4;  ///< then the link is closed with rate_limited

    /// Reports of one device about itself; queries of its fleet by an administrator's. Past that
    /// the link is closed with rate_limited. A query may cost a walk through all keys.
    Rate report_rate{std::chrono::seconds{10}, 20};
    Rate fleet_query_rate{std::chrono::seconds{2}, 50};

    /// A session that goes on counts as contact this often, and at its end.
    std::chrono::milliseconds contact_interval = std::chrono::minutes{15};

    /// Restricted sessions of one device; past that they are refused with rate_limited, uncounted.
    Rate restricted_rate{std::chrono::seconds{10}, 30};

    /// Messages of room sessions of one device; past that its link is closed with rate_limited.
    Rate room_rate{std::chrono::milliseconds{200}, 200};
    Rate presence_rate{std::chrono::seconds{1}, 60};

    /// Room sessions in all, and of one presenter's device; then refused with limit_exceeded.
    std::size_t room_sessions_max = 1024;
    std::size_t room_sessions_per_device_max = 8;

    /// Attached files, sealed; larger ones are refused with limit_exceeded.
    std::size_t attachment_bytes_max = 256UL * 1024 * 1024;
    std::size_t attachments_unfinished_max = 16;          ///< of one device; then rate_limited
    Rate attachment_rate{std::chrono::seconds{5}, 2048};  ///< MiB of one device; then rate_limited
};

/// The server's mind: accepts, checks, orders, and says who gets which entry. Reads no content.
///
/// Sans-I/O but for its `Storage`. Single-threaded. The network room calls `on_open`, `on_message`
/// and `on_close` for its links between `begin_group` and `end_group`; everything accepted in one
/// group commits in one durable transaction, and no answer leaves before. A link *pulls*: when its
/// socket is free it asks `next_message`, which decides then and there what this device may get, so
/// that nothing waits in a queue while a consent is withdrawn (the policy fence), and a slow reader
/// costs nothing.
class Hub {
public:
    struct Ports {
        Storage& storage;
        Signer& signer;  ///< the server's identity
        const Verifier& verifier;
        const Hasher& hasher;
        Random& random;
    };

    /// Loads statements and packets. Errors: those of `Storage`; `not_found` where the database
    /// holds no founding statement yet; `wrong_federation` where it holds another federation.
    static Result<std::unique_ptr<Hub>> open(Ports ports,
                                             const FederationId& federation,
                                             HubLimits limits = {});
    ~Hub();

    Result<void> begin_group();

    /// Commits. Errors: of the storage; then nothing of the group has happened: every link that
    /// took part is closed and the clients send again.
    Result<void> end_group(Instant now);

    void on_open(LinkId link, const Hash& exporter, Instant now);
    void on_message(LinkId link, ByteView message, Instant now);
    void on_close(LinkId link);

    /// The next message for a link whose socket is free, if there is one. After `end_group` only.
    struct Next {
        std::optional<Bytes> message;
        bool close = false;  ///< close the connection once `message` has been sent
    };

    /// What is delivered is in the access log, durable, when this returns: a message whose row
    /// could not be committed does not leave, and its link is closed (security.md, "Access log").
    Next next_message(LinkId link, Instant now);

    /// The same for many links with one commit for all of them; in the order of `links`.
    std::vector<Next> next_messages(std::span<const LinkId> links, Instant now);

    /// Links for which `next_message` may have something new since the last call; empties the list.
    std::vector<LinkId> take_awake();

    /// Something for the server's log: no device, no payload.
    struct Note {
        std::string_view event;
        LinkId link{};
        std::string why;
    };

    /// What has happened in groups that were committed; empties the list.
    std::vector<Note> take_notes();

    /// True once the device has proved who it is, or a locked one has shown its token.
    bool is_authenticated(LinkId link) const;

    /// True where so much waits for the link that nothing should be read from it (see
    /// `HubLimits::queued_bytes_max`); `paused`: as it was answered before.
    bool must_pause(LinkId link, bool paused) const;

    /// Goes on counting what takes long to count. Bounded work; now and then, between groups.
    void watch(Instant now);

    /// Writes a row of its own, durable. Between groups only. Errors: of the storage.
    Result<void> probe(Instant now);

    struct Counts {
        std::uint64_t links = 0;
        std::uint64_t stored = 0;
        std::uint64_t duplicates = 0;
        std::uint64_t refused = 0;
        std::uint64_t groups = 0;
        std::uint64_t escrowed = 0;
        std::map<Errc, std::uint64_t> refused_by;  ///< pushes, by why; what is asked for again too
        std::map<Errc, std::uint64_t> closed_by;   ///< links that were said goodbye to, by why
        std::uint64_t sessions = 0;
        std::uint64_t restricted_sessions = 0;
        std::uint64_t hand_in_sessions = 0;
        std::uint64_t log_rows = 0;
        std::uint64_t unconfirmed_purges = 0;  ///< may lag behind by minutes (hub/purge_count.hpp)
    };

    /// Costs a look at each link.
    Counts counts() const;

private:
    struct Impl;
    explicit Hub(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Puts a federation's first statements into an empty storage (`samsyn-server init`), in one
/// transaction: the founding statement, and whatever else its administrator hands over with it.
/// Errors: `already_exists` where the storage has statements; those of `decode_statement`;
/// `malformed` without a founding statement; `bad_signature`; `not_permitted` where one would have
/// no effect; those of the storage.
Result<FederationId> seed_federation(Storage& storage,
                                     const Hasher& hasher,
                                     const Verifier& verifier,
                                     std::span<const Bytes> statements);

}  // namespace samsyn
