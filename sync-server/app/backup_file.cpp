#include "sync-server/app/backup_file.hpp"

#include "core/base/codec.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/app/month_keys.hpp"
#include "sync-server/app/unfinished.hpp"

#include <algorithm>
#include <fstream>

namespace samsyn {

// Layout: magic 16 · head (length 4, blob) · for each file of the database: length 8 · bytes.
// Head: nonce 16 · manifest (blob) · server key 32 · signature 64 · sealed secrets (blob).

namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "samsyn-backup-1\n";
constexpr std::size_t head_bytes_max = 256 * 1024;
constexpr std::size_t manifest_bytes_max = 1024;
constexpr std::size_t copy_buffer_size = 256 * 1024;
constexpr PagePlace secrets_place{PageClass::page, 0, 0};

std::unexpected<Failure> not_a_backup(const fs::path& file, std::string_view why) {
    return give_up(ServerExit::bad_backup,
                   file.string() + " is no whole backup (" + std::string{why} +
                       "). Take another copy of it, or an older backup.");
}

Bytes encode_manifest(const BackupManifest& manifest) {
    Writer out;
    out.id(manifest.federation);
    out.id(manifest.facts.incarnation);
    out.number(manifest.facts.tree.size);
    out.id(manifest.facts.tree.root);
    for (const std::uint64_t count : manifest.facts.entries) out.number(count);
    out.instant(manifest.time);
    out.text(manifest.month);
    out.id(manifest.key_check);
    if (manifest.contents) out.id(*manifest.contents);
    return std::move(out).take();
}

Result<BackupManifest> decode_manifest(ByteView bytes) {
    Reader in{bytes};
    BackupManifest manifest;
    manifest.federation = SAMSYN_TRY(in.id<FederationId>("manifest"));
    manifest.facts.incarnation = SAMSYN_TRY(in.id<Incarnation>("manifest"));
    manifest.facts.tree.size = SAMSYN_TRY(in.number<std::uint64_t>("manifest"));
    manifest.facts.tree.root = SAMSYN_TRY(in.id<Hash>("manifest"));
    for (std::uint64_t& count : manifest.facts.entries)
        count = SAMSYN_TRY(in.number<std::uint64_t>("manifest"));
    manifest.time = SAMSYN_TRY(in.instant("manifest"));
    manifest.month = SAMSYN_TRY(in.text(16, "manifest"));
    manifest.key_check = SAMSYN_TRY(in.id<Hash>("manifest"));
    if (!in.at_end()) manifest.contents = SAMSYN_TRY(in.id<Hash>("manifest"));
    SAMSYN_TRY(in.finish("manifest"));
    if (!is_month(manifest.month)) return fail(Errc::malformed, "month");
    return manifest;
}

/// The month's key seals nothing itself: each backup has a key of its own from it.
SodiumPageCipher secrets_cipher(const Secret<32>& month_key, const DatabaseFileId& nonce) {
    const Hash derived =
        SodiumHasher{}.hash(Domain::backup_key, {month_key.expose(), nonce.view()});
    return SodiumPageCipher{Secret<32>::from(derived.bytes), nonce};
}

Bytes encode_secrets(const BackupSecrets& secrets) {
    Writer out;
    out.reserve(head_bytes_max);
    out.raw(secrets.database_key.expose());
    out.raw(secrets.folder.identity.seed());
    out.id(secrets.folder.federation);
    out.text(secrets.folder.tls.certificate);
    out.text(secrets.folder.tls.key);
    return std::move(out).take();
}

Result<BackupSecrets> decode_secrets(ByteView bytes) {
    Reader in{bytes};
    const ByteView key = SAMSYN_TRY(in.raw(database_key_size, "secrets"));
    const ByteView seed = SAMSYN_TRY(in.raw(SigningKey::seed_size, "secrets"));
    const auto federation = SAMSYN_TRY(in.id<FederationId>("secrets"));
    TlsIdentity tls;
    tls.certificate = SAMSYN_TRY(in.text(64 * 1024, "secrets"));
    tls.key = SAMSYN_TRY(in.text(64 * 1024, "secrets"));
    SAMSYN_TRY(in.finish("secrets"));
    auto identity = SigningKey::from_seed(std::span<const std::byte, SigningKey::seed_size>{seed});
    return BackupSecrets{
        Secret<database_key_size>::from(std::span<const std::byte, database_key_size>{key}),
        DataFolder{federation, std::move(identity), std::move(tls)}};
}

Bytes encode_head(const BackupManifest& manifest,
                  const BackupSecrets& secrets,
                  const Secret<32>& month_key) {
    SodiumRandom random;
    const auto nonce = random_id<DatabaseFileId>(random);
    const Bytes said = encode_manifest(manifest);
    auto identity = SigningKey::from_seed(secrets.folder.identity.seed());
    Bytes plain = encode_secrets(secrets);
    Bytes sealed(plain.size() + PageCipher::overhead);
    secrets_cipher(month_key, nonce).seal(secrets_place, plain, sealed);
    wipe(plain);
    Writer out;
    out.id(nonce);
    out.blob(said);
    out.id(identity.public_key());
    out.id(identity.sign(Domain::backup_manifest, said));
    out.blob(sealed);
    return std::move(out).take();
}

/// The hash of what follows the head, piece by piece: each with the hash of those before it. Pieces
/// are a file's length, then `copy_buffer_size` of its bytes at a time.
class ContentsHash {
public:
    void add(ByteView piece) {
        hash_ = SodiumHasher{}.hash(Domain::backup_manifest, {hash_.view(), piece});
    }

