#include "sync-server/hub/verify.hpp"

#include "core/policy/signing_keys.hpp"
#include "core/wire/escrow.hpp"
#include "core/wire/log_rows.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/registry.hpp"
#include "sync-server/hub/restored.hpp"

namespace samsyn {

namespace {

constexpr std::uint64_t told_every = 256;

/// One look at all of a storage.
class StorageCheck {
public:
    StorageCheck(Storage& storage,
                 const FederationId& federation,
                 const Hasher& hasher,
                 const Verifier& verifier,
                 const VerifyProgress& progress)
        : storage_(storage),
          id_(federation),
          hasher_(hasher),
          verifier_(verifier),
          progress_(progress) {}

    Result<StorageFacts> run();

private:
    Result<void> check_entry(const LogEntry& entry);
    Result<void> check_statement(const LogEntry& entry);
    Result<void> check_packet(const LogEntry& entry);
    Result<void> check_supplement(const LogEntry& entry);
    Result<void> check_batch(const LogEntry& entry);
    Result<void> check_escrow(const LogEntry& entry);
    Result<void> check_rows();
    Result<void> check_row(const Bytes& bytes);
    Result<void> check_nodes(const std::vector<TreeNode>& made);

    Result<void> tell() {
        ++done_;
        if (done_ % told_every != 0 && done_ != total_) return {};
        return progress_ ? progress_(done_, total_) : Result<void>{};
    }

    Result<void> collect_keys();

    /// Whoever was certified once signed what was taken then, whatever became of the certificate.
    Result<const SigningPublicKey*> key_of(const DeviceId& author) const {
        const auto key = keys_.find(author);
        if (key == keys_.end()) return fail(Errc::malformed, "an entry by nobody known");
        return &key->second;
    }

    static Result<void> same_hash(const Hash& made, const LogEntry& entry) {
        if (made != entry.hash) return fail(Errc::malformed, "an entry is not what its hash says");
        return {};
    }

    Storage& storage_;
    FederationId id_;
    const Hasher& hasher_;
    const Verifier& verifier_;
    const VerifyProgress& progress_;
    SigningKeys keys_;
    StorageFacts facts_;
    TreeEdge edge_;
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
};

Result<void> StorageCheck::collect_keys() {
    return storage_.for_each(EntryKind::statement, [this](const LogEntry& entry) -> Result<void> {
        const Statement statement = SAMSYN_TRY(decode_statement(entry.bytes, hasher_));
        collect_signing_keys(statement.body, hasher_, keys_);
        return {};
    });
}

Result<void> StorageCheck::check_statement(const LogEntry& entry) {
    const Statement statement = SAMSYN_TRY(decode_statement(entry.bytes, hasher_));
    SAMSYN_TRY(same_hash(Hash::from(statement.id.view()), entry));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of(statement.header.author));
    const SigningPublicKey* second = nullptr;
    if (statement.second) second = SAMSYN_TRY(key_of(statement.second->device));
    if (!verify_statement(statement, *key, verifier_, second))
        return fail(Errc::bad_signature, "stored statement");
    return {};
}

Result<void> StorageCheck::check_packet(const LogEntry& entry) {
    const KeyPacket packet = SAMSYN_TRY(decode_packet(entry.bytes, hasher_));
    SAMSYN_TRY(same_hash(Hash::from(packet.id.view()), entry));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of(packet.author));
    if (!verify_packet(packet, *key, verifier_)) return fail(Errc::bad_signature, "stored packet");
    return {};
}

Result<void> StorageCheck::check_supplement(const LogEntry& entry) {
    const Supplement supplement = SAMSYN_TRY(decode_supplement(entry.bytes, hasher_));
    SAMSYN_TRY(same_hash(supplement.id, entry));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of(supplement.author));
    if (!verify_supplement(supplement, *key, verifier_))
        return fail(Errc::bad_signature, "stored supplement");
    return {};
}

Result<void> StorageCheck::check_batch(const LogEntry& entry) {
    const Batch batch = SAMSYN_TRY(decode_batch(entry.bytes, hasher_));
    SAMSYN_TRY(same_hash(Hash::from(batch.id.view()), entry));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of(batch.header.author));
    if (!verify_batch(batch, *key, verifier_)) return fail(Errc::bad_signature, "stored batch");
    return {};
}

