#pragma once

// The one place where tests include Catch2.

/// An assertion need not catch what we do not throw, and compiles a third faster.
#define CATCH_CONFIG_FAST_COMPILE
#include <catch2/catch.hpp>
