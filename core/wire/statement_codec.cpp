#include "core/wire/statement_codec.hpp"