/// What a revoked device said too late is held as it came, signed by whoever has its key.
Result<void> StorageCheck::check_escrow(const LogEntry& entry) {
    const EscrowEntry decoded = SAMSYN_TRY(decode_escrow(entry.bytes, hasher_));
    if (const auto* const held = std::get_if<HeldEntry>(&decoded))
        return same_hash(held->id, entry);
    const auto& blob = std::get<EscrowBlob>(decoded);
    SAMSYN_TRY(same_hash(blob.id, entry));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of(blob.author));
    if (!verify_escrow(blob, *key, verifier_)) return fail(Errc::bad_signature, "stored escrow");
    return {};
}

Result<void> StorageCheck::check_entry(const LogEntry& entry) {
    ++facts_.entries.at(static_cast<std::size_t>(entry.kind));
    SAMSYN_TRY(tell());
    switch (entry.kind) {
        case EntryKind::statement:
            return check_statement(entry);
        case EntryKind::packet:
            return check_packet(entry);
        case EntryKind::supplement:
            return check_supplement(entry);
        case EntryKind::batch:
            return check_batch(entry);
        case EntryKind::escrow:
            return check_escrow(entry);
        case EntryKind::reads:
            break;
    }
    return fail(Errc::malformed, "stored entry kind");
}

/// What was taken is here: an entry that somebody removed is missed.
Result<void> StorageCheck::check_row(const Bytes& bytes) {
    const LogRow row = SAMSYN_TRY(decode_log_row(bytes));
    const auto* const accepted = std::get_if<RowAccepted>(&row.act);
    if (accepted == nullptr) return {};
    const auto entry = SAMSYN_TRY(storage_.find(accepted->hash));
    if (!entry || entry->kind != accepted->kind || entry->channel != accepted->channel ||
        entry->number != accepted->number)
        return fail(Errc::malformed, "an entry that the log says was taken is missing");
    return {};
}

Result<void> StorageCheck::check_nodes(const std::vector<TreeNode>& made) {
    for (const TreeNode& node : made) {
        if (node.level == 0) continue;
        if (SAMSYN_TRY(storage_.log().node(node.level, node.index)) != node.hash)
            return fail(Errc::malformed, "access log: a digest is not that of its rows");
    }
    return {};
}

Result<void> StorageCheck::check_rows() {
    for (std::uint64_t number = 0; number < facts_.tree.size; ++number) {
        const Bytes bytes = SAMSYN_TRY(storage_.log().row(number));
        std::vector<TreeNode> made;
        edge_.append(leaf_hash(bytes, hasher_), hasher_, made);
        SAMSYN_TRY(check_nodes(made));
        SAMSYN_TRY(check_row(bytes));
        SAMSYN_TRY(tell());
    }
    if (edge_.root(hasher_) != facts_.tree.root)
        return fail(Errc::malformed, "access log: the rows do not give its root");
    if (storage_.log().row(facts_.tree.size))
        return fail(Errc::malformed, "access log: more rows than it says");
    return {};
}

Result<StorageFacts> StorageCheck::run() {
    SAMSYN_TRY(Registry::load(storage_, id_, hasher_));  // what the hub starts from can be read
    SAMSYN_TRY(collect_keys());
    const auto tree = SAMSYN_TRY(storage_.log().tree());
    facts_.tree = tree.value_or(TreeHead{0, empty_root(hasher_)});
    const auto life = SAMSYN_TRY(storage_.value(incarnation_key));
    if (life && life->size() != Incarnation::size) return fail(Errc::malformed, "incarnation");
    if (life) facts_.incarnation = Incarnation::from(*life);

    constexpr std::array kinds{EntryKind::statement,
                               EntryKind::packet,
                               EntryKind::supplement,
                               EntryKind::batch,
                               EntryKind::escrow};
    total_ = facts_.tree.size;
    for (const EntryKind kind : kinds) total_ += SAMSYN_TRY(storage_.count(kind));
    for (const EntryKind kind : kinds)
        SAMSYN_TRY(
            storage_.for_each(kind, [this](const LogEntry& entry) { return check_entry(entry); }));
    SAMSYN_TRY(check_rows());
    return facts_;
}

}  // namespace

Result<StorageFacts> verify_storage(Storage& storage,
                                    const FederationId& federation,
                                    const Hasher& hasher,
                                    const Verifier& verifier,
                                    const VerifyProgress& progress) {
    return StorageCheck{storage, federation, hasher, verifier, progress}.run();
}

}  // namespace samsyn
