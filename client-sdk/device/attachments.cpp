// The files that belong to items, as a person sees them.

#include "client-sdk/device/attachment_book.hpp"

#include <samsyn/attachments.hpp>

#include <algorithm>

namespace samsyn {

namespace {

AttachmentView view_of_row(const ItemView& item,
                           const AttachedFile& file,
                           const std::optional<StoredAttachment>& row) {
    AttachmentView view;
    view.item = item.id;
    view.title = item.text("title");
    view.media_type = item.text("media_type");
    view.size = file.size;
    view.sealed = sealed_size(file.size);
    if (!row || row->id != file.id) return view;
    view.here = row->have;
    view.way = row->way;
    view.sent = row->sent || row->way != AttachmentWay::goes;
    view.refused = row->refused;
    return view;
}

}  // namespace

Result<NewAttachment> Attachments::begin(NewItem item) {
    Device::Impl& my = *device_.impl_;
    item.type = ItemType::attachment;
    return my.transact([&]() -> Result<NewAttachment> {
        const auto draft = SAMSYN_TRY(my.draft_of(item));
        const auto compartment = SAMSYN_TRY(my.contributable(draft));
        NewAttachment attachment;
        attachment.item_ = std::move(item);
        attachment.key_ = my.ports.sealer.random_key();
        attachment.stored_.compartment = compartment.id;
        attachment.stored_.item = draft.item;
        attachment.stored_ = SAMSYN_TRY(my.attachment_book().rows().put(attachment.stored_));
        return attachment;
    });
}

Result<void> Attachments::append(NewAttachment& attachment, ByteView plain) {
    Device::Impl& my = *device_.impl_;
    if (sealed_size(attachment.size_ + plain.size()) > attachment_bytes_max)
        return fail(Errc::limit_exceeded, "file");
    StoredAttachment stored = attachment.stored_;
    Bytes rest = attachment.rest_;
    rest.insert(rest.end(), plain.begin(), plain.end());
    ByteView left{rest};
    // The last chunk is sealed as such: so one is kept back, whole or not.
    const auto sealed_whole = my.transact([&]() -> Result<void> {
        AttachmentRows& rows = my.attachment_book().rows();
        if (!SAMSYN_TRY(rows.find(stored.compartment, stored.item)))
            return fail(Errc::not_found, "attachment");  // purged meanwhile
        while (left.size() > attachment_plain_bytes) {
            const Bytes sealed = my.ports.sealer.seal_chunk(attachment.key_,
                                                            stored.have / attachment_chunk_bytes,
                                                            false,
                                                            left.first(attachment_plain_bytes));
            stored.size += sealed.size();
            SAMSYN_TRY(rows.append(stored, sealed, my.ports.hasher));
            left = left.subspan(attachment_plain_bytes);
        }
        return {};
    });
    if (!sealed_whole) return sealed_whole;
    attachment.stored_ = stored;
    attachment.rest_ = to_bytes(left);
    attachment.size_ += plain.size();
    return {};
}

Result<ItemId> Attachments::finish(NewAttachment& attachment) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<ItemId> {
        AttachmentRows& rows = my.attachment_book().rows();
        StoredAttachment stored = attachment.stored_;
        const auto there = SAMSYN_TRY(rows.find(stored.compartment, stored.item));
        if (!there || there->number != stored.number) return fail(Errc::not_found, "attachment");
        const Bytes sealed = my.ports.sealer.seal_chunk(
            attachment.key_, stored.have / attachment_chunk_bytes, true, attachment.rest_);
        stored.size += sealed.size();
        SAMSYN_TRY(rows.append(stored, sealed, my.ports.hasher));
        stored.id = SAMSYN_TRY(rows.chunks().id_of(stored.number, stored.size, my.ports.hasher));
        stored.way = AttachmentWay::goes;
        SAMSYN_TRY(rows.update(stored));
        NewItem item = attachment.item_;
        const AttachedFile file{stored.id, ContentKey{attachment.key_.expose()}, attachment.size_};
        item.fields.push_back({.key = "content", .value = encode_attached_file(file)});
        auto draft = SAMSYN_TRY(my.draft_of(item));
        draft.item = stored.item;
        const StoredCompartment compartment = SAMSYN_TRY(my.contributable(draft));
        if (compartment.id != stored.compartment)  // the unit has changed meanwhile
            return fail(Errc::conflict, "attachment");
        SAMSYN_TRY(my.create_item(draft));
        return stored.item;
    });
}

