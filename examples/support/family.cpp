#include "examples/support/family.hpp"

#include <array>
#include <random>

namespace story {

InventedFamily invent_family(std::uint64_t seed) {
    std::mt19937_64 random{seed};
    const auto pick = [&](const auto& choices) {
        return std::string{choices[random() % choices.size()]};
    };
    static constexpr std::array surnames{"Ekstubbe",
                                         "Granlycka",
                                         "Björkåkra",
                                         "Lingonhede",
                                         "Älvstrånd",
                                         "Tallmyråsen",
                                         "Hjortrongård"};
    static constexpr std::array children{
        "Tuvalill", "Maltevid", "Sagamira", "Vidarulf", "Öringa-Li", "Åskarvin"};
    static constexpr std::array parents{
        "Solbritta", "Askelund", "Irmeline", "Torbjälke", "Evaliina", "Håkanrik"};
    static constexpr std::array moods{
        "trött men glad", "tyst och ledsen", "pigg och pratsam", "orolig inför måndagen"};
    static constexpr std::array places{"köksbordet", "gungställningen", "hallgolvet", "soffan"};
    static constexpr std::array remedies{
        "morgonschema med bilder", "taxi till skolan", "kortare dagar", "lugnt rum på rasten"};

    InventedFamily family;
    family.surname = pick(surnames);
    const std::size_t child = random() % children.size();
    const std::size_t parent = random() % parents.size();
    family.child = std::string{children[child]} + " " + family.surname;
    family.sibling = std::string{children[(child + 1) % children.size()]} + " " + family.surname;
    family.mother = std::string{parents[parent]} + " " + family.surname;
    family.father = std::string{parents[(parent + 1) % parents.size()]} + " " + family.surname;
    family.birth_date =
        "2018-0" + std::to_string(1 + random() % 9) + "-1" + std::to_string(random() % 9);

    family.visit_note = "Satt vid " + pick(places) + ". Barnet var " + pick(moods) +
                        " och ritade hela tiden. Föräldrarna sover dåligt.";
    family.attendance = "Har missat " + std::to_string(3 + random() % 15) +
                        " dagar sedan höstlovet, mest måndagar.";
    family.social = "Öppen insats sedan i våras; familjen vill ha avlastning varannan helg, nr " +
                    std::to_string(random() % 10'000) + ".";
    family.health = "Utredning påbörjad på mottagningen, kölapp " +
                    std::to_string(random() % 10'000) + ", återbesök i december.";
    family.goal = "Gå till skolan alla dagar före jul";
    family.goal_office =
        "Gå till skolan fyra dagar i veckan, enligt mötet " + std::to_string(random() % 1'000);
    family.goal_home = "Gå till skolan med " + pick(remedies) + ", enligt hembesök " +
                       std::to_string(random() % 1'000);
    family.commitment =
        "Ringa skolan om " + pick(remedies) + " (löfte " + std::to_string(random() % 1'000) + ")";
    return family;
}

std::vector<std::string> InventedFamily::secrets() const {
    return {surname,
            child,
            sibling,
            mother,
            father,
            visit_note,
            attendance,
            social,
            health,
            goal_office,
            goal_home,
            commitment};
}

}  // namespace story
