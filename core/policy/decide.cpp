#include "core/policy/decide.hpp"
