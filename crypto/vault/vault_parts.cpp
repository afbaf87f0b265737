#include "crypto/vault/vault_parts.hpp"

#include "crypto/vault/sealing.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// One copy as it lies there: content and what it means, or why it is none.
struct CopyState {
    bool is_there = false;
    Bytes bytes;
    std::optional<VaultImage> image;
    Error error;
};

/// Loose permissions are somebody's doing and a newer format is no damage: both end the reading.
/// Whatever else is wrong with one copy, the other may be right.
Result<CopyState> read_copy(VaultFiles& files, VaultCopy copy, const PasswordHash& hash) {
    CopyState state;
    auto bytes = files.read(copy);
    if (!bytes) {
        if (bytes.error().code == Errc::not_permitted) return std::unexpected{bytes.error()};
        state.is_there = true;
        state.error = bytes.error();
        return state;
    }
    std::optional<Bytes>& content = *bytes;
    if (!content) return state;
    state.is_there = true;
    state.bytes = std::move(*content);
    auto image = decode_image(state.bytes, hash);
    if (!image && image.error().code == Errc::newer_format) return std::unexpected{image.error()};
    if (image)
        state.image = std::move(*image);
    else
        state.error = image.error();
    return state;
}

struct Loaded {
    VaultImage newest;
    Bytes bytes;
    VaultCopy worse = VaultCopy::b;  ///< older, bad or missing; any of two equal ones
    bool copies_differ = false;
};

/// Both copies are no good: which of the errors says it best?
Error both_bad(const CopyState& a, const CopyState& b) {
    if (!a.is_there && !b.is_there) return {Errc::not_found, "no vault here"};
    for (const CopyState* state : {&a, &b})
        if (state->is_there && state->error.code == Errc::system_failed) return state->error;
    const CopyState& there = a.is_there ? a : b;
    return {Errc::malformed, "both copies of the vault are damaged: " + there.error.context};
}

Result<Loaded> load(VaultFiles& files, const PasswordHash& hash) {
    CopyState a = SAMSYN_TRY(read_copy(files, VaultCopy::a, hash));
    CopyState b = SAMSYN_TRY(read_copy(files, VaultCopy::b, hash));
    const bool b_is_newer = b.image && (!a.image || b.image->sequence > a.image->sequence);
    CopyState& best = b_is_newer ? b : a;
    if (!best.image) return std::unexpected{both_bad(a, b)};
    Loaded loaded;
    loaded.copies_differ = a.bytes != b.bytes;
    loaded.worse = b_is_newer ? VaultCopy::a : VaultCopy::b;
    loaded.newest = std::move(*best.image);
    loaded.bytes = std::move(best.bytes);
    return loaded;
}

VaultCopy other(VaultCopy copy) {
    return copy == VaultCopy::a ? VaultCopy::b : VaultCopy::a;
}

}  // namespace

const Opened& VaultParts::inside() const {
    SAMSYN_ASSERT(opened.has_value());
    return *opened;
}

const Secret<32>& VaultParts::key() const {
    SAMSYN_ASSERT(vault_key.has_value());
    return *vault_key;
}

Result<void> VaultParts::take(VaultImage fresh) {
    // Another process may have changed what is inside.
    if (vault_key && fresh.contents != image.contents)
        opened = SAMSYN_TRY(open_contents(fresh.contents, fresh.file_id, *vault_key));
    image = std::move(fresh);
    return {};
}

Result<void> VaultParts::reload() {
    const auto lock = SAMSYN_TRY(ports.files.lock());
    Loaded loaded = SAMSYN_TRY(load(ports.files, ports.hash));
    // A disk that cannot be written to does not keep anybody from reading.
    if (loaded.copies_differ) healed = ports.files.write(loaded.worse, loaded.bytes).has_value();
    return take(std::move(loaded.newest));
}

Result<void> VaultParts::change(const std::function<Result<void>(VaultImage&)>& edit) {
    const auto lock = SAMSYN_TRY(ports.files.lock());
    Loaded loaded = SAMSYN_TRY(load(ports.files, ports.hash));
    SAMSYN_TRY(take(std::move(loaded.newest)));
    VaultImage next = image;
    SAMSYN_TRY(edit(next));
    next.sequence = image.sequence + 1;
    const Bytes bytes = encode_image(next);
    SAMSYN_ASSERT(bytes.size() <= vault_bytes_max);
    SAMSYN_TRY(ports.files.write(loaded.worse, bytes));
    SAMSYN_TRY(ports.files.write(other(loaded.worse), bytes));
    image = std::move(next);
    return {};
}

Result<void> VaultParts::change_opened(
    const std::function<Result<void>(VaultImage&, Opened&)>& edit) {
    if (!vault_key) return fail(Errc::locked, "vault");
    std::optional<Opened> next_opened;
    const auto changed = change([&](VaultImage& next) -> Result<void> {
        next_opened = inside().duplicate();
        SAMSYN_TRY(edit(next, *next_opened));
        next.contents = seal_contents(*next_opened, next.file_id, key());
        return {};
    });
    if (!changed) return changed;
    opened = std::move(next_opened);
    return {};
}

Result<void> VaultParts::adopt(Secret<32> key) {
    auto inside = open_contents(image.contents, image.file_id, key);
    if (!inside) return fail(Errc::malformed, inside.error().context);
    vault_key = std::move(key);
    opened = std::move(*inside);
    // The right secret was here: that the counts cannot be written now (a full disk) keeps nobody
    // out. They go down at the next unlocking.
    [[maybe_unused]] const auto reset = change([](VaultImage& next) -> Result<void> {
        next.pin_tries = 0;
        next.phrase_tries = 0;
        return {};
    });
    return {};
}

void VaultParts::retire_keystore_slot(VaultImage& image) {
    if (!image.keystore) return;
    image.retired_keystore.push_back(image.keystore->keystore);
    if (image.retired_keystore.size() > retired_keystore_max)
        image.retired_keystore.erase(image.retired_keystore.begin());
    image.keystore.reset();
}

void VaultParts::sweep_keystore() {
    if (ports.keystore == nullptr || image.retired_keystore.empty()) return;
    std::vector<KeystoreId> erased;
    for (const KeystoreId& id : image.retired_keystore)
        if (ports.keystore->erase(id)) erased.push_back(id);
    if (erased.empty()) return;
    // Where this fails the entries are erased once more, which does no harm.
    [[maybe_unused]] const auto forgotten = change([&](VaultImage& next) -> Result<void> {
        std::erase_if(next.retired_keystore, [&](const KeystoreId& id) {
            return std::ranges::find(erased, id) != erased.end();
        });
        return {};
    });
}

Result<void> VaultParts::erase_pin_slots() {
    SAMSYN_TRY(change([](VaultImage& next) -> Result<void> {
        next.pin.reset();
        retire_keystore_slot(next);
        return {};
    }));
    sweep_keystore();
    return {};
}

}  // namespace samsyn
