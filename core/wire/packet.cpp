#include "core/wire/packet.hpp"
