// The files that belong to items, as the session sees them.

#include "client-sdk/device/attachment_book.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Files of at most so many sealed bytes come without being asked for, until those that came from
/// others are so many together.
constexpr std::uint64_t ahead_bytes_max = 1024UL * 1024;
constexpr std::uint64_t ahead_sum_max = 512UL * 1024 * 1024;

bool is_deleted(const StoredItem& item) {
    return item.state.presence() == ItemState::Presence::deleted;
}

}  // namespace

Device::Impl::AttachmentBook& Device::Impl::attachment_book() {
    if (!attachment_book_) attachment_book_ = std::make_shared<AttachmentBook>(*this);
    return *attachment_book_;
}

AttachmentKeeper* Device::attachment_keeper() {
    return &impl_->attachment_book();
}

Result<AttachedFile> Device::Impl::AttachmentBook::file_of(const StoredItem& item) {
    const TypeInfo* const type = find_type(ItemType::attachment);
    const FieldState* const content = item.state.field(find_field(*type, "content")->number);
    if (content == nullptr) return fail(Errc::malformed, "attached file");
    const Value shown = content->shown();
    const auto* const text = std::get_if<std::string>(&shown);
    if (text == nullptr) return fail(Errc::malformed, "attached file");
    return decode_attached_file(*text);
}

Result<Device::Impl::AttachmentBook::Attached> Device::Impl::AttachmentBook::attached(
    const ItemId& id) {
    StoredItem item = SAMSYN_TRY(my_.readable_item(id));
    if (item.type != ItemType::attachment) return fail(Errc::invalid_argument, "attachment");
    AttachedFile file = SAMSYN_TRY(file_of(item));
    return Attached{std::move(item), std::move(file)};
}

Result<StoredAttachment> Device::Impl::AttachmentBook::row_of(const StoredItem& item,
                                                              const AttachedFile& file) {
    if (auto there = SAMSYN_TRY(rows_.find(item.compartment, item.id))) {
        if (there->id == file.id) return *std::move(there);
        // The item has got another file. Ours that the server lacks is not thrown away for it.
        if (SAMSYN_TRY(is_unsent(*there))) return fail(Errc::conflict, "file");
        SAMSYN_TRY(rows_.erase(there->number));
    }
    StoredAttachment fresh;
    fresh.compartment = item.compartment;
    fresh.item = item.id;
    fresh.id = file.id;
    fresh.size = sealed_size(file.size);
    return rows_.put(fresh);
}

Result<bool> Device::Impl::AttachmentBook::copy(const StoredItem& from,
                                                const CompartmentId& to,
                                                const ItemId& copy) {
    const auto there = SAMSYN_TRY(rows_.find(from.compartment, from.id));
    if (!there || !there->is_whole()) return false;
    StoredAttachment fresh = *there;
    fresh.compartment = to;
    fresh.item = copy;
    fresh.way = AttachmentWay::goes;
    fresh.refused = {};
    SAMSYN_TRY(rows_.copy(*there, fresh));
    return true;
}

/// Of items that are gone the files go, too; their rows stay, so that they are not fetched again.
Result<void> Device::Impl::AttachmentBook::begin_session() {
    looked_ = false;
    const auto items = SAMSYN_TRY(rows_.known_items());
    if (items.empty()) return {};
    return my_.transact([&]() -> Result<void> {
        SAMSYN_TRY(rows_.forget_refusals());
        for (const auto& [compartment, id] : items) {
            const auto item = SAMSYN_TRY(my_.store.item(id));
            if (item && item->compartment == compartment && !is_deleted(*item)) continue;
            auto row = SAMSYN_TRY(rows_.find(compartment, id));
            if (!row || (row->have == 0 && row->way == AttachmentWay::stays)) continue;
            SAMSYN_TRY(give_up(*row));
        }
        return {};
    });
}

Result<void> Device::Impl::AttachmentBook::give_up(StoredAttachment& row) {
    SAMSYN_TRY(rows_.chunks().erase(row.number));
    row.have = 0;
    row.way = AttachmentWay::stays;
    return rows_.update(row);
}

// --- To the server -------------------------------------------------------------------------------

/// The life of the server that was last heard of; none before the first.
Result<Incarnation> Device::Impl::AttachmentBook::server() {
    const auto last = SAMSYN_TRY(my_.store.value(key_incarnation));
    if (!last || last->size() != Incarnation::size) return Incarnation{};
    return Incarnation::from(*last);
}

Result<std::uint64_t> Device::Impl::AttachmentBook::unsent() {
    const Incarnation life = SAMSYN_TRY(server());
    return rows_.unsent(life);
}

Result<bool> Device::Impl::AttachmentBook::is_unsent(const StoredAttachment& row) {
    const Incarnation life = SAMSYN_TRY(server());
    return row.way == AttachmentWay::goes && (row.sent_to.is_none() || row.sent_to != life);
}

Result<std::optional<AttachmentOffer>> Device::Impl::AttachmentBook::wanted_upload(
    const Incarnation& server) {
    const auto waiting = SAMSYN_TRY(rows_.to_send(server));
    if (waiting.empty()) return std::optional<AttachmentOffer>{};
    const UnsentVersions unsent = SAMSYN_TRY(my_.unsent_versions());
    for (const StoredAttachment& attachment : waiting) {
        // Behind its item: else nobody could say whose it is.
        const auto first = unsent.lower_bound({attachment.item, Version{}});
        if (!attachment.is_whole() || (first != unsent.end() && first->first == attachment.item))
            continue;
        const auto item = SAMSYN_TRY(my_.store.item(attachment.item));
        if (!item || is_deleted(*item)) continue;
        return std::optional{AttachmentOffer{attachment.place(), attachment.size}};
    }
    return std::optional<AttachmentOffer>{};
}

