#include "core/oversight/small_population.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace samsyn {

namespace {

constexpr std::string_view northern_group = "norra Örebro län";

constexpr std::array table{
    Municipality{"Lindesberg", 23'481, northern_group},
    Municipality{"Nora", 10'705, northern_group},
    Municipality{"Hällefors", 6'663, northern_group},
    Municipality{"Ljusnarsberg", 4'513, northern_group},
};

struct OtherName {
    std::string_view name;
    std::string_view municipality;
};

// Towns that say which municipality.
constexpr std::array towns{
    OtherName{"kopparberg", "Ljusnarsberg"},
    OtherName{"ställdalen", "Ljusnarsberg"},
    OtherName{"bångbro", "Ljusnarsberg"},
    OtherName{"grythyttan", "Hällefors"},
    OtherName{"sikfors", "Hällefors"},
    OtherName{"gyttorp", "Nora"},
    OtherName{"frövi", "Lindesberg"},
    OtherName{"fellingsbro", "Lindesberg"},
    OtherName{"storå", "Lindesberg"},
    OtherName{"vedevåg", "Lindesberg"},
};

// Conditions that at most five in ten thousand have, as they are written in Swedish and English.
constexpr auto conditions = std::to_array<std::string_view>({
    "22q11",
    "aicardi",
    "alkaptonuri",
    "alport",
    "angelman",
    "bardet-biedl",
    "batten",
    "charge-syndrom",
    "charge syndrome",
    "cohens syndrom",
    "cornelia de lange",
    "cri du chat",
    "cystic fibrosis",
    "cystisk fibros",
    "digeorge",
    "dravet",
    "duchenne",
    "dövblind",
    "deafblind",
    "ehlers-danlos",
    "fragil x",
    "fragile x",
    "friedreich",
    "galaktosemi",
    "gaucher",
    "hemofili",
    "haemophilia",
    "hunters syndrom",
    "huntington",
    "hurlers syndrom",
    "kabuki",
    "kleine-levin",
    "klippel-feil",
    "landau-kleffner",
    "lennox-gastaut",
    "lesch-nyhan",
    "leukodystrof",
    "marfan",
    "mitokondriell",
    "mitochondrial",
    "moebius",
    "möbius",
    "mukopolysackarid",
    "narkolepsi",
    "narcolepsy",
    "neurofibromatos",
    "niemann-pick",
    "noonan",
    "osteogenesis imperfecta",
    "phelan-mcdermid",
    "pku",
    "prader-willi",
    "prader willi",
    "progeri",
    "retts syndrom",
    "rett syndrome",
    "rubinstein-taybi",
    "sanfilippo",
    "silver-russell",
    "smith-magenis",
    "sotos",
    "spinal muskelatrofi",
    "spinal muscular atrophy",
    "sticklers syndrom",
    "treacher collins",
    "tuberous sclerosis",
    "tuberös skleros",
    "usher",
    "vacterl",
    "williams syndrom",
    "williams-beuren",
    "wolf-hirschhorn",
    "xeroderma",
});

bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// In lower case for ASCII and the two-byte letters of Latin-1; no byte moves.
std::string lower(std::string_view text) {
    std::string result{text};
    bool latin = false;
    for (char& c : result) {
        const auto byte = static_cast<unsigned char>(c);
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        if (latin && byte >= 0x80 && byte <= 0x9E && byte != 0x97)
            c = static_cast<char>(byte + 0x20);
        latin = byte == 0xC3;
    }
    return result;
}

/// The next place where a word begins with `part`.
std::size_t find_word(std::string_view text, std::string_view part, std::size_t from) {
    for (std::size_t at = text.find(part, from); at != std::string_view::npos;
         at = text.find(part, at + 1))
        if (at == 0 || !is_word_byte(text[at - 1])) return at;
    return std::string_view::npos;
}

std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is_word_byte(text[at])) ++at;
    return at;
}

struct NamedPlace {
    std::string name;
    const Municipality* municipality = nullptr;
};

/// Everything that says a municipality of the table, in lower case.
std::vector<NamedPlace> named_places() {
    std::vector<NamedPlace> places;
    for (const Municipality& row : table) places.push_back({lower(row.name), &row});
    for (const OtherName& town : towns)
        places.push_back({std::string{town.name}, find_municipality(town.municipality)});
    return places;
}

/// Whether the word at `at` is the name or its genitive, and no longer word ("norrut").
bool is_whole(std::string_view text, std::size_t at, std::string_view name) {
    const std::size_t end = at + name.size();
    const std::size_t written = word_end(text, end);
    return written == end || (written == end + 1 && text[end] == 's');
}

std::string rare_condition(std::string_view text) {
    const std::string small = lower(text);
    for (const std::string_view condition : conditions) {
        const std::size_t at = find_word(small, condition, 0);
        if (at == std::string::npos) continue;
        const std::size_t end = word_end(small, at + condition.size());
        return std::string{text.substr(at, end - at)};
    }
    return {};
}

/// The small municipality that the text names; null if there is none.
const Municipality* small_place_in(std::string_view text) {
    const std::string small = lower(text);
    for (const NamedPlace& place : named_places()) {
        if (place.municipality->population >= small_population) continue;
        std::size_t at = find_word(small, place.name, 0);
        for (; at != std::string::npos; at = find_word(small, place.name, at + 1))
            if (is_whole(small, at, place.name)) return place.municipality;
    }
    return nullptr;
}

std::string with_group(std::string text, std::string_view group) {
    for (const NamedPlace& place : named_places()) {
        std::string small = lower(text);
        std::string result;
        std::size_t done = 0;
        for (std::size_t at = find_word(small, place.name, 0); at != std::string::npos;
             at = find_word(small, place.name, at + 1)) {
            if (!is_whole(small, at, place.name)) continue;
            result.append(text, done, at - done).append(group);
            done = at + place.name.size();
        }
        result.append(text, done);
        text = std::move(result);
    }
    return text;
}

}  // namespace

std::span<const Municipality> municipalities() {
    return table;
}

const Municipality* find_municipality(std::string_view name) {
    const std::string wanted = lower(name);
    const auto found = std::ranges::find_if(
        table, [&](const Municipality& row) { return lower(row.name) == wanted; });
    return found == table.end() ? nullptr : &*found;
}

std::optional<SmallPopulationWarning> small_population_warning(std::string_view text,
                                                               std::string_view municipality) {
    std::string condition = rare_condition(text);
    if (condition.empty()) return std::nullopt;
    const Municipality* place = find_municipality(municipality);
    if (place == nullptr || place->population >= small_population) place = small_place_in(text);
    if (place == nullptr) return std::nullopt;
    return SmallPopulationWarning{
        .municipality = place->name, .condition = std::move(condition), .group = place->group};
}

StorableConsultation storable_consultation(std::string_view text, std::string_view municipality) {
    StorableConsultation result{.text = std::string{text},
                                .area = std::string{municipality},
                                .warning = small_population_warning(text, municipality)};
    if (result.warning) {
        result.text = with_group(std::move(result.text), result.warning->group);
        result.area = result.warning->group;
    }
    return result;
}

}  // namespace samsyn
