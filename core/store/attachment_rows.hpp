#pragma once

#include "core/store/sealed_chunks.hpp"
#include "core/wire/attachment_messages.hpp"

#include <optional>
#include <vector>

namespace samsyn {

/// What is to become of an attached file on this device.
enum class AttachmentWay : std::uint8_t {
    stays = 0,   ///< nothing: it is here, or nobody wants it here
    goes = 1,    ///< this device attached it: every life of the server is to have it
    wanted = 2,  ///< it is to come from the server
    last = wanted
};

/// An attached file as far as this device has it. Sizes in sealed bytes.
struct StoredAttachment {
    std::int64_t number = 0;
    CompartmentId compartment;
    ItemId item;
    AttachmentId id;  ///< none while it is being attached
    std::uint64_t size = 0;
    std::uint64_t have = 0;
    AttachmentWay way{};
    Errc refused{};         ///< by the server, in this session or the last
    Incarnation sent_to{};  ///< the life of the server that has got it from here, if one has

    bool is_whole() const { return have == size && !id.is_none(); }

    AttachmentPlace place() const { return {compartment, id}; }
};

/// The attached files of a device's database and their bytes. Part of it: same thread, transactions
/// and errors as `DeviceStore`. Memory is bounded by a chunk.
class AttachmentRows {
public:
    explicit AttachmentRows(Database& database) : db_(database), chunks_(database) {}

    SealedChunks& chunks() { return chunks_; }

    Result<std::optional<StoredAttachment>> find(const CompartmentId& compartment,
                                                 const ItemId& item);

    /// Of several items with one file the first that goes this way and is not refused: the
    /// smallest, as `first_wanted`.
    Result<std::optional<StoredAttachment>> find(const AttachmentPlace& place, AttachmentWay way);

    /// Its number is given. Errors: also `conflict` where the item has one.
    Result<StoredAttachment> put(StoredAttachment attachment);

    /// All but number, compartment and item.
    Result<void> update(const StoredAttachment& attachment);

    /// Adds what comes next, within its size; the row too.
    Result<void> append(StoredAttachment& attachment, ByteView bytes, const Hasher& hasher);
    Result<void> erase(std::int64_t number);

    /// Its rows and bytes once more, for an item that is a copy.
    Result<void> copy(const StoredAttachment& from, const StoredAttachment& to);

    /// Those that go and that this life of the server has not got, the smallest first.
    Result<std::vector<StoredAttachment>> to_send(const Incarnation& server);

    /// All items with this file there.
    Result<void> mark_sent(const AttachmentPlace& place, const Incarnation& server);

    /// The smallest that is wanted and not refused, but for one place.
    Result<std::optional<StoredAttachment>> first_wanted(
        const std::optional<AttachmentPlace>& except);

    /// All items with this file there that go this way.
    Result<void> set_refused(const AttachmentPlace& place, AttachmentWay way, Errc why);

    /// What was wanted and not there may be asked for again.
    Result<void> allow(const AttachmentPlace& place);

    /// How many go and were not taken by this life of the server.
    Result<std::uint64_t> unsent(const Incarnation& server);

    /// Sealed bytes of files that came, or that the server is to give.
    Result<std::uint64_t> foreign_bytes();

    /// What was refused may be asked for again.
    Result<void> forget_refusals();

    /// Items of the type whose file this device knows nothing of yet.
    Result<std::vector<std::pair<CompartmentId, ItemId>>> unknown_items();

    /// Which items have a row, those aside that are being attached.
    Result<std::vector<std::pair<CompartmentId, ItemId>>> known_items();

    /// What was being attached when the process ended.
    Result<bool> has_unfinished();
    Result<void> erase_unfinished();
    Result<void> erase_of(const CompartmentId& compartment);

private:
    Result<Query> select(std::string_view which);  ///< the few texts of this file
    static Result<std::optional<StoredAttachment>> read_one(Query query);
    static Result<std::vector<StoredAttachment>> read_all(Query query);
    Result<void> erase_all(Query query);
    static Result<std::vector<std::pair<CompartmentId, ItemId>>> read_items(Query query);

    Database& db_;
    SealedChunks chunks_;
};

}  // namespace samsyn
