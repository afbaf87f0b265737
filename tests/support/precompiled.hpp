#pragma once

// What most tests include, compiled once for all of them. A test still includes what it uses.

#include "core/policy/case_view.hpp"
#include "core/policy/decide.hpp"
#include "core/wire/messages.hpp"
#include "core/wire/packet.hpp"
#include "tests/support/catch.hpp"

#include <samsyn/device.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
