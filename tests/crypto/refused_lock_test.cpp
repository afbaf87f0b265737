#include "crypto/keys/sodium.hpp"
#include "tests/crypto/real_locks.hpp"
#include "tests/support/catch.hpp"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace samsyn;

namespace {

/// Root may lock whatever the limit says: without capabilities the limit counts.
bool drop_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2]{};
    return ::syscall(SYS_capset, &header, none) == 0;
}

}  // namespace

TEST_CASE("start_sodium: where locking is refused it says what to set, and works once it is set",
          "[crypto][keys]") {
    if (!locks_are_real) {
        WARN("SKIPPED: this sanitizer replaces mlock");
        return;
    }
    REQUIRE(drop_capabilities());
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_MEMLOCK, &limit) == 0);
    const rlimit little{4096, limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_MEMLOCK, &little) == 0);
    const auto refused = start_sodium();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::system_failed);
    CHECK(refused.error().context.find("ulimit -l") != std::string::npos);
    CHECK(refused.error().context.find("LimitMEMLOCK") != std::string::npos);

    REQUIRE(::setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
    CHECK(start_sodium().has_value());
}
