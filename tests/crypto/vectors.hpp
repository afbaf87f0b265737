#pragma once

#include "core/base/bytes.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace samsyn {

/// Project Wycheproof's file of that name; null, and a warning that one sees, where it is absent.
inline nlohmann::json wycheproof(const std::string& name) {
    const std::string path = std::string{SAMSYN_VECTORS} + "/wycheproof/" + name;
    std::ifstream in{path};
    if (!in) {
        WARN("SKIPPED: no vectors at " << path);
        return nullptr;
    }
    return nlohmann::json::parse(in);
}

inline Bytes hex_of(const nlohmann::json& text) {
    const auto bytes = from_hex(text.get<std::string>());
    REQUIRE(bytes.has_value());
    return *bytes;
}

}  // namespace samsyn
