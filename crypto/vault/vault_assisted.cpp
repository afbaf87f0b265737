#include "crypto/vault/assisted_boxes.hpp"
#include "crypto/vault/vault_parts.hpp"

#include <algorithm>

namespace samsyn {

namespace {

bool has_twice(std::span<const SealingPublicKey> a, std::span<const SealingPublicKey> b) {
    std::vector<SealingPublicKey> all{a.begin(), a.end()};
    all.insert(all.end(), b.begin(), b.end());
    std::ranges::sort(all);
    return std::ranges::adjacent_find(all) != all.end();
}

bool is_count_sound(std::size_t count) {
    return count >= 1 && count <= assisted_recipients_max;
}

}  // namespace

Result<void> Vault::seal_assisted(const DeviceId& device,
                                  std::span<const SealingPublicKey> case_leads,
                                  std::span<const SealingPublicKey> administrators) {
    if (!is_open()) return fail(Errc::locked, "vault");
    if (!is_count_sound(case_leads.size()) || !is_count_sound(administrators.size()))
        return fail(Errc::invalid_argument, "recipients of the assisted slot: one to eight a kind");
    // Who holds both shares needs no second person.
    if (has_twice(case_leads, administrators))
        return fail(Errc::invalid_argument, "a recipient of the assisted slot is named twice");
    const AssistedSlot slot = SAMSYN_TRY(make_assisted_slot(
        parts_->image.file_id, device, parts_->key(), case_leads, administrators));
    return parts_->change([&](VaultImage& next) -> Result<void> {
        next.assisted = slot;
        return {};
    });
}

std::vector<SealingPublicKey> Vault::assisted_recipients(HelperKind kind) const {
    std::vector<SealingPublicKey> recipients;
    const auto& slot = parts_->image.assisted;
    if (!slot) return recipients;
    for (const AssistedBox& box : slot->boxes(kind)) recipients.push_back(box.recipient);
    return recipients;
}

Result<AssistedSession> Vault::begin_assisted() const {
    const auto& slot = parts_->image.assisted;
    if (!slot) return fail(Errc::not_found, "nobody has been asked to help with this vault");
    AssistedRequest common;
    common.file_id = parts_->image.file_id;
    common.device = slot->device;
    common.slot = slot->id;
    return AssistedSession::begin(common, slot->case_leads, slot->administrators);
}

Result<void> Vault::unlock_assisted(const AssistedSession& session,
                                    std::string_view answer_1,
                                    std::string_view answer_2) {
    const auto joined = SAMSYN_TRY(session.join(answer_1, answer_2));
    SAMSYN_TRY(parts_->reload());
    const auto& slot = parts_->image.assisted;
    const AssistedRequest& request = session.request(HelperKind::case_lead);
    if (!slot || slot->id != request.slot || request.file_id != parts_->image.file_id)
        return fail(Errc::conflict, "the assisted slot has been sealed anew: ask again");
    auto vault_key = SAMSYN_TRY(open_assisted_slot(*slot, parts_->image.file_id, joined));
    return parts_->adopt(std::move(vault_key));
}

}  // namespace samsyn
