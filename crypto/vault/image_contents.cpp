#include "crypto/vault/image.hpp"
#include "crypto/vault/sealing.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t plain_bytes_max = 4096;

Result<Secret<32>> read_secret(Reader& in) {
    const ByteView bytes = SAMSYN_TRY(in.raw(32, "vault contents"));
    return Secret<32>::from(bytes.first<32>());
}

void write_database(Writer& out, const VaultDatabase& database) {
    out.raw(database.key.expose());
    out.id(database.file_id);
    out.number(database.number);
}

Result<VaultDatabase> read_database(Reader& in) {
    auto key = SAMSYN_TRY(read_secret(in));
    const auto file_id = SAMSYN_TRY(in.id<DatabaseFileId>("vault contents"));
    const auto number = SAMSYN_TRY(in.number<std::uint64_t>("vault contents"));
    return VaultDatabase{std::move(key), file_id, number};
}

void write_pin_change(Writer& out, const PinChange& change) {
    out.id(change.slot);
    out.raw(change.salt);
    out.number(change.cost.memory_kib);
    out.number(change.cost.passes);
    out.raw(change.stretched.expose());
}

Result<PinChange> read_pin_change(Reader& in) {
    const auto slot = SAMSYN_TRY(in.id<SlotId>("vault contents"));
    const ByteView salt_bytes = SAMSYN_TRY(in.raw(sizeof(PasswordSalt), "vault contents"));
    PasswordSalt salt;
    std::ranges::copy(salt_bytes, salt.begin());
    PasswordCost cost;
    cost.memory_kib = SAMSYN_TRY(in.number<std::uint32_t>("vault contents"));
    cost.passes = SAMSYN_TRY(in.number<std::uint32_t>("vault contents"));
    auto stretched = SAMSYN_TRY(read_secret(in));
    return PinChange{slot, salt, cost, std::move(stretched)};
}

Result<Opened> read_opened(Reader& in) {
    auto database = SAMSYN_TRY(read_database(in));
    std::optional<VaultDatabase> next;
    if (SAMSYN_TRY(in.boolean("vault contents"))) next = SAMSYN_TRY(read_database(in));
    auto seed = SAMSYN_TRY(read_secret(in));
    const auto count = SAMSYN_TRY(in.count(vault_sealing_secrets_max, "vault contents"));
    std::vector<Secret<32>> secrets;
    secrets.reserve(count);
    for (std::size_t i = 0; i < count; ++i) secrets.push_back(SAMSYN_TRY(read_secret(in)));
    std::optional<PinChange> pending;
    if (SAMSYN_TRY(in.boolean("vault contents"))) pending = SAMSYN_TRY(read_pin_change(in));
    std::optional<Secret<32>> unconfirmed;
    if (SAMSYN_TRY(in.boolean("vault contents"))) unconfirmed = SAMSYN_TRY(read_secret(in));
    SAMSYN_TRY(in.finish("vault contents"));
    return Opened{
        VaultContents{std::move(database), std::move(next), std::move(seed), std::move(secrets)},
        std::move(pending),
        std::move(unconfirmed)};
}

}  // namespace

Opened Opened::duplicate() const {
    Opened copy{contents.duplicate(), std::nullopt, std::nullopt};
    if (pending_pin) copy.pending_pin = pending_pin->duplicate();
    if (unconfirmed_pin) copy.unconfirmed_pin = unconfirmed_pin->duplicate();
    return copy;
}

Bytes seal_contents(const Opened& opened, const VaultFileId& file_id, const Secret<32>& vault_key) {
    const VaultContents& contents = opened.contents;
    Writer out;
    out.reserve(plain_bytes_max);
    write_database(out, contents.database);
    out.boolean(contents.next_database.has_value());
    if (contents.next_database) write_database(out, *contents.next_database);
    out.raw(contents.signing_seed.expose());
    out.list(contents.sealing_secrets, [&](const Secret<32>& secret) { out.raw(secret.expose()); });
    out.boolean(opened.pending_pin.has_value());
    if (opened.pending_pin) write_pin_change(out, *opened.pending_pin);
    out.boolean(opened.unconfirmed_pin.has_value());
    if (opened.unconfirmed_pin) out.raw(opened.unconfirmed_pin->expose());
    SAMSYN_ASSERT(out.size() <= plain_bytes_max);
    const WipedBytes plain{std::move(out)};
    return seal(vault_key, Domain::vault_contents, file_id.view(), plain.view());
}

Result<Opened> open_contents(ByteView sealed,
                             const VaultFileId& file_id,
                             const Secret<32>& vault_key) {
    WipedBytes plain{sealed.size() - sealed_overhead};
    if (!unseal(vault_key, Domain::vault_contents, file_id.view(), sealed, plain.fill()))
        return fail(Errc::not_authentic, "vault contents");
    Reader in{plain.view()};
    auto opened = read_opened(in);
    if (!opened) return fail(Errc::malformed, opened.error().context);
    return opened;
}

}  // namespace samsyn
