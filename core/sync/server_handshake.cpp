#include "core/sync/server_handshake.hpp"
