#include "core/base/domain.hpp"
#include "crypto/vault/sealing.hpp"
#include "crypto/vault/vault_parts.hpp"

namespace samsyn {

namespace {

Secret<32> verifier_of(const Secret<32>& stretched) {
    return derive(Domain::pin_verifier, {stretched.expose()});
}

/// A PIN alone is 20 bits: the slot's key needs a second secret that is not on the disk.
Secret<32> slot_key(Domain label, const Secret<32>& stretched, const Secret<32>& outer) {
    return derive(label, {stretched.expose(), outer.expose()});
}

PinChange fresh_change(const PasswordCost& cost, Secret<32> stretched, const PasswordSalt& salt) {
    return {fresh_id<SlotId>(), salt, cost, std::move(stretched)};
}

Slot slot_of(const PinChange& change) {
    Slot slot;
    slot.id = change.slot;
    slot.salt = change.salt;
    slot.cost = change.cost;
    return slot;
}

/// The slot that a PIN opens here, and of which kind it is.
std::pair<const Slot*, SlotKind> pin_slot_of(const VaultImage& image, bool has_keystore) {
    if (image.keystore && has_keystore) return {&*image.keystore, SlotKind::keystore};
    if (image.pin) return {&*image.pin, SlotKind::pin};
    return {nullptr, SlotKind::pin};
}

Result<void> uncount(VaultParts& vault) {
    return vault.change([](VaultImage& next) -> Result<void> {
        if (next.pin_tries > 0) --next.pin_tries;
        return {};
    });
}

}  // namespace

Hash pin_proof(const Secret<32>& verifier,
               const Nonce& server_nonce,
               const Nonce& client_nonce,
               const Hash& exporter) {
    const auto proof =
        derive(Domain::pin_proof,
               {verifier.expose(), server_nonce.view(), client_nonce.view(), exporter.view()});
    return Hash::from(proof.expose());
}

Result<PinTry> Vault::begin_pin_try(std::string_view pin) {
    SAMSYN_TRY(check_pin_form(pin));
    VaultParts& vault = *parts_;
    const bool has_keystore = vault.ports.keystore != nullptr;
    bool used_up = false;
    SAMSYN_TRY(vault.change([&](VaultImage& next) -> Result<void> {
        if (pin_slot_of(next, has_keystore).first == nullptr)
            return fail(Errc::not_found, "no PIN opens this vault");
        // The tenth try was counted and its end is not known (a kill, a power cut): it was wrong.
        used_up = next.pin_tries >= pin_tries_max;
        if (!used_up) ++next.pin_tries;
        return {};
    }));
    if (used_up) {
        SAMSYN_TRY(vault.erase_pin_slots());
        return fail(Errc::not_found, "no PIN opens this vault");
    }
    const auto [slot, kind] = pin_slot_of(vault.image, has_keystore);
    auto stretched = vault.ports.hash.stretch(pin, slot->salt, slot->cost);
    if (!stretched) {
        // Nothing was tried; where this fails too, a try is lost.
        [[maybe_unused]] const auto given_back = uncount(vault);
        return std::unexpected{stretched.error()};
    }
    return PinTry{vault, std::move(*stretched), slot->id, kind == SlotKind::pin};
}

PinTry::PinTry(VaultParts& vault, Secret<32> stretched, const SlotId& slot, bool needs_server)
    : vault_(&vault),
      stretched_(std::move(stretched)),
      slot_(slot),
      needs_server_(needs_server) {}

Secret<32> PinTry::verifier() const {
    return verifier_of(stretched_);
}

Hash PinTry::proof(const Nonce& server_nonce, const Nonce& client_nonce, const Hash& exporter) {
    is_proved_ = true;
    return pin_proof(verifier(), server_nonce, client_nonce, exporter);
}

Result<void> PinTry::open_with(const Secret<32>& server_secret) {
    if (!needs_server_) return fail(Errc::invalid_argument, "this PIN needs the keystore");
    return finish(Domain::pin_key, server_secret);
}

Result<void> PinTry::open_with_keystore() {
    if (needs_server_) return fail(Errc::invalid_argument, "this PIN needs the server");
    if (is_over_ || !vault_->image.keystore) return fail(Errc::conflict, "this try is over");
    const auto outer = SAMSYN_TRY(vault_->ports.keystore->load(vault_->image.keystore->keystore));
    return finish(Domain::keystore_key, outer);
}

Result<void> PinTry::finish(Domain key_label, const Secret<32>& outer_secret) {
    if (is_over_) return fail(Errc::conflict, "this try is over");
    SAMSYN_TRY(vault_->reload());
    const VaultImage& image = vault_->image;
    const std::optional<Slot>& slot = needs_server_ ? image.pin : image.keystore;
    if (!slot || slot->id != slot_) return fail(Errc::conflict, "the PIN has been changed");
    is_over_ = true;
    auto vault_key = open_slot(*slot,
                               image.file_id,
                               needs_server_ ? SlotKind::pin : SlotKind::keystore,
                               slot_key(key_label, stretched_, outer_secret));
    if (vault_key) return vault_->adopt(std::move(*vault_key));
    if (image.pin_tries >= pin_tries_max) SAMSYN_TRY(vault_->erase_pin_slots());
    return fail(Errc::not_authentic, "PIN");
}

Result<void> PinTry::give_back() {
    if (is_over_ || is_proved_) return fail(Errc::conflict, "this try stays counted");
    is_over_ = true;
    return uncount(*vault_);
}

Result<void> Vault::change_pin(std::string_view pin) {
    SAMSYN_TRY(check_new_pin(pin));
    if (!is_open()) return fail(Errc::locked, "vault");
    VaultParts& vault = *parts_;
    PasswordSalt salt = fresh_id<Id<struct SaltTag, sizeof(PasswordSalt)>>().bytes;
    auto stretched = SAMSYN_TRY(vault.ports.hash.stretch(pin, salt, vault.ports.cost));
    PinChange change = fresh_change(vault.ports.cost, std::move(stretched), salt);
    if (vault.ports.keystore == nullptr)
        return vault.change_opened([&](VaultImage& next, Opened& opened) -> Result<void> {
            next.pin_pending = true;
            opened.pending_pin = change.duplicate();
            return {};
        });

    Slot slot = slot_of(change);
    slot.keystore = fresh_id<KeystoreId>();
    const auto outer = SAMSYN_TRY(vault.ports.keystore->create(slot.keystore));
    seal_slot(slot,
              vault.image.file_id,
              SlotKind::keystore,
              slot_key(Domain::keystore_key, change.stretched, outer),
              vault.key());
    SAMSYN_TRY(vault.change_opened([&](VaultImage& next, Opened& opened) -> Result<void> {
        VaultParts::retire_keystore_slot(next);
        next.keystore = slot;
        next.pin.reset();
        next.pin_tries = 0;
        next.pin_pending = false;
        opened.pending_pin.reset();
        opened.unconfirmed_pin.reset();
        return {};
    }));
    vault.sweep_keystore();
    return {};
}

Result<std::optional<PinRegistration>> Vault::pin_registration() const {
    if (!is_open()) return fail(Errc::locked, "vault");
    const auto& pending = parts_->inside().pending_pin;
    if (!pending || !parts_->image.pin_pending) return std::optional<PinRegistration>{};
    return PinRegistration{token(), verifier_of(pending->stretched)};
}

Result<void> Vault::on_server_secret(const Secret<32>& verifier, const Secret<32>& server_secret) {
    VaultParts& vault = *parts_;
    return vault.change_opened([&](VaultImage& next, Opened& opened) -> Result<void> {
        const auto& pending = opened.pending_pin;
        if (!pending || !next.pin_pending || !(verifier_of(pending->stretched) == verifier))
            return fail(Errc::conflict, "another PIN waits for the server, or none");
        Slot slot = slot_of(*pending);
        seal_slot(slot,
                  next.file_id,
                  SlotKind::pin,
                  slot_key(Domain::pin_key, pending->stretched, server_secret),
                  vault.key());
        next.pin = slot;
        next.pin_tries = 0;
        next.pin_pending = false;
        opened.pending_pin.reset();
        opened.unconfirmed_pin = verifier.duplicate();
        return {};
    });
}

Result<std::optional<Secret<32>>> Vault::unconfirmed_pin() const {
    if (!is_open()) return fail(Errc::locked, "vault");
    const auto& unconfirmed = parts_->inside().unconfirmed_pin;
    if (!unconfirmed) return std::optional<Secret<32>>{};
    return std::optional{unconfirmed->duplicate()};
}

Result<void> Vault::on_pin_confirmed(const Secret<32>& verifier) {
    if (!is_open()) return fail(Errc::locked, "vault");
    const auto& unconfirmed = parts_->inside().unconfirmed_pin;
    if (!unconfirmed || !(*unconfirmed == verifier)) return {};
    return parts_->change_opened([&](VaultImage&, Opened& opened) -> Result<void> {
        if (opened.unconfirmed_pin && *opened.unconfirmed_pin == verifier)
            opened.unconfirmed_pin.reset();
        return {};
    });
}

}  // namespace samsyn
