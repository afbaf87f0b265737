#include "core/policy/statute_table.hpp"
