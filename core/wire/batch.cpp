#include "core/wire/batch.hpp"
