#pragma once

#include "core/base/ports.hpp"
#include "crypto/vault/assisted.hpp"
#include "crypto/vault/contents.hpp"
#include "crypto/vault/password_hash.hpp"
#include "crypto/vault/phrase.hpp"
#include "crypto/vault/pin.hpp"
#include "crypto/vault/pin_try.hpp"
#include "crypto/vault/platform_keystore.hpp"
#include "crypto/vault/vault_files.hpp"

#include <memory>

namespace samsyn {

/// Wrong PINs in a row after which the slots that a PIN opens are erased; never data.
inline constexpr std::uint32_t pin_tries_max = 10;

/// Orders of the server that are remembered as done; above it the oldest are forgotten.
inline constexpr std::size_t vault_done_orders_max = 64;

/// Whether there is a database yet.
enum class VaultState : std::uint8_t {
    creating,  ///< the vault is durable, its first database perhaps not: leftovers may be discarded
    ready,     ///< the database must be there; a missing one is an error, never a new one
    last = ready
};

/// What a screen may say about a vault without opening it.
struct VaultStatus {
    VaultState state{};
    bool is_open = false;
    bool has_phrase = false;
    bool has_pin = false;           ///< a PIN opens it, by the server's secret or the keystore's
    bool pin_needs_server = false;  ///< cold: the PIN opens only with the server's secret
    bool pin_pending = false;       ///< a new PIN is set and takes effect at the next sync
    bool pin_erased = false;        ///< by wrong tries: set a new one after opening by phrase
    std::uint32_t pin_tries_left = 0;
    std::uint32_t wrong_phrases = 0;      ///< in a row, for show
    std::size_t assisted_case_leads = 0;  ///< recipients of the assisted slot; 0: there is none
    std::size_t assisted_administrators = 0;
    bool healed =
        false;  ///< one of the two copies was bad, missing or older and has been rewritten
};

/// A new PIN on its way to the server.
struct PinRegistration {
    UnlockToken token;
    Secret<32> verifier;  ///< V: what the server stores; proves a PIN, opens nothing
};

/// The device's keys, sealed under a random vault key, and the slots that each hold the vault key:
/// phrase, PIN (Argon2id and the server's secret), platform keystore (Argon2id and the keystore's
/// secret), assisted (two helpers). Kept in two copies, `vault.a` and `vault.b` (STORAGE.md).
///
/// *Locked*, it knows only the public part: token, counters, done orders, which slots exist. The
/// keyless supervisor may hold one. *Open*, it also holds vault key and contents, in locked memory.
///
/// Every change starts from what is on the disk now, under the files' lock, and is durable in both
/// copies when the call returns. Where a call that changes something fails with `disk_full`,
/// `storage_failed` or `system_failed`, the change may or may not stand; what was there before it
/// or after it is what the next `open` finds, never a mixture.
///
/// Any call that reads the files may fail with: `malformed` where both copies are damaged or name a
/// cost that is not accepted; `newer_format`; `not_found` where both are gone; `not_permitted` for
/// loose permissions. Nothing is overwritten then. Not thread-safe.
class Vault {
public:
    /// All outlive the vault. `keystore` may be null. `cost` is for new slots.
    struct Ports {
        VaultFiles& files;
        const PasswordHash& hash;
        PlatformKeystore* keystore = nullptr;
        PasswordCost cost = password_cost_stated;
    };

    /// True where there is any copy, a damaged one too. With the database's own existence this
    /// tells "no device here" from "database without its vault" and the reverse.
    static Result<bool> exists(VaultFiles& files);

    /// A new vault in state `creating`, open, with a phrase slot. Blocks for one stretching.
    /// Errors: `already_exists` where there is any copy; those of storage and stretching.
    static Result<Vault> create(const Ports& ports,
                                const VaultContents& contents,
                                const Phrase& phrase);

    /// The vault that is there, locked; heals a bad copy from the good one. Errors: `not_found`
    /// where there is none, `malformed` where both copies are damaged, `newer_format`,
    /// `not_permitted`, `system_failed`.
    static Result<Vault> open(const Ports& ports);

    /// Removes both copies and the keystore's secret: for a wiped device whose work is safe or
    /// given up by a signed order. Data that was sealed stays sealed for ever.
    static Result<void> destroy(const Ports& ports);

    Vault(Vault&& other) noexcept;
    Vault& operator=(Vault&& other) noexcept;
    ~Vault();

    // Locked or open.

    VaultStatus status() const;

    const VaultFileId& file_id() const;

    const UnlockToken& token() const;

    /// What other processes have changed since.
    Result<void> reload();

