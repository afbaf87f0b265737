#pragma once

// The one place where tests include Catch2.
#include <catch2/catch.hpp>
