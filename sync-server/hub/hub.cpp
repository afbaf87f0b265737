#include "sync-server/hub/hub.hpp"
