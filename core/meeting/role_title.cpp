#include "core/meeting/role_title.hpp"

#include <array>

namespace samsyn {

namespace {

constexpr std::array role_titles{Words{"", ""},
                                 Words{"psychologist", "psykolog"},
                                 Words{"social worker", "socionom"},
                                 Words{"nurse", "sjuksköterska"},
                                 Words{"family advocate", "familjeombud"},
                                 Words{"crisis worker", "krisarbetare"},
                                 Words{"case officer", "handläggare"},
                                 Words{"coordinating officer", "handläggarsamordnare"},
                                 Words{"principal", "rektor"},
                                 Words{"school counsellor", "kurator"},
                                 Words{"school nurse", "skolsköterska"},
                                 Words{"teacher", "lärare"},
                                 Words{"child psychiatrist", "barnpsykiater"},
                                 Words{"clinician", "behandlare"},
                                 Words{"coordinator at the children's house", "Barnahussamordnare"},
                                 Words{"contact person", "kontaktperson"},
                                 Words{"head of unit", "enhetschef"},
                                 Words{"administrator", "administratör"},
                                 Words{"log reviewer", "logggranskare"}};
static_assert(role_titles.size() == static_cast<std::size_t>(Role::last) + 1);

}  // namespace

Words title_of(Role role) {
    const auto index = static_cast<std::size_t>(role);
    return index < role_titles.size() ? role_titles[index] : Words{};
}

}  // namespace samsyn
