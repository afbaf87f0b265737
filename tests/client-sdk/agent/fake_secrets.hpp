#pragma once

#include <cstddef>
#include <string_view>

namespace samsyn::test {

// What opens the fake vault of agent_host.cpp. Long enough that no memory holds them by chance.
inline constexpr std::string_view fake_pin = "735024916853";
inline constexpr std::string_view fake_phrase = "granris tussilago ekorre kaffeblad sommarlov";
inline constexpr std::byte fake_share_byte{0xa7};

}  // namespace samsyn::test