    const Hash& hash() const { return hash_; }

private:
    Hash hash_{};
};

template <class Number>
Bytes as_bytes_of(Number number) {
    Writer writer;
    writer.number(number);
    return std::move(writer).take();
}

std::unexpected<Failure> cannot_write_to(const fs::path& file) {
    return give_up(ServerExit::disk,
                   file.string() + " cannot be written. Is the disk full, or not yours?");
}

/// A backup as it is written, behind its head.
class BackupWriter {
public:
    BackupWriter(UnfinishedFile& out, const JobProgress& progress)
        : out_(out),
          progress_(progress) {}

    Fallible<void> add_file(const fs::path& file, const fs::path& to) {
        std::error_code ec;
        const std::uint64_t size = fs::file_size(file, ec);
        std::ifstream in{file, std::ios::binary};
        if (ec || !in || !add(as_bytes_of(size))) return cannot_write_to(to);
        Bytes piece;
        for (std::uint64_t left = size; left > 0; left -= piece.size()) {
            piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, copy_buffer_size)));
            if (!in.read(reinterpret_cast<char*>(piece.data()),
                         static_cast<std::streamsize>(piece.size())) ||
                !add(piece))
                return cannot_write_to(to);
            if (progress_ && !progress_("write", size - left, size)) return stopped_halfway();
        }
        return {};
    }

    const Hash& hash() const { return hash_.hash(); }

private:
    bool add(ByteView piece) {
        hash_.add(piece);
        return out_.write(piece);
    }

    UnfinishedFile& out_;
    const JobProgress& progress_;
    ContentsHash hash_;
};

/// A backup as it is read, from its start.
class BackupReader {
public:
    explicit BackupReader(const fs::path& file) : in_(file, std::ios::binary) {
        std::error_code ec;
        left_ = fs::file_size(file, ec);
        if (ec) left_ = 0;
    }

    template <class Number>
    std::optional<Number> number() {
        Bytes bytes;
        if (!take(sizeof(Number), bytes)) return std::nullopt;
        Reader in{bytes};
        return *in.number<Number>("length");
    }

    bool take(std::size_t size, Bytes& bytes) {
        if (size > left_) return false;
        bytes.resize(size);
        in_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
        left_ -= size;
        return in_.good();
    }

    std::uint64_t left() const { return left_; }

private:
    std::ifstream in_;
    std::uint64_t left_ = 0;
};

/// The head's bytes; nothing where the file does not begin as a backup does.
std::optional<Bytes> take_head(BackupReader& in) {
    Bytes begins;
    if (!in.take(magic.size(), begins) || as_text(begins) != magic) return std::nullopt;
    const auto size = in.number<std::uint32_t>();
    Bytes head;
    if (!size || *size > head_bytes_max || !in.take(*size, head)) return std::nullopt;
    return head;
}

struct RawHead {
    DatabaseFileId nonce;
    Bytes said;
    SigningPublicKey server_key;
    Signature signature;
    Bytes sealed;
};

Result<RawHead> parse_head(ByteView bytes) {
    Reader in{bytes};
    RawHead head;
    head.nonce = SAMSYN_TRY(in.id<DatabaseFileId>("head"));
    head.said = to_bytes(SAMSYN_TRY(in.blob(manifest_bytes_max, "manifest")));
    head.server_key = SAMSYN_TRY(in.id<SigningPublicKey>("head"));
    head.signature = SAMSYN_TRY(in.id<Signature>("head"));
    head.sealed = to_bytes(SAMSYN_TRY(in.blob(head_bytes_max, "secrets")));
    SAMSYN_TRY(in.finish("head"));
    return head;
}

