#include "sync-server/app/backup_file.hpp"

#include "core/base/codec.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/app/month_keys.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace samsyn {

// Layout: magic 16 · head (length 4, blob) · for each file of the database: length 8 · bytes.
// Head: nonce 16 · manifest (blob) · server key 32 · signature 64 · sealed secrets (blob).

namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "samsyn-backup-1\n";
constexpr std::size_t head_bytes_max = 256 * 1024;
constexpr std::size_t manifest_bytes_max = 1024;
constexpr std::size_t copy_buffer_size = 256 * 1024;
constexpr std::array file_names{
    "samsyn-server.db", "samsyn-server.db-pages0", "samsyn-server.db-pages1"};
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

/// A file being written that is gone again unless `keep` succeeded.
class PartialFile {
public:
    explicit PartialFile(fs::path target)
        : target_(std::move(target)),
          path_(target_.string() + ".partial") {
        ::unlink(path_.c_str());  // of a process that was killed here
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }

    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    ~PartialFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!kept_) ::unlink(path_.c_str());
    }

    bool write(ByteView bytes) {
        while (!bytes.empty() && descriptor_ >= 0) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return descriptor_ >= 0;
    }

    bool keep() {
        if (descriptor_ < 0 || ::fsync(descriptor_) != 0) return false;
        std::error_code ec;
        fs::rename(path_, target_, ec);
        kept_ = !ec;
        const auto parent = target_.has_parent_path() ? target_.parent_path() : fs::path{"."};
        const int folder = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const bool synced = folder >= 0 && ::fsync(folder) == 0;
        if (folder >= 0) ::close(folder);
        return kept_ && synced;
    }

private:
    fs::path target_;
    fs::path path_;
    int descriptor_ = -1;
    bool kept_ = false;
};

template <class Number>
bool write_length(PartialFile& out, Number length) {
    Writer writer;
    writer.number(length);
    return out.write(writer.view());
}

bool write_whole(PartialFile& out, const fs::path& file) {
    std::error_code ec;
    const std::uint64_t size = fs::file_size(file, ec);
    std::ifstream in{file, std::ios::binary};
    if (ec || !in || !write_length(out, size)) return false;
    std::vector<char> buffer(copy_buffer_size);
    std::uint64_t left = size;
    while (left > 0) {
        const auto wanted =
            static_cast<std::streamsize>(std::min<std::uint64_t>(left, buffer.size()));
        if (!in.read(buffer.data(), wanted)) return false;
        if (!out.write(std::as_bytes(std::span{buffer}).first(static_cast<std::size_t>(wanted))))
            return false;
        left -= static_cast<std::uint64_t>(wanted);
    }
    return true;
}

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

Fallible<void> extract_file(BackupReader& in, const fs::path& file, const fs::path& to) {
    const auto size = in.number<std::uint64_t>();
    if (!size || *size > in.left()) return not_a_backup(file, "it is cut short");
    PartialFile out{to};
    Bytes buffer;
    for (std::uint64_t left = *size; left > 0;) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(left, copy_buffer_size));
        if (!in.take(wanted, buffer)) return not_a_backup(file, "it cannot be read");
        if (!out.write(buffer))
            return give_up(ServerExit::disk, to.string() + " cannot be written.");
        left -= wanted;
    }
    if (!out.keep()) return give_up(ServerExit::disk, to.string() + " cannot be written.");
    return {};
}

}  // namespace

Hash key_check_of(const Secret<database_key_size>& database_key) {
    return SodiumHasher{}.hash(Domain::backup_key, {as_bytes("check"), database_key.expose()});
}

Fallible<void> write_backup(const fs::path& file,
                            const fs::path& folder,
                            const BackupManifest& manifest,
                            const BackupSecrets& secrets,
                            const Secret<32>& month_key) {
    const Bytes head = encode_head(manifest, secrets, month_key);
    SAMSYN_ASSERT(head.size() <= head_bytes_max);
    PartialFile out{file};
    bool written = out.write(as_bytes(magic)) &&
                   write_length(out, static_cast<std::uint32_t>(head.size())) && out.write(head);
    for (const char* const name : file_names) written = written && write_whole(out, folder / name);
    if (!written || !out.keep())
        return give_up(ServerExit::disk,
                       file.string() + " cannot be written. Is the disk full, or not yours?");
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

Fallible<void> extract_backup(const fs::path& file, const fs::path& folder) {
    BackupReader in{file};
    if (!take_head(in)) return not_a_backup(file, "it does not begin as one");
    for (const char* const name : file_names) SAMSYN_TRY(extract_file(in, file, folder / name));
    if (in.left() != 0) return not_a_backup(file, "something follows its end");
    return {};
}

}  // namespace samsyn
