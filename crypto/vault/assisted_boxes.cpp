#include "crypto/vault/assisted_boxes.hpp"

#include "crypto/keys/sodium.hpp"
#include "crypto/vault/sealing.hpp"

#include <algorithm>

namespace samsyn {

namespace {

Bytes assisted_data(const AssistedSlot& slot, const VaultFileId& file_id) {
    Writer out;
    out.id(file_id);
    out.enumerator(SlotKind::assisted);
    out.id(slot.id);
    out.id(slot.device);
    return std::move(out).take();
}

Result<std::vector<AssistedBox>> seal_share(const AssistedSlot& slot,
                                            const VaultFileId& file_id,
                                            HelperKind kind,
                                            const Secret<32>& share,
                                            std::span<const SealingPublicKey> recipients) {
    std::vector<AssistedBox> boxes;
    for (const SealingPublicKey& recipient : recipients) {
        const Hash context = share_context(file_id, slot.device, slot.id, kind, recipient);
        const auto box = SAMSYN_TRY(seal_box(recipient, context, share));
        boxes.push_back({recipient, box});
    }
    return boxes;
}

}  // namespace

Hash share_context(const VaultFileId& file_id,
                   const DeviceId& device,
                   const AssistedSlotId& slot,
                   HelperKind kind,
                   const SealingPublicKey& recipient) {
    Writer out;
    out.id(file_id);
    out.id(device);
    out.id(slot);
    out.enumerator(kind);
    out.id(recipient);
    return SodiumHasher{}.hash(Domain::assisted_box, {out.view()});
}

Secret<32> join_shares(const Secret<32>& a, const Secret<32>& b) {
    auto joined = a.duplicate();
    const auto target = joined.fill();
    for (std::size_t i = 0; i < target.size(); ++i) target[i] ^= b.expose()[i];
    return joined;
}

Result<AssistedSlot> make_assisted_slot(const VaultFileId& file_id,
                                        const DeviceId& device,
                                        const Secret<32>& vault_key,
                                        std::span<const SealingPublicKey> case_leads,
                                        std::span<const SealingPublicKey> administrators) {
    AssistedSlot slot;
    slot.id = fresh_id<AssistedSlotId>();
    slot.device = device;
    const auto joined = Secret<32>::random();
    const auto share_1 = Secret<32>::random();
    const auto share_2 = join_shares(joined, share_1);
    slot.case_leads =
        SAMSYN_TRY(seal_share(slot, file_id, HelperKind::case_lead, share_1, case_leads));
    slot.administrators =
        SAMSYN_TRY(seal_share(slot, file_id, HelperKind::administrator, share_2, administrators));
    const auto key = derive(Domain::assisted_key, {joined.expose()});
    const Bytes sealed =
        seal(key, Domain::vault_slot, assisted_data(slot, file_id), vault_key.expose());
    std::ranges::copy(sealed, slot.sealed.begin());
    return slot;
}

Result<Secret<32>> open_assisted_slot(const AssistedSlot& slot,
                                      const VaultFileId& file_id,
                                      const Secret<32>& joined) {
    const auto key = derive(Domain::assisted_key, {joined.expose()});
    auto vault_key = Secret<32>::random();
    if (!unseal(
            key, Domain::vault_slot, assisted_data(slot, file_id), slot.sealed, vault_key.fill()))
        return fail(Errc::not_authentic, "assisted slot");
    return vault_key;
}

}  // namespace samsyn