Result<Bytes> Device::Impl::AttachmentBook::piece(const AttachmentPlace& place,
                                                  std::uint64_t offset,
                                                  std::size_t bytes_max) {
    const auto attachment = SAMSYN_TRY(rows_.find(place, AttachmentWay::goes));
    if (!attachment || !attachment->is_whole()) return Bytes{};
    return rows_.chunks().read(attachment->number, offset, bytes_max);
}

Result<void> Device::Impl::AttachmentBook::on_uploaded(const AttachmentPlace& place,
                                                       Errc why,
                                                       const Incarnation& server) {
    return my_.transact([&]() -> Result<void> {
        return why == Errc{} ? rows_.mark_sent(place, server)
                             : rows_.set_refused(place, AttachmentWay::goes, why);
    });
}

// --- From the server -----------------------------------------------------------------------------

/// Small files come ahead: a photo is there when the tablet is carried to where no network is.
Result<void> Device::Impl::AttachmentBook::look_for_new() {
    if (std::exchange(looked_, true)) return {};
    return my_.transact([&]() -> Result<void> {
        for (const auto& [compartment, id] : SAMSYN_TRY(rows_.unknown_items())) {
            const auto item = SAMSYN_TRY(my_.store.item(id));
            if (!item || item->compartment != compartment || is_deleted(*item)) continue;
            const auto file = file_of(*item);
            if (!file) continue;  // not all of it is here yet, or it is nonsense
            auto row = SAMSYN_TRY(row_of(*item, *file));
            if (row.size > ahead_bytes_max || SAMSYN_TRY(rows_.foreign_bytes()) > ahead_sum_max)
                continue;
            row.way = AttachmentWay::wanted;
            SAMSYN_TRY(rows_.update(row));
        }
        return {};
    });
}

Result<std::optional<AttachmentKeeper::Wanted>> Device::Impl::AttachmentBook::wanted_download(
    const std::optional<AttachmentPlace>& busy) {
    SAMSYN_TRY(look_for_new());
    const auto row = SAMSYN_TRY(rows_.first_wanted(busy));
    if (!row) return std::optional<Wanted>{};
    return std::optional{Wanted{row->place(), row->have, row->size}};
}

/// Bytes that do not open under the file's key, or a whole that is not the named one, are thrown
/// away: from the beginning, in the next session.
Result<bool> Device::Impl::AttachmentBook::on_piece(const AttachmentPiece& piece) {
    return my_.transact([&]() -> Result<bool> {
        auto attachment = SAMSYN_TRY(rows_.find(piece.place, AttachmentWay::wanted));
        if (!attachment) return false;
        const std::uint64_t before = attachment->have;
        const std::uint64_t end = before + piece.bytes.size();
        if (piece.offset != before || end > attachment->size) return false;
        if (is_crumb(piece.bytes.size(), end, attachment->size)) {
            attachment->refused = Errc::malformed;
            SAMSYN_TRY(rows_.update(*attachment));
            return false;
        }
        SAMSYN_TRY(rows_.append(*attachment, piece.bytes, my_.ports.hasher));
        if (SAMSYN_TRY(is_sound(*attachment, before))) {
            if (!attachment->is_whole()) return true;
            attachment->way = AttachmentWay::stays;
            SAMSYN_TRY(rows_.update(*attachment));
            return true;
        }
        SAMSYN_TRY(rows_.chunks().erase(attachment->number));
        attachment->have = 0;
        attachment->refused = Errc::not_authentic;
        SAMSYN_TRY(rows_.update(*attachment));
        SAMSYN_TRY(my_.note_fault(Error{Errc::not_authentic, "attachment"}));
        return false;
    });
}

/// Of the chunks that became whole since `before` bytes were here, and of the file if it did.
Result<bool> Device::Impl::AttachmentBook::is_sound(const StoredAttachment& attachment,
                                                    std::uint64_t before) {
    const auto item = SAMSYN_TRY(my_.store.item(attachment.item));
    if (!item || item->compartment != attachment.compartment) return false;
    const auto file = file_of(*item);
    if (!file || file->id != attachment.id || sealed_size(file->size) != attachment.size)
        return false;
    const bool whole = attachment.is_whole();
    const std::uint64_t ended =
        whole ? sealed_chunk_count(attachment.size) : attachment.have / attachment_chunk_bytes;
    for (std::uint64_t chunk = before / attachment_chunk_bytes; chunk < ended; ++chunk)
        if (const auto opened = open_chunk(attachment, *file, chunk); !opened) {
            if (my_.is_storage_fault(opened.error())) return std::unexpected{opened.error()};
            return false;
        }
    if (!whole) return true;
    const auto id = rows_.chunks().id_of(attachment.number, attachment.size, my_.ports.hasher);
    return id && *id == attachment.id;
}

Result<Bytes> Device::Impl::AttachmentBook::open_chunk(const StoredAttachment& attachment,
                                                       const AttachedFile& file,
                                                       std::uint64_t chunk) {
    const Bytes sealed = SAMSYN_TRY(rows_.chunks().read(
        attachment.number, chunk * attachment_chunk_bytes, attachment_chunk_bytes));
    const bool last = chunk + 1 == chunk_count(file.size);
    return my_.ports.sealer.open_chunk(file.key, chunk, last, sealed);
}

Result<void> Device::Impl::AttachmentBook::on_unavailable(const AttachmentPlace& place, Errc why) {
    return my_.transact([&] { return rows_.set_refused(place, AttachmentWay::wanted, why); });
}

/// What was found to be damaged stays so for this session.
Result<void> Device::Impl::AttachmentBook::on_available(const AttachmentPlace& place) {
    return my_.transact([&] { return rows_.allow(place); });
}

}  // namespace samsyn
