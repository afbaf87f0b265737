#include "core/sync/restricted_session.hpp"
#include "crypto/keys/sodium.hpp"
#include "crypto/vault/pin_try.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"

using namespace samsyn;

TEST_CASE("PIN: what the vault proves is what the server expects", "[vault][pin]") {
    REQUIRE(start_sodium().has_value());
    SeededRandom random{5};
    const auto server_nonce = random_id<Nonce>(random);
    const auto client_nonce = random_id<Nonce>(random);
    const auto exporter = random_id<Hash>(random);
    PinVerifier verifier;
    random.fill(verifier.bytes);
    const auto kept = Secret<32>::from(verifier.bytes);
    CHECK(pin_proof(kept, server_nonce, client_nonce, exporter) ==
          pin_proof(SodiumHasher{}, verifier, server_nonce, client_nonce, exporter));
}
