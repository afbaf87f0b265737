#include "crypto/keys/sodium.hpp"
