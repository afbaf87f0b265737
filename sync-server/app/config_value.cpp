#include "sync-server/app/config_value.hpp"

#include "sync-server/app/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <vector>

namespace samsyn {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t worth = 1;
};

constexpr std::array<Unit, 5> times{
    {{"d", 24 * 3600 * 1000}, {"h", 3600 * 1000}, {"min", 60 * 1000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 4> sizes{
    {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}};

std::optional<std::int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
    const auto digits_end = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_count(text.substr(0, digits_end));
    const auto unit = std::ranges::find(units, text.substr(digits_end), &Unit::name);
    if (!number || unit == units.end()) return std::nullopt;
    if (*number > std::numeric_limits<std::int64_t>::max() / unit->worth) return std::nullopt;
    return *number * unit->worth;
}

std::string shown_with_unit(std::int64_t value, std::span<const Unit> units) {
    const auto unit = std::ranges::find_if(units, [&](const Unit& each) {
        return value % each.worth == 0 && (value != 0 || each.worth == 1);
    });
    return std::to_string(value / unit->worth).append(unit->name);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto found = parse_with_unit(text, times);
    if (!found) return std::nullopt;
    return std::chrono::milliseconds{*found};
}

std::string shown_duration(std::chrono::milliseconds duration) {
    return duration.count() == 0 ? "0s" : shown_with_unit(duration.count(), times);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto found = parse_with_unit(text, sizes);
    if (!found) return std::nullopt;
    return static_cast<std::uint64_t>(*found);
}

std::string shown_size(std::uint64_t bytes) {
    return shown_with_unit(static_cast<std::int64_t>(bytes), sizes);
}

std::optional<std::int64_t> parse_count(std::string_view text) {
    std::int64_t number = 0;
    const char* last = text.data() + text.size();
    const auto [end, ec] = std::from_chars(text.data(), last, number);
    if (text.empty() || ec != std::errc{} || end != last || number < 0) return std::nullopt;
    return number;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

std::filesystem::path backup_keys(const ServerConfig& config) {
    return config.backup.keys.empty() ? config.data / "backup-keys" : config.backup.keys;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const auto port = parse_count(text.substr(colon + 1));
    if (!port || *port > 65'535) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.contains(':'))
        return std::nullopt;
    if (host.empty()) return std::nullopt;
    return ListenAddress{std::string{host}, static_cast<std::uint16_t>(*port)};
}

std::string shown(const ListenAddress& address) {
    const bool v6 = address.host.contains(':');
    return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace samsyn
