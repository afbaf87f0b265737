#include "core/wire/messages.hpp"
