#include "core/merge/field_state.hpp"
