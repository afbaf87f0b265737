#include "crypto/vault/pin.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Every digit is `step` more than the one before it, 0 after 9.
bool climbs(std::string_view pin, int step) {
    return std::ranges::adjacent_find(
               pin, [step](char a, char b) { return (b - a - step) % 10 != 0; }) == pin.end();
}

/// One group of at most half the length, again and again; its last copy may be cut off.
bool repeats(std::string_view pin) {
    for (std::size_t period = 1; period <= pin.size() / 2; ++period)
        if (pin.substr(period) == pin.substr(0, pin.size() - period)) return true;
    return false;
}

bool is_mirrored(std::string_view pin) {
    return std::equal(pin.begin(), pin.end(), pin.rbegin());
}

/// 112233, 111222 and the like: groups of one digit, each `step` more than the one before it.
bool climbs_in_groups(std::string_view pin, int step) {
    for (std::size_t group = 2; group <= pin.size() / 2; ++group) {
        bool fits = pin.size() % group == 0;
        for (std::size_t at = group; fits && at < pin.size(); ++at) {
            const char before = pin[at - group];
            fits = (pin[at] - before - step) % 10 == 0 && pin[at] == pin[at - at % group];
        }
        if (fits &&
            std::ranges::count(pin.substr(0, group), pin[0]) == std::ssize(pin.substr(0, group)))
            return true;
    }
    return false;
}

/// Rows and columns of a keypad.
constexpr std::string_view walks[] = {"147258",
                                      "147258369",
                                      "258369",
                                      "159753",
                                      "159357",
                                      "789456",
                                      "789456123",
                                      "456123",
                                      "147896",
                                      "741852",
                                      "741852963",
                                      "963852",
                                      "963852741",
                                      "123654"};

}  // namespace

Result<void> check_pin_form(std::string_view pin) {
    const bool digits = std::ranges::all_of(pin, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || pin.size() < pin_digits_min || pin.size() > pin_digits_max)
        return fail(Errc::invalid_argument, "a PIN has 6 to 12 digits");
    return {};
}

Result<void> check_new_pin(std::string_view pin) {
    SAMSYN_TRY(check_pin_form(pin));
    if (climbs(pin, 1) || climbs(pin, -1) || repeats(pin) || is_mirrored(pin) ||
        climbs_in_groups(pin, 1) || climbs_in_groups(pin, -1) ||
        std::ranges::find(walks, pin) != std::end(walks))
        return fail(Errc::invalid_argument, "this PIN is among the first that anybody tries");
    return {};
}

}  // namespace samsyn
