#include "client-sdk/cli/root_key.hpp"

#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/hex_id.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "core/base/system_clock.hpp"
#include "core/wire/statement_codec.hpp"
#include "crypto/keys/sodium.hpp"

#include <samsyn/provisioning.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace samsyn {

namespace {

constexpr std::string_view header = "samsyn root key 1\n";
constexpr std::size_t file_bytes_max = 1024;

std::string to_text(const RootKey& root) {
    std::string text;
    text.reserve(file_bytes_max);  // no reallocation leaves a copy of the seed behind
    std::string seed = to_hex(root.key.seed());
    text.append(header).append("seed ").append(seed);
    wipe(std::as_writable_bytes(std::span{seed}));
    text.append("\nfederation ").append(to_hex(root.federation));
    text.append("\ncounter ").append(std::to_string(root.counter));
    text.append("\nhead ").append(to_hex(root.head)).append("\n");
    return text;
}

/// The value of the next line, "name VALUE".
Result<std::string_view> take_line(std::string_view& text, std::string_view name) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(name))
        return fail(Errc::malformed, "root key: " + std::string{name});
    const std::string_view value = text.substr(name.size(), end - name.size());
    text.remove_prefix(end + 1);
    return value;
}

Result<RootKey> from_text(std::string_view text) {
    if (!text.starts_with(header)) return fail(Errc::malformed, "root key: header");
    text.remove_prefix(header.size());
    const auto seed_hex = SAMSYN_TRY(take_line(text, "seed "));
    const auto federation_hex = SAMSYN_TRY(take_line(text, "federation "));
    const auto counter_text = SAMSYN_TRY(take_line(text, "counter "));
    const auto head_hex = SAMSYN_TRY(take_line(text, "head "));
    if (!text.empty()) return fail(Errc::malformed, "root key: end");

    std::uint64_t counter = 0;
    const char* const first = std::to_address(counter_text.begin());
    const char* const last = std::to_address(counter_text.end());
    const auto [end, error] = std::from_chars(first, last, counter);
    if (error != std::errc{} || end != last) return fail(Errc::malformed, "root key: counter");
    const auto federation = id_from_hex<FederationId>(federation_hex);
    const auto head = id_from_hex<StatementId>(head_hex);
    if (!federation || !head) return fail(Errc::malformed, "root key");
    Bytes seed = SAMSYN_TRY(from_hex(seed_hex));
    if (seed.size() != 32) return fail(Errc::malformed, "root key: seed");
    RootKey root{
        SigningKey::from_seed(std::span<const std::byte, 32>{seed}), *federation, counter, *head};
    wipe(seed);
    return root;
}

}  // namespace

Result<void> create_root_key(const std::filesystem::path& path, const RootKey& root) {
    std::string text = to_text(root);
    const auto created = create_private_file(path, text);
    wipe(std::as_writable_bytes(std::span{text}));
    return created;
}

Result<void> save_root_key(const std::filesystem::path& path, const RootKey& root) {
    std::string text = to_text(root);
    const auto written = write_private_file(path, text);
    wipe(std::as_writable_bytes(std::span{text}));
    return written;
}

Result<RootKey> read_root_key(const std::filesystem::path& path) {
    std::string text = SAMSYN_TRY(read_whole_file(path, file_bytes_max, FileSecrecy::secret));
    auto root = from_text(text);
    wipe(std::as_writable_bytes(std::span{text}));
    return root;
}

std::filesystem::path root_key_path(const Session& session, const nlohmann::json& args) {
    return args.value("root_key", (session.data / "root.key").string());
}

Result<std::vector<Bytes>> say_as_root(const Session& session,
                                       const nlohmann::json& args,
                                       std::span<const StatementBody> bodies) {
    const std::filesystem::path path = root_key_path(session, args);
    const FolderConfig config = SAMSYN_TRY(read_config(session.data));
    RootKey root = SAMSYN_TRY(read_root_key(path));
    if (root.federation != config.device.federation)
        return fail(Errc::wrong_federation, "root key");
    const SodiumHasher hasher;
    const std::array previous{root.head};
    auto statements = sign_as_root(
        root.federation, bodies, root.counter, previous, root.key, hasher, SystemClock{}.now());
    root.counter += statements.size();
    root.head = SAMSYN_TRY(decode_statement(statements.back(), hasher)).id;
    SAMSYN_TRY(save_root_key(path, root));
    return statements;
}

}  // namespace samsyn
