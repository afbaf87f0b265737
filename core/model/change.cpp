#include "core/model/change.hpp"