Result<void> Attachments::drop(NewAttachment& attachment) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        AttachmentRows& rows = my.attachment_book().rows();
        const StoredAttachment& stored = attachment.stored_;
        const auto there = SAMSYN_TRY(rows.find(stored.compartment, stored.item));
        if (!there || there->number != stored.number) return {};  // purged
        return rows.erase(*there);
    });
}

Result<std::vector<AttachmentView>> Attachments::list(const CaseId& case_id) {
    std::vector<AttachmentView> views;
    for (const ItemView& item : SAMSYN_TRY(device_.items(case_id))) {
        if (item.type != ItemType::attachment) continue;
        if (auto view = state(item.id)) views.push_back(*std::move(view));
    }
    return views;
}

Result<AttachmentView> Attachments::state(const ItemId& item) {
    Device::Impl& my = *device_.impl_;
    const StoredItem stored = SAMSYN_TRY(my.readable_item(item));
    if (stored.type != ItemType::attachment) return fail(Errc::invalid_argument, "attachment");
    const AttachedFile file = SAMSYN_TRY(Device::Impl::AttachmentBook::file_of(stored));
    const ItemView view = SAMSYN_TRY(device_.item(item));
    const auto row = SAMSYN_TRY(my.attachment_book().rows().find(stored.compartment, item));
    return view_of_row(view, file, row);
}

Result<void> Attachments::fetch(const ItemId& item) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem stored = SAMSYN_TRY(my.readable_item(item));
        if (stored.type != ItemType::attachment) return fail(Errc::invalid_argument, "attachment");
        const AttachedFile file = SAMSYN_TRY(Device::Impl::AttachmentBook::file_of(stored));
        auto row = SAMSYN_TRY(my.attachment_book().row_of(stored, file));
        row.refused = {};
        if (!row.is_whole()) row.way = AttachmentWay::wanted;
        return my.attachment_book().rows().update(row);
    });
}

Result<void> Attachments::give_up(const ItemId& item) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem stored = SAMSYN_TRY(my.readable_item(item));
        AttachmentRows& rows = my.attachment_book().rows();
        auto row = SAMSYN_TRY(rows.find(stored.compartment, item));
        if (!row) return {};
        if (row->way == AttachmentWay::goes && !row->sent)
            return fail(Errc::conflict, "a file that waits to be sent");
        SAMSYN_TRY(rows.chunks().erase(row->number));
        row->have = 0;
        row->way = AttachmentWay::stays;
        return rows.update(*row);
    });
}

Result<Bytes> Attachments::read(const ItemId& item, std::uint64_t offset) {
    Device::Impl& my = *device_.impl_;
    const StoredItem stored = SAMSYN_TRY(my.readable_item(item));
    if (stored.type != ItemType::attachment) return fail(Errc::invalid_argument, "attachment");
    const AttachedFile file = SAMSYN_TRY(Device::Impl::AttachmentBook::file_of(stored));
    AttachmentRows& rows = my.attachment_book().rows();
    const auto row = SAMSYN_TRY(rows.find(stored.compartment, item));
    if (!row || row->id != file.id || !row->is_whole()) return fail(Errc::not_found, not_here);
    if (offset >= file.size) return Bytes{};
    const std::uint64_t chunk = offset / attachment_plain_bytes;
    const Bytes sealed = SAMSYN_TRY(
        rows.chunks().read(row->number, chunk * attachment_chunk_bytes, attachment_chunk_bytes));
    Bytes plain = SAMSYN_TRY(
        my.ports.sealer.open_chunk(file.key, chunk, chunk + 1 == chunk_count(file.size), sealed));
    plain.erase(plain.begin(),
                plain.begin() + static_cast<std::ptrdiff_t>(offset % attachment_plain_bytes));
    return plain;
}

}  // namespace samsyn
