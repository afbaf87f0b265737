#include "crypto/keys/secret.hpp"
