# Everything that we did not write. Debian 12 packages; nothing is downloaded.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd>=1.5)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc>=2.6)
if(SAMSYN_BUILD_SERVER)
  find_path(SAMSYN_TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)  # headers alone
endif()
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core>=1.0)  # metrics
if(SAMSYN_BUILD_TESTS)
  find_package(Catch2 2.13 REQUIRED)
  find_path(SAMSYN_RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
  find_library(SAMSYN_RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
endif()
