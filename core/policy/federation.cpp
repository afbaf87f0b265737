#include "core/policy/federation.hpp"
