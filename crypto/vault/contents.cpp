#include "crypto/vault/contents.hpp"

#include "crypto/vault/sealing.hpp"

namespace samsyn {

VaultDatabase VaultDatabase::make(std::uint64_t number) {
    return {Secret<32>::random(), fresh_id<DatabaseFileId>(), number};
}

VaultDatabase VaultDatabase::duplicate() const {
    return {key.duplicate(), file_id, number};
}

VaultContents VaultContents::duplicate() const {
    VaultContents copy{database.duplicate(), std::nullopt, signing_seed.duplicate(), {}};
    if (next_database) copy.next_database = next_database->duplicate();
    copy.sealing_secrets.reserve(sealing_secrets.size());
    for (const auto& secret : sealing_secrets) copy.sealing_secrets.push_back(secret.duplicate());
    return copy;
}

}  // namespace samsyn
