#include "core/sync/client_session.hpp"
