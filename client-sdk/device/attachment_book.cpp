// The files that belong to items, as the session sees them.

#include "client-sdk/device/attachment_book.hpp"

#include <algorithm>

namespace samsyn {

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

Result<StoredAttachment> Device::Impl::AttachmentBook::row_of(const StoredItem& item,
                                                              const AttachedFile& file) {
    if (auto there = SAMSYN_TRY(rows_.find(item.compartment, item.id))) {
        if (there->id == file.id) return *std::move(there);
        // The item has got another file. Ours that no server has is not thrown away for it.
        if (there->way == AttachmentWay::goes && !there->sent) return fail(Errc::conflict, "file");
        SAMSYN_TRY(rows_.erase(*there));
    }
    StoredAttachment fresh;
    fresh.compartment = item.compartment;
    fresh.item = item.id;
    fresh.id = file.id;
    fresh.size = sealed_size(file.size);
    return rows_.put(fresh);
}

Result<void> Device::Impl::AttachmentBook::copy(const StoredItem& from,
                                                const CompartmentId& to,
                                                const ItemId& copy) {
    const auto there = SAMSYN_TRY(rows_.find(from.compartment, from.id));
    // Who has it gives it to the copy: see `look_for_new`.
    if (!there || !there->is_whole()) return {};
    return copy_row(*there, to, copy);
}

Result<void> Device::Impl::AttachmentBook::copy_row(const StoredAttachment& from,
                                                    const CompartmentId& to,
                                                    const ItemId& copy) {
    StoredAttachment fresh = from;
    fresh.compartment = to;
    fresh.item = copy;
    fresh.way = AttachmentWay::goes;
    fresh.refused = {};
    return rows_.copy(from, fresh);
}

/// Files of items that are gone go too.
Result<void> Device::Impl::AttachmentBook::begin_session() {
    looked_ = false;
    const auto all = SAMSYN_TRY(rows_.all());
    if (all.empty()) return {};
    return my_.transact([&]() -> Result<void> {
        SAMSYN_TRY(rows_.forget_refusals());
        for (const StoredAttachment& attachment : all) {
            if (attachment.id.is_none()) continue;  // being attached now
            const auto item = SAMSYN_TRY(my_.store.item(attachment.item));
            const bool gone = !item || item->compartment != attachment.compartment ||
                              item->state.presence() == ItemState::Presence::deleted;
            if (gone) SAMSYN_TRY(rows_.erase(attachment));
        }
        return {};
    });
}

// --- To the server -------------------------------------------------------------------------------

Result<std::uint64_t> Device::Impl::AttachmentBook::unsent() {
    const auto server = SAMSYN_TRY(my_.store.value(key_incarnation));
    const bool fits = server && server->size() == Incarnation::size;
    return rows_.unsent(fits ? Incarnation::from(*server) : Incarnation{});
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
        if (!item || item->state.presence() == ItemState::Presence::deleted) continue;
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

Result<void> Device::Impl::AttachmentBook::on_uploaded(const AttachmentState& state,
                                                       const Incarnation& server) {
    return my_.transact([&]() -> Result<void> {
        if (state.refused == Errc{}) return rows_.mark_sent(state.place, server);
        auto attachment = SAMSYN_TRY(rows_.find(state.place, AttachmentWay::goes));
        if (!attachment) return {};
        attachment->refused = state.refused;
        return rows_.update(*attachment);
    });
}

// --- From the server -----------------------------------------------------------------------------

/// Small files come ahead: a photo is there when the tablet is carried to where no network is.
Result<void> Device::Impl::AttachmentBook::look_for_new() {
    if (std::exchange(looked_, true)) return {};
    return my_.transact([&]() -> Result<void> {
        for (const auto& [compartment, id] : SAMSYN_TRY(rows_.unknown_items())) {
            const auto item = SAMSYN_TRY(my_.store.item(id));
            if (!item || item->compartment != compartment) continue;
            const auto file = file_of(*item);
            if (!file) continue;  // not all of it is here yet, or it is nonsense
            // A copy of what is here, in another circle: the server may lack it there.
            if (const auto same = SAMSYN_TRY(rows_.find_whole(file->id))) {
                SAMSYN_TRY(copy_row(*same, compartment, id));
                continue;
            }
            auto row = SAMSYN_TRY(row_of(*item, *file));
            if (row.size > Attachments::ahead_bytes_max ||
                SAMSYN_TRY(rows_.foreign_bytes()) > Attachments::ahead_sum_max)
                continue;
            row.way = AttachmentWay::wanted;
            SAMSYN_TRY(rows_.update(row));
        }
        return {};
    });
}

Result<std::optional<AttachmentKeeper::Wanted>> Device::Impl::AttachmentBook::wanted_download() {
    SAMSYN_TRY(look_for_new());
    for (const StoredAttachment& attachment : SAMSYN_TRY(rows_.wanted()))
        if (attachment.have < attachment.size)
            return std::optional{Wanted{attachment.place(), attachment.have, attachment.size}};
    return std::optional<Wanted>{};
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
        // Each piece costs its chunk: of small ones a server could make much work.
        if (piece.bytes.size() < attachment_piece_bytes_min && end != attachment->size &&
            end % attachment_chunk_bytes != 0) {
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
        if (!SAMSYN_TRY(opens(attachment, *file, chunk))) return false;
    if (!whole) return true;
    const auto id = rows_.chunks().id_of(attachment.number, attachment.size, my_.ports.hasher);
    return id && *id == attachment.id;
}

Result<bool> Device::Impl::AttachmentBook::opens(const StoredAttachment& attachment,
                                                 const AttachedFile& file,
                                                 std::uint64_t chunk) {
    const Bytes sealed = SAMSYN_TRY(rows_.chunks().read(
        attachment.number, chunk * attachment_chunk_bytes, attachment_chunk_bytes));
    const bool last = chunk + 1 == chunk_count(file.size);
    return my_.ports.sealer.open_chunk(file.key, chunk, last, sealed).has_value();
}

Result<void> Device::Impl::AttachmentBook::on_unavailable(const AttachmentState& state) {
    return my_.transact([&]() -> Result<void> {
        auto attachment = SAMSYN_TRY(rows_.find(state.place, AttachmentWay::wanted));
        if (!attachment) return {};
        attachment->refused = state.refused == Errc{} ? Errc::not_found : state.refused;
        return rows_.update(*attachment);
    });
}

Result<void> Device::Impl::AttachmentBook::on_available(const AttachmentPlace& place) {
    return my_.transact([&]() -> Result<void> {
        auto attachment = SAMSYN_TRY(rows_.find(place, AttachmentWay::wanted));
        if (!attachment) return {};
        attachment->refused = {};
        return rows_.update(*attachment);
    });
}

}  // namespace samsyn
