#include "core/store/device_store.hpp"
