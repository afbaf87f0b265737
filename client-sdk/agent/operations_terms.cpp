#include "client-sdk/agent/operations_views.hpp"

#include <array>

namespace samsyn {

namespace {

constexpr std::array<std::string_view, 4> capacities{
    "self", "guardian", "representative", "special_representative"};
static_assert(capacities.size() == static_cast<std::size_t>(Capacity::last) + 1);

constexpr std::array<std::string_view, 4> closing_kinds{
    "refusal", "withdrawal", "objection", "block"};
static_assert(closing_kinds.size() == static_cast<std::size_t>(ClosingKind::last) + 1);

constexpr std::array<std::string_view, 4> device_kinds{
    "staff_tablet", "room_screen", "loaner", "administrator_machine"};
static_assert(device_kinds.size() == static_cast<std::size_t>(DeviceKind::last) + 1);

constexpr std::array<std::string_view, 3> outcomes{"deny", "needs", "permit"};
constexpr std::array<std::string_view, 3> purposes{
    "coordination", "identifying_statistics", "aggregate_statistics"};

template <class Enum, std::size_t Size>
std::string_view key_in(const std::array<std::string_view, Size>& keys, Enum value) {
    const auto index = static_cast<std::size_t>(value);
    return index < Size ? keys[index] : "unknown";
}

template <class Enum, std::size_t Size>
std::optional<Enum> find_in(const std::array<std::string_view, Size>& keys, std::string_view key) {
    for (std::size_t i = 0; i < Size; ++i)
        if (keys[i] == key) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace

std::string_view key_of(Capacity capacity) {
    return key_in(capacities, capacity);
}

std::optional<Capacity> find_capacity(std::string_view key) {
    return find_in<Capacity>(capacities, key);
}

std::string_view key_of(ClosingKind kind) {
    return key_in(closing_kinds, kind);
}

std::string_view key_of(DeviceKind kind) {
    return key_in(device_kinds, kind);
}

std::optional<DeviceKind> find_device_kind(std::string_view key) {
    return find_in<DeviceKind>(device_kinds, key);
}

std::string_view key_of(Outcome outcome) {
    return key_in(outcomes, outcome);
}

std::string_view key_of(Purpose purpose) {
    return key_in(purposes, purpose);
}

std::optional<Purpose> find_purpose(std::string_view key) {
    return find_in<Purpose>(purposes, key);
}

}  // namespace samsyn
