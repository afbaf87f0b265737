#pragma once

#include "core/store/attachment_rows.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/attachments.hpp>

namespace samsyn {

/// A scene in which people attach files to the family's case.
struct AttachmentScene : DeviceScene {
    using DeviceScene::DeviceScene;

    /// Bytes that do not repeat, so that no two chunks are alike.
    static Bytes content(std::size_t size, std::uint64_t seed = 1) {
        Bytes bytes(size);
        std::uint64_t state = seed;
        for (std::byte& byte : bytes) {
            state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
            byte = static_cast<std::byte>(state >> 56U);
        }
        return bytes;
    }

    NewItem file_item(std::string_view title) const {
        NewItem item;
        item.case_id = family.case_id;
        item.about = {family.child};
        item.category = Category::social;
        item.fields = {{"title", Value{std::string{title}}}};
        return item;
    }

    Result<ItemId> try_to_attach(Person& author, ByteView file, std::size_t step = 100'000) {
        clock.advance(1s);
        Attachments attachments{*author.device};
        auto fresh = attachments.begin(file_item("ritning.png"));
        if (!fresh) return std::unexpected{fresh.error()};
        for (; !file.empty(); file = file.subspan(std::min(step, file.size())))
            must(attachments.append(*fresh, file.first(std::min(step, file.size()))));
        return attachments.finish(*fresh);
    }

    ItemId attach(Person& author, ByteView file) { return must(try_to_attach(author, file)); }

    static AttachmentView state(Person& reader, const ItemId& item) {
        return must(Attachments{*reader.device}.state(item));
    }

    static Result<Bytes> try_to_read(Person& reader, const ItemId& item) {
        Attachments attachments{*reader.device};
        Bytes whole;
        for (;;) {
            const auto piece = attachments.read(item, whole.size());
            if (!piece) return std::unexpected{piece.error()};
            if (piece->empty()) return whole;
            whole.insert(whole.end(), piece->begin(), piece->end());
        }
    }

    static bool reads(Person& reader, const ItemId& item, ByteView file) {
        const auto whole = try_to_read(reader, item);
        return whole && equal(*whole, file);
    }

    void fetch(Person& reader, const ItemId& item) {
        must(Attachments{*reader.device}.fetch(item));
    }

    CompartmentId compartment_of(Person& reader, const ItemId& item) {
        return must(reader.device->item(item)).compartment;
    }
};

}  // namespace samsyn
