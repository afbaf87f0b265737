#include "crypto/envelope/sodium_sealer.hpp"
