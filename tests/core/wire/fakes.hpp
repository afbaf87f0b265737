#pragma once

#include "tests/support/fake_hasher.hpp"
#include "tests/support/fake_signer.hpp"

namespace samsyn::test {

inline const FakeHasher hasher;
inline const FakeVerifier verifier;

}  // namespace samsyn::test
