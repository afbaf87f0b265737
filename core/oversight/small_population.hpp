#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace samsyn {

/// A municipality of the table: its number of inhabitants is data with a version, not code.
struct Municipality {
    std::string_view name;
    std::uint32_t population = 0;
    std::string_view group;  ///< what is stored instead, where the place would tell too much
};

/// Municipalities of northern Örebro county with the populations of the cost-sharing agreement.
std::span<const Municipality> municipalities();

/// Null where the table does not have it; in any case of letters.
const Municipality* find_municipality(std::string_view name);

/// Below this a condition that at most five in ten thousand have is, on average, found in fewer
/// than five people (the bound of C-52; Socialstyrelsen calls such a condition rare).
inline constexpr std::uint32_t small_population = 10'000;

/// Why only the group of municipalities is stored (C-28).
struct SmallPopulationWarning {
    std::string_view municipality;
    std::string condition;   ///< the words that say it, as in the text
    std::string_view group;  ///< what is stored
};

/// Warns where the text names a rare condition and the consultation comes from, or the text names,
/// a small municipality. `text` is UTF-8 in NFC. The conditions are a list of our own, not every
/// one that there is.
std::optional<SmallPopulationWarning> small_population_warning(std::string_view text,
                                                               std::string_view municipality);

/// A consultation as it may be stored.
struct StorableConsultation {
    std::string text;
    std::string area;  ///< the municipality, or under a warning its group
    std::optional<SmallPopulationWarning> warning;
};

/// Applies C-28: under a warning, text and area name the group, and no municipality of the table.
StorableConsultation storable_consultation(std::string_view text, std::string_view municipality);

}  // namespace samsyn
