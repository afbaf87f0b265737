#include "core/policy/case_view.hpp"
