#include "crypto/vault/image.hpp"

#include "crypto/keys/sodium.hpp"
#include "crypto/vault/sealing.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view magic = "SAMSYNVT";
constexpr std::uint16_t format_version = 1;
constexpr std::size_t contents_bytes_max = 16 * 1024;

Hash checksum_of(ByteView bytes) {
    return SodiumHasher{}.hash(Domain::vault_checksum, {bytes});
}

void write_cost(Writer& out, const PasswordCost& cost) {
    out.number(cost.memory_kib);
    out.number(cost.passes);
}

Result<PasswordCost> read_cost(Reader& in) {
    PasswordCost cost;
    cost.memory_kib = SAMSYN_TRY(in.number<std::uint32_t>("vault cost"));
    cost.passes = SAMSYN_TRY(in.number<std::uint32_t>("vault cost"));
    return cost;
}

template <std::size_t Size>
Result<void> read_into(Reader& in, std::array<std::byte, Size>& target) {
    const ByteView bytes = SAMSYN_TRY(in.raw(Size, "vault"));
    std::ranges::copy(bytes, target.begin());
    return {};
}

void write_slot(Writer& out, SlotKind kind, const Slot& slot) {
    out.enumerator(kind);
    out.id(slot.id);
    out.raw(slot.salt);
    write_cost(out, slot.cost);
    out.id(slot.keystore);
    out.raw(slot.sealed);
}

Result<Slot> read_slot(Reader& in, const PasswordHash& hash) {
    Slot slot;
    slot.id = SAMSYN_TRY(in.id<SlotId>("vault slot"));
    SAMSYN_TRY(read_into(in, slot.salt));
    slot.cost = SAMSYN_TRY(read_cost(in));
    if (!hash.accepts(slot.cost)) return fail(Errc::malformed, "vault: cost of a slot");
    slot.keystore = SAMSYN_TRY(in.id<KeystoreId>("vault slot"));
    SAMSYN_TRY(read_into(in, slot.sealed));
    return slot;
}

void write_boxes(Writer& out, const std::vector<AssistedBox>& boxes) {
    out.list(boxes, [&](const AssistedBox& box) {
        out.id(box.recipient);
        out.raw(box.box);
    });
}

Result<std::vector<AssistedBox>> read_boxes(Reader& in) {
    const auto count = SAMSYN_TRY(in.count(assisted_recipients_max, "vault boxes"));
    std::vector<AssistedBox> boxes(count);
    for (AssistedBox& box : boxes) {
        box.recipient = SAMSYN_TRY(in.id<SealingPublicKey>("vault boxes"));
        SAMSYN_TRY(read_into(in, box.box));
    }
    return boxes;
}

void write_assisted(Writer& out, const AssistedSlot& slot) {
    out.enumerator(SlotKind::assisted);
    out.id(slot.id);
    out.id(slot.device);
    out.raw(slot.sealed);
    write_boxes(out, slot.case_leads);
    write_boxes(out, slot.administrators);
}

Result<AssistedSlot> read_assisted(Reader& in) {
    AssistedSlot slot;
    slot.id = SAMSYN_TRY(in.id<AssistedSlotId>("vault slot"));
    slot.device = SAMSYN_TRY(in.id<DeviceId>("vault slot"));
    SAMSYN_TRY(read_into(in, slot.sealed));
    slot.case_leads = SAMSYN_TRY(read_boxes(in));
    slot.administrators = SAMSYN_TRY(read_boxes(in));
    return slot;
}

void write_slots(Writer& out, const VaultImage& image) {
    const int count = image.phrase.has_value() + image.pin.has_value() +
                      image.keystore.has_value() + image.assisted.has_value();
    out.number(static_cast<std::uint8_t>(count));
    if (image.phrase) write_slot(out, SlotKind::phrase, *image.phrase);
    if (image.pin) write_slot(out, SlotKind::pin, *image.pin);
    if (image.keystore) write_slot(out, SlotKind::keystore, *image.keystore);
    if (image.assisted) write_assisted(out, *image.assisted);
}

/// In the order of their kinds, none twice.
Result<void> read_slots(Reader& in, const PasswordHash& hash, VaultImage& image) {
    const auto count = SAMSYN_TRY(in.number<std::uint8_t>("vault slots"));
    std::uint8_t before = 0;
    for (std::uint8_t i = 0; i < count; ++i) {
        const auto kind = SAMSYN_TRY(in.enumerator(SlotKind::last, "vault slot"));
        if (static_cast<std::uint8_t>(kind) <= before) return fail(Errc::malformed, "vault slots");
        before = static_cast<std::uint8_t>(kind);
        if (kind == SlotKind::phrase) image.phrase = SAMSYN_TRY(read_slot(in, hash));
        if (kind == SlotKind::pin) image.pin = SAMSYN_TRY(read_slot(in, hash));
        if (kind == SlotKind::keystore) image.keystore = SAMSYN_TRY(read_slot(in, hash));
        if (kind == SlotKind::assisted) image.assisted = SAMSYN_TRY(read_assisted(in));
    }
    return {};
}