    /// The device's greatest counter that the server has acknowledged: a database that knows less
    /// is an older one put back.
    std::uint64_t acknowledged_counter() const;

    /// Never goes back: a smaller value changes nothing.
    Result<void> acknowledge_counter(std::uint64_t counter);

    bool is_order_done(const StatementId& order) const;
    Result<void> mark_order_done(const StatementId& order);

    /// For wipe and revocation: phrase, PIN, pending PIN and keystore slots and the keystore's
    /// secret are gone; only the assisted slot still opens.
    Result<void> erase_unlocking_slots();

    /// PIN and keystore slots are gone; phrase and assisted stay.
    Result<void> erase_pin_slot();

    // Opening. A wrong secret is `not_authentic` and never costs data. Each wrong try is durable
    // *before* its answer can be known; success sets all counts to zero.

    /// Blocks for one stretching. Errors: `not_authentic`; `not_found` where there is no phrase
    /// slot; those of storage (then nothing was tried) and stretching.
    Result<void> unlock_with_phrase(const Phrase& phrase);

    /// Counts a try, durably, and stretches the PIN once (blocks, 0.6 s). The try then goes on with
    /// the keystore's secret or the server's; see `PinTry`. The vault outlives the try. Errors:
    /// `invalid_argument` for what cannot be a PIN (not counted); `not_found` where no PIN opens
    /// this vault, also after ten wrong ones; those of storage and stretching.
    Result<PinTry> begin_pin_try(std::string_view pin);

    /// Errors: `not_found` where there is no assisted slot.
    Result<AssistedSession> begin_assisted() const;

    /// With one answer of each kind. The person then sets a new phrase and PIN. Errors: those of
    /// `AssistedSession::join`; `not_authentic` where the shares do not fit this vault;
    /// `conflict` where the slot was sealed anew since.
    Result<void> unlock_assisted(const AssistedSession& session,
                                 std::string_view answer_1,
                                 std::string_view answer_2);

    /// Forgets vault key and contents.
    void lock();

    bool is_open() const;

    // Open only; `locked` otherwise.

    /// Asserts `is_open`. Valid until the next change or `lock`.
    const VaultContents& contents() const;

    /// Errors: `invalid_argument` without or with too many sealing secrets.
    Result<void> replace_contents(const VaultContents& contents);

    /// The first database is durable: from now on a missing one is an error.
    Result<void> mark_ready();

    /// The new phrase opens from now on, the old one no more. Blocks for one stretching. Where it
    /// fails half-way either may open: the person keeps both until it succeeds.
    Result<void> change_phrase(const Phrase& phrase);

    /// With a keystore: a new keystore slot at once, the old PIN opens no more. Without: the
    /// stretched PIN is kept sealed in the contents as `pin_registration` until the server's secret
    /// comes; the old PIN opens until then. Blocks for one stretching. Errors: `invalid_argument`
    /// (see `check_new_pin`); the keystore's.
    Result<void> change_pin(std::string_view pin);

    /// What to register with the server at the next session; none where no new PIN waits. Repeated
    /// after a lost answer it is the same.
    Result<std::optional<PinRegistration>> pin_registration() const;

    /// The server's answer to the registration of `verifier`: makes the new PIN slot durable in
    /// place of the old one. Afterwards `unconfirmed_pin` names it. Errors: `conflict` where
    /// another PIN, or none, waits by now (register again).
    Result<void> on_server_secret(const Secret<32>& verifier, const Secret<32>& server_secret);

    /// V of the PIN slot that is durable here and of which the server does not know that yet: it
    /// keeps old and new until told. None where nothing is to be told.
    Result<std::optional<Secret<32>>> unconfirmed_pin() const;

    /// The server has taken the confirmation of `verifier`. Another one changes nothing.
    Result<void> on_pin_confirmed(const Secret<32>& verifier);

    /// Makes a new assisted slot for these devices of case leads and of administrators in place of
    /// the old one, whose shares do not open it. `device`: this one, named in every box. At the
    /// first session, and after each change of these devices or their sealing keys. Errors:
    /// `invalid_argument` for no recipient of a kind, more than `assisted_recipients_max`, or one
    /// who is named in both; `weak_key`.
    Result<void> seal_assisted(const DeviceId& device,
                               std::span<const SealingPublicKey> case_leads,
                               std::span<const SealingPublicKey> administrators);

    /// The recipients that the assisted slot names, to find out whether it is to be sealed anew.
    std::vector<SealingPublicKey> assisted_recipients(HelperKind kind) const;

private:
    explicit Vault(std::unique_ptr<VaultParts> parts);

    std::unique_ptr<VaultParts> parts_;
};

}  // namespace samsyn
