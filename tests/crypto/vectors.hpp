#pragma once

#include "core/base/bytes.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace samsyn {

/// Project Wycheproof's file of that name (tests/vectors/wycheproof).
inline nlohmann::json wycheproof(const std::string& name) {
    const std::string path = std::string{SAMSYN_VECTORS} + "/wycheproof/" + name;
    INFO(path);
    std::ifstream in{path};
    REQUIRE(in.is_open());
    return nlohmann::json::parse(in);
}

inline Bytes hex_of(const nlohmann::json& text) {
    const auto bytes = from_hex(text.get<std::string>());
    REQUIRE(bytes.has_value());
    return *bytes;
}

}  // namespace samsyn
