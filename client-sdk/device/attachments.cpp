// The files that belong to items, as a person sees them.

#include "client-sdk/device/attachment_book.hpp"

#include <samsyn/attachments.hpp>

#include <algorithm>

namespace samsyn {

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
        if (!there) return fail(Errc::not_found, "attachment");  // purged meanwhile
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
        if (!there) return {};  // purged
        return rows.erase(there->number);
    });
}

Result<std::vector<AttachmentView>> Attachments::list(const CaseId& case_id) {
    std::vector<AttachmentView> views;
    for (const ItemView& item : SAMSYN_TRY(device_.items(case_id))) {
        if (item.type != ItemType::attachment) continue;
        auto view = view_of(item);
        // Another's nonsense hides no file; a fault of our own storage is told.
        if (view)
            views.push_back(*std::move(view));
        else if (device_.impl_->is_storage_fault(view.error()))
            return std::unexpected{view.error()};
    }
    return views;
}

Result<AttachmentView> Attachments::state(const ItemId& item) {
    const ItemView view = SAMSYN_TRY(device_.item(item));
    if (view.type != ItemType::attachment) return fail(Errc::invalid_argument, "attachment");
    return view_of(view);
}

Result<AttachmentView> Attachments::view_of(const ItemView& item) {
    Device::Impl& my = *device_.impl_;
    const AttachedFile file = SAMSYN_TRY(decode_attached_file(item.text("content")));
    const auto row = SAMSYN_TRY(my.attachment_book().rows().find(item.compartment, item.id));
    AttachmentView view;
    view.item = item.id;
    view.title = item.text("title");
    view.media_type = item.text("media_type");
    view.size = file.size;
    view.sealed = sealed_size(file.size);
    if (!row || row->id != file.id) return view;
    view.here = row->have;
    view.way = row->way;
    view.sent = !SAMSYN_TRY(my.attachment_book().is_unsent(*row));
    view.refused = row->refused;
    return view;
}

Result<void> Attachments::fetch(const ItemId& item) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        auto& book = my.attachment_book();
        const auto attached = SAMSYN_TRY(book.attached(item));
        auto row = SAMSYN_TRY(book.row_of(attached.item, attached.file));
        row.refused = {};
        if (!row.is_whole()) row.way = AttachmentWay::wanted;
        return book.rows().update(row);
    });
}

Result<void> Attachments::give_up(const ItemId& item) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        auto& book = my.attachment_book();
        const auto attached = SAMSYN_TRY(book.attached(item));
        auto row = SAMSYN_TRY(book.rows().find(attached.item.compartment, item));
        if (!row) return {};
        if (SAMSYN_TRY(book.is_unsent(*row))) return fail(Errc::conflict, not_sent);
        return book.give_up(*row);
    });
}

Result<Bytes> Attachments::read(const ItemId& item, std::uint64_t offset) {
    auto& book = device_.impl_->attachment_book();
    const auto attached = SAMSYN_TRY(book.attached(item));
    const auto row = SAMSYN_TRY(book.rows().find(attached.item.compartment, item));
    if (!row || row->id != attached.file.id || !row->is_whole())
        return fail(Errc::not_found, not_here);
    if (offset >= attached.file.size) return Bytes{};
    Bytes plain = SAMSYN_TRY(book.open_chunk(*row, attached.file, offset / attachment_plain_bytes));
    plain.erase(plain.begin(),
                plain.begin() + static_cast<std::ptrdiff_t>(offset % attachment_plain_bytes));
    return plain;
}

}  // namespace samsyn
