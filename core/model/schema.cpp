#include "core/model/schema.hpp"
