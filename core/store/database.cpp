#include "core/store/database.hpp"
