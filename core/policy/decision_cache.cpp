#include "core/policy/decision_cache.hpp"