template <class IdType>
Result<std::vector<IdType>> read_ids(Reader& in, std::size_t count_max) {
    const auto count = SAMSYN_TRY(in.count(count_max, "vault ids"));
    std::vector<IdType> ids(count);
    for (IdType& id : ids) id = SAMSYN_TRY(in.id<IdType>("vault ids"));
    return ids;
}

Result<VaultImage> read_image(Reader& in, const PasswordHash& hash) {
    VaultImage image;
    image.file_id = SAMSYN_TRY(in.id<VaultFileId>("vault"));
    image.sequence = SAMSYN_TRY(in.number<std::uint64_t>("vault"));
    image.state = SAMSYN_TRY(in.enumerator(VaultState::last, "vault state"));
    image.token = SAMSYN_TRY(in.id<UnlockToken>("vault"));
    image.pin_tries = SAMSYN_TRY(in.number<std::uint32_t>("vault"));
    image.phrase_tries = SAMSYN_TRY(in.number<std::uint32_t>("vault"));
    image.acknowledged_counter = SAMSYN_TRY(in.number<std::uint64_t>("vault"));
    image.pin_pending = SAMSYN_TRY(in.boolean("vault"));
    image.done_orders = SAMSYN_TRY(read_ids<StatementId>(in, vault_done_orders_max));
    image.retired_keystore = SAMSYN_TRY(read_ids<KeystoreId>(in, retired_keystore_max));
    SAMSYN_TRY(read_slots(in, hash, image));
    const ByteView contents = SAMSYN_TRY(in.blob(contents_bytes_max, "vault contents"));
    if (contents.size() < sealed_overhead) return fail(Errc::malformed, "vault contents");
    image.contents = to_bytes(contents);
    SAMSYN_TRY(in.finish("vault"));
    return image;
}

}  // namespace

Bytes encode_image(const VaultImage& image) {
    Writer out;
    out.raw(as_bytes(magic));
    out.number(format_version);
    out.id(image.file_id);
    out.number(image.sequence);
    out.enumerator(image.state);
    out.id(image.token);
    out.number(image.pin_tries);
    out.number(image.phrase_tries);
    out.number(image.acknowledged_counter);
    out.boolean(image.pin_pending);
    out.list(image.done_orders, [&](const StatementId& id) { out.id(id); });
    out.list(image.retired_keystore, [&](const KeystoreId& id) { out.id(id); });
    write_slots(out, image);
    out.blob(image.contents);
    out.id(checksum_of(out.view()));
    return std::move(out).take();
}

Result<VaultImage> decode_image(ByteView bytes, const PasswordHash& hash) {
    constexpr std::size_t frame = magic.size() + sizeof format_version + Hash::size;
    if (bytes.size() < frame || !equal(bytes.first(magic.size()), as_bytes(magic)))
        return fail(Errc::malformed, "vault");
    const ByteView body = bytes.first(bytes.size() - Hash::size);
    if (!equal(bytes.last(Hash::size), checksum_of(body).view()))
        return fail(Errc::malformed, "vault checksum");

    Reader in{body.subspan(magic.size())};
    const auto version = SAMSYN_TRY(in.number<std::uint16_t>("vault"));
    if (version > format_version) return fail(Errc::newer_format, "vault");
    if (version != format_version) return fail(Errc::malformed, "vault version");
    auto image = read_image(in, hash);
    if (!image) return fail(Errc::malformed, image.error().context);
    return image;
}

Bytes slot_data(const VaultFileId& file_id, SlotKind kind, const Slot& slot) {
    Writer out;
    out.id(file_id);
    out.enumerator(kind);
    out.id(slot.id);
    out.raw(slot.salt);
    write_cost(out, slot.cost);
    out.id(slot.keystore);
    return std::move(out).take();
}

void seal_slot(Slot& slot,
               const VaultFileId& file_id,
               SlotKind kind,
               const Secret<32>& slot_key,
               const Secret<32>& vault_key) {
    const Bytes sealed =
        seal(slot_key, Domain::vault_slot, slot_data(file_id, kind, slot), vault_key.expose());
    SAMSYN_ASSERT(sealed.size() == slot.sealed.size());
    std::ranges::copy(sealed, slot.sealed.begin());
}

Result<Secret<32>> open_slot(const Slot& slot,
                             const VaultFileId& file_id,
                             SlotKind kind,
                             const Secret<32>& slot_key) {
    auto vault_key = Secret<32>::random();
    const Bytes data = slot_data(file_id, kind, slot);
    if (!unseal(slot_key, Domain::vault_slot, data, slot.sealed, vault_key.fill()))
        return fail(Errc::not_authentic, "vault slot");
    return vault_key;
}

}  // namespace samsyn
