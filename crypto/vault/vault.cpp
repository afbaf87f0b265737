#include "crypto/vault/vault.hpp"

#include "crypto/vault/sealing.hpp"
#include "crypto/vault/vault_parts.hpp"

#include <algorithm>

namespace samsyn {

namespace {

Result<void> check_contents(const VaultContents& contents) {
    if (contents.sealing_secrets.empty() ||
        contents.sealing_secrets.size() > vault_sealing_secrets_max)
        return fail(Errc::invalid_argument, "sealing secrets of the vault");
    return {};
}

Secret<32> phrase_key(const Secret<32>& stretched) {
    return derive(Domain::phrase_key, {stretched.expose()});
}

PasswordSalt fresh_salt() {
    return fresh_id<Id<struct SaltTag, sizeof(PasswordSalt)>>().bytes;
}

Result<Secret<32>> stretch_phrase(const PasswordHash& hash,
                                  const Phrase& phrase,
                                  const Slot& slot) {
    std::string text = phrase.text();
    auto stretched = hash.stretch(text, slot.salt, slot.cost);
    wipe(std::as_writable_bytes(std::span{text}));
    return stretched;
}

Result<Slot> make_phrase_slot(const Vault::Ports& ports,
                              const VaultFileId& file_id,
                              const Phrase& phrase,
                              const Secret<32>& vault_key) {
    Slot slot;
    slot.id = fresh_id<SlotId>();
    slot.salt = fresh_salt();
    slot.cost = ports.cost;
    const auto stretched = SAMSYN_TRY(stretch_phrase(ports.hash, phrase, slot));
    seal_slot(slot, file_id, SlotKind::phrase, phrase_key(stretched), vault_key);
    return slot;
}

}  // namespace

Vault::Vault(std::unique_ptr<VaultParts> parts) : parts_(std::move(parts)) {}

Vault::Vault(Vault&& other) noexcept = default;
Vault& Vault::operator=(Vault&& other) noexcept = default;
Vault::~Vault() = default;

Result<bool> Vault::exists(VaultFiles& files) {
    for (const VaultCopy copy : {VaultCopy::a, VaultCopy::b}) {
        const auto bytes = files.read(copy);
        if (!bytes && bytes.error().code == Errc::system_failed)
            return std::unexpected{bytes.error()};
        if (!bytes || *bytes) return true;
    }
    return false;
}

Result<Vault> Vault::create(const Ports& ports,
                            const VaultContents& contents,
                            const Phrase& phrase) {
    SAMSYN_TRY(check_contents(contents));
    auto parts = std::make_unique<VaultParts>(VaultParts{ports, {}, std::nullopt, std::nullopt});
    VaultImage& image = parts->image;
    image.file_id = fresh_id<VaultFileId>();
    image.sequence = 1;
    image.state = VaultState::creating;
    image.token = fresh_id<UnlockToken>();
    auto vault_key = Secret<32>::random();
    image.phrase = SAMSYN_TRY(make_phrase_slot(ports, image.file_id, phrase, vault_key));
    parts->opened = Opened{contents.duplicate(), std::nullopt, std::nullopt};
    image.contents = seal_contents(parts->inside(), image.file_id, vault_key);
    parts->vault_key = std::move(vault_key);

    const auto lock = SAMSYN_TRY(ports.files.lock());
    if (SAMSYN_TRY(exists(ports.files))) return fail(Errc::already_exists, "vault");
    const Bytes bytes = encode_image(image);
    SAMSYN_TRY(ports.files.write(VaultCopy::a, bytes));
    SAMSYN_TRY(ports.files.write(VaultCopy::b, bytes));
    return Vault{std::move(parts)};
}

Result<Vault> Vault::open(const Ports& ports) {
    auto parts = std::make_unique<VaultParts>(VaultParts{ports, {}, std::nullopt, std::nullopt});
    SAMSYN_TRY(parts->reload());
    parts->sweep_keystore();
    return Vault{std::move(parts)};
}

Result<void> Vault::destroy(const Ports& ports) {
    if (auto vault = open(ports); vault && ports.keystore != nullptr) {
        const auto& slot = vault->parts_->image.keystore;
        if (slot) SAMSYN_TRY(ports.keystore->erase(slot->keystore));
    }
    const auto lock = SAMSYN_TRY(ports.files.lock());
    SAMSYN_TRY(ports.files.remove(VaultCopy::a));
    return ports.files.remove(VaultCopy::b);
}

VaultStatus Vault::status() const {
    const VaultImage& image = parts_->image;
    VaultStatus status;
    status.state = image.state;
    status.is_open = is_open();
    status.has_phrase = image.phrase.has_value();
    const bool by_keystore = image.keystore && parts_->ports.keystore != nullptr;
    status.has_pin = by_keystore || image.pin;
    status.pin_needs_server = image.pin && !by_keystore;
    status.pin_pending = image.pin_pending;
    status.pin_erased = image.pin_tries >= pin_tries_max && !status.has_pin;
    status.pin_tries_left =
        status.has_pin ? pin_tries_max - std::min(image.pin_tries, pin_tries_max) : 0;
    status.wrong_phrases = image.phrase_tries;
    if (image.assisted) {
        status.assisted_case_leads = image.assisted->case_leads.size();
        status.assisted_administrators = image.assisted->administrators.size();
    }
    status.healed = parts_->healed;
    return status;
}

const VaultFileId& Vault::file_id() const {
    return parts_->image.file_id;
}

const UnlockToken& Vault::token() const {
    return parts_->image.token;
}

Result<void> Vault::reload() {
    return parts_->reload();
}

std::uint64_t Vault::acknowledged_counter() const {
    return parts_->image.acknowledged_counter;
}

Result<void> Vault::acknowledge_counter(std::uint64_t counter) {
    if (counter <= parts_->image.acknowledged_counter) return {};
    return parts_->change([&](VaultImage& next) -> Result<void> {
        next.acknowledged_counter = std::max(next.acknowledged_counter, counter);
        return {};
    });
}

bool Vault::is_order_done(const StatementId& order) const {
    const auto& done = parts_->image.done_orders;
    return std::ranges::find(done, order) != done.end();
}

Result<void> Vault::mark_order_done(const StatementId& order) {
    if (is_order_done(order)) return {};
    return parts_->change([&](VaultImage& next) -> Result<void> {
        std::erase(next.done_orders, order);
        if (next.done_orders.size() >= vault_done_orders_max)
            next.done_orders.erase(next.done_orders.begin());
        next.done_orders.push_back(order);
        return {};
    });
}

Result<void> Vault::erase_unlocking_slots() {
    SAMSYN_TRY(parts_->change([](VaultImage& next) -> Result<void> {
        next.phrase.reset();
        next.pin.reset();
        next.pin_pending = false;
        VaultParts::retire_keystore_slot(next);
        return {};
    }));
    parts_->sweep_keystore();
    return {};
}

Result<void> Vault::erase_pin_slot() {
    return parts_->erase_pin_slots();
}

Result<void> Vault::unlock_with_phrase(const Phrase& phrase) {
    Slot slot;
    SAMSYN_TRY(parts_->change([&](VaultImage& next) -> Result<void> {
        if (!next.phrase) return fail(Errc::not_found, "no phrase opens this vault");
        if (next.phrase_tries < UINT32_MAX) ++next.phrase_tries;
        slot = *next.phrase;
        return {};
    }));
    const auto stretched = SAMSYN_TRY(stretch_phrase(parts_->ports.hash, phrase, slot));
    auto vault_key =
        open_slot(slot, parts_->image.file_id, SlotKind::phrase, phrase_key(stretched));
    if (!vault_key) return fail(Errc::not_authentic, "phrase");
    return parts_->adopt(std::move(*vault_key));
}

void Vault::lock() {
    parts_->vault_key.reset();
    parts_->opened.reset();
}

bool Vault::is_open() const {
    return parts_->opened.has_value();
}

const VaultContents& Vault::contents() const {
    return parts_->inside().contents;
}

Result<void> Vault::replace_contents(const VaultContents& contents) {
    SAMSYN_TRY(check_contents(contents));
    return parts_->change_opened([&](VaultImage&, Opened& opened) -> Result<void> {
        opened.contents = contents.duplicate();
        return {};
    });
}

Result<void> Vault::mark_ready() {
    if (!is_open()) return fail(Errc::locked, "vault");
    return parts_->change([](VaultImage& next) -> Result<void> {
        next.state = VaultState::ready;
        return {};
    });
}

Result<void> Vault::change_phrase(const Phrase& phrase) {
    if (!is_open()) return fail(Errc::locked, "vault");
    const Slot slot =
        SAMSYN_TRY(make_phrase_slot(parts_->ports, parts_->image.file_id, phrase, parts_->key()));
    return parts_->change([&](VaultImage& next) -> Result<void> {
        next.phrase = slot;
        next.phrase_tries = 0;
        return {};
    });
}

}  // namespace samsyn
