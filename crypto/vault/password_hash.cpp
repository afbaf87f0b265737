#include "crypto/vault/password_hash.hpp"

#include <sodium.h>

namespace samsyn {

bool Argon2id::accepts(const PasswordCost& cost) const {
    return cost.memory_kib >= password_cost_floor.memory_kib &&
           cost.memory_kib <= password_cost_ceiling.memory_kib &&
           cost.passes >= password_cost_floor.passes && cost.passes <= password_cost_ceiling.passes;
}

Result<Secret<32>> Argon2id::stretch(std::string_view password,
                                     const PasswordSalt& salt,
                                     const PasswordCost& cost) const {
    static_assert(crypto_pwhash_SALTBYTES == std::tuple_size_v<PasswordSalt>);
    if (!accepts(cost)) return fail(Errc::invalid_argument, "cost of the password hash");
    auto stretched = Secret<32>::random();
    const int failed = crypto_pwhash(reinterpret_cast<unsigned char*>(stretched.fill().data()),
                                     stretched.fill().size(),
                                     password.data(),
                                     password.size(),
                                     reinterpret_cast<const unsigned char*>(salt.data()),
                                     cost.passes,
                                     std::size_t{cost.memory_kib} * 1024,
                                     crypto_pwhash_ALG_ARGON2ID13);
    // With sizes in range it fails for one reason only.
    if (failed != 0)
        return fail(Errc::out_of_memory,
                    "checking a PIN or phrase needs " + std::to_string(cost.memory_kib / 1024) +
                        " MiB of free memory: close other programs and try again");
    return stretched;
}

}  // namespace samsyn
