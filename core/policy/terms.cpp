#include "core/policy/terms.hpp"