/// Writes the next file of a backup to `to`.
Fallible<void> extract_file(BackupReader& in,
                            const fs::path& file,
                            const fs::path& to,
                            ContentsHash& hash,
                            const JobProgress& progress) {
    const auto size = in.number<std::uint64_t>();
    if (!size || *size > in.left()) return not_a_backup(file, "it is cut short");
    hash.add(as_bytes_of(*size));
    UnfinishedFile out{to};
    Bytes piece;
    for (std::uint64_t left = *size; left > 0; left -= piece.size()) {
        const auto wanted = std::min<std::uint64_t>(left, copy_buffer_size);
        if (!in.take(static_cast<std::size_t>(wanted), piece))
            return not_a_backup(file, "it cannot be read");
        hash.add(piece);
        if (!out.write(piece)) return cannot_write_to(to);
        if (progress && !progress("read", *size - left, *size)) return stopped_halfway();
    }
    if (!out.keep()) return cannot_write_to(to);
    return {};
}

}  // namespace

Hash key_check_of(const Secret<database_key_size>& database_key) {
    return SodiumHasher{}.hash(Domain::backup_key, {as_bytes("check"), database_key.expose()});
}

std::unexpected<Failure> stopped_halfway() {
    return give_up(ServerExit::failed, "Stopped halfway, as it was told: nothing was made.");
}

Fallible<void> write_backup(const fs::path& file,
                            const fs::path& folder,
                            BackupManifest manifest,
                            const BackupSecrets& secrets,
                            const Secret<32>& month_key,
                            const JobProgress& progress) {
    // The head stands first and knows the hash of what follows: there is room for it.
    manifest.contents = Hash{};
    const std::size_t head_size = encode_head(manifest, secrets, month_key).size();
    SAMSYN_ASSERT(head_size <= head_bytes_max);
    UnfinishedFile out{file};
    if (!out.write(as_bytes(magic)) ||
        !out.write(as_bytes_of(static_cast<std::uint32_t>(head_size))) ||
        !out.write(Bytes(head_size)))
        return cannot_write_to(file);
    BackupWriter writer{out, progress};
    for (const std::string_view name : storage_file_names)
        SAMSYN_TRY(writer.add_file(folder / name, file));
    manifest.contents = writer.hash();
    const Bytes head = encode_head(manifest, secrets, month_key);
    SAMSYN_ASSERT(head.size() == head_size);
    if (!out.rewrite(magic.size() + sizeof(std::uint32_t), head) || !out.keep())
        return cannot_write_to(file);
    return {};
}

Fallible<BackupHead> read_backup_head(const fs::path& file, const fs::path& keys) {
    BackupReader in{file};
    const auto bytes = take_head(in);
    if (!bytes) return not_a_backup(file, "it does not begin as one");
    const auto head = parse_head(*bytes);
    if (!head) return not_a_backup(file, "its head is damaged");
    if (!SodiumVerifier{}.verify(
            head->server_key, Domain::backup_manifest, head->said, head->signature))
        return not_a_backup(file, "the signature of its manifest does not verify");
    auto manifest = decode_manifest(head->said);
    if (!manifest) return not_a_backup(file, "its manifest is damaged");

    const Secret<32> month_key = SAMSYN_TRY(read_month_key(keys, manifest->month));
    if (head->sealed.size() < PageCipher::overhead)
        return not_a_backup(file, "its head is damaged");
    Bytes plain(head->sealed.size() - PageCipher::overhead);
    if (!secrets_cipher(month_key, head->nonce).open(secrets_place, head->sealed, plain))
        return give_up(ServerExit::no_backup_key,
                       "The key of " + manifest->month + " in " + keys.string() +
                           " does not open " + file.string() +
                           ": it is another server's, or the backup is damaged.");
    auto secrets = decode_secrets(plain);
    wipe(plain);
    if (!secrets) return not_a_backup(file, "its head is damaged");
    // A manifest in the clear could have been put beside secrets that it says nothing of.
    if (head->server_key != secrets->folder.identity.public_key() ||
        manifest->federation != secrets->folder.federation ||
        manifest->key_check != key_check_of(secrets->database_key))
        return not_a_backup(file, "its manifest is that of another backup");
    return BackupHead{*std::move(manifest), *std::move(secrets)};
}

Fallible<void> extract_backup(const fs::path& file,
                              const BackupManifest& manifest,
                              const fs::path& folder,
                              const JobProgress& progress) {
    BackupReader in{file};
    if (!take_head(in)) return not_a_backup(file, "it does not begin as one");
    ContentsHash hash;
    for (const std::string_view name : storage_file_names)
        SAMSYN_TRY(extract_file(in, file, folder / name, hash, progress));
    if (in.left() != 0) return not_a_backup(file, "something follows its end");
    if (manifest.contents && *manifest.contents != hash.hash())
        return not_a_backup(file, "its bytes are not those that were signed");
    return {};
}

}  // namespace samsyn
