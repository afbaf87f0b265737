#include "crypto/identity/signing_key.hpp"
