// samsyn-server: accepts, checks, orders and hands out what devices have signed and sealed. It
// links nothing that could open content.

#include "crypto/keys/sodium.hpp"
#include "sync-server/app/command_line.hpp"

#include <cstdio>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace {

/// Memory holds the identity key: it must not reach a disk.
void forbid_core_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace

int main(int argc, char** argv) {
    forbid_core_dumps();
    if (const auto started = samsyn::start_sodium(); !started) {
        std::fprintf(stderr, "samsyn-server: %s.\n", to_string(started.error()).c_str());
        return static_cast<int>(samsyn::ServerExit::failed);
    }
    return static_cast<int>(samsyn::run_command_line(argc, argv));
}
