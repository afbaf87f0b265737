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
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode>=4.1)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng>=1.6)
# libharu prints the pages of recovery shares. Debian's has no file for pkg-config.
find_path(SAMSYN_HARU_INCLUDE hpdf.h REQUIRED)
find_library(SAMSYN_HARU_LIBRARY hpdf REQUIRED)
add_library(samsyn_haru INTERFACE)
target_include_directories(samsyn_haru SYSTEM INTERFACE ${SAMSYN_HARU_INCLUDE})
target_link_libraries(samsyn_haru INTERFACE ${SAMSYN_HARU_LIBRARY})
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core>=1.0)  # metrics
if(SAMSYN_BUILD_TESTS)
  find_package(Catch2 2.13 REQUIRED)
  find_path(SAMSYN_RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
  find_library(SAMSYN_RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
endif()
