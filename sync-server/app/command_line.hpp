#pragma once

#include "sync-server/app/failure.hpp"

namespace samsyn {

/// Reads the command line and does what it asks for; says on standard error what went wrong.
ServerExit run_command_line(int argc, char** argv);

}  // namespace samsyn
