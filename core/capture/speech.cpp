#include "core/capture/speech.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

constexpr std::size_t short_id_digits = 8;

constexpr std::array action_words{Words{"read it", "läsa det"},
                                  Words{"show it at meetings", "visa det på möten"},
                                  Words{"write in the plan", "skriva i planen"},
                                  Words{"copy it to their own record", "föra in det i sin journal"},
                                  Words{"have it on a tablet", "ha det i en surfplatta"}};
static_assert(action_words.size() == static_cast<std::size_t>(Action::last) + 1);

constexpr std::array reach_words{
    Words{"Only what is written from now on.", "Bara det som skrivs från och med nu."},
    Words{"What holds today, and what is written from now on.",
          "Det som gäller i dag, och det som skrivs sedan."},
    Words{"Everything, what was written earlier too.", "Allt, även det som skrevs tidigare."}};
static_assert(reach_words.size() == static_cast<std::size_t>(Reach::last) + 1);

constexpr Words purpose_words(Purpose purpose) {
    switch (purpose) {
        case Purpose::coordination:
            return {"So that the support you get fits together.",
                    "För att stödet som du får ska hänga ihop."};
        case Purpose::identifying_statistics:
            return {"For statistics that show who you are.",
                    "För statistik där det syns vem du är."};
        case Purpose::aggregate_statistics:
            return {"For statistics without names.", "För statistik utan namn."};
    }
    return {"For a purpose that this program does not know.",
            "För ett ändamål som programmet inte känner till."};
}

constexpr std::array role_words{
    Words{"anybody", "vem som helst"},
    Words{"the psychologist", "psykologen"},
    Words{"the social worker", "socionomen"},
    Words{"the nurse", "sjuksköterskan"},
    Words{"the family advocate", "familjeombudet"},
    Words{"the crisis worker", "krisarbetaren"},
    Words{"the case officer", "handläggaren"},
    Words{"the coordinating officer", "handläggarsamordnaren"},
    Words{"the principal", "rektorn"},
    Words{"the school counsellor", "kuratorn"},
    Words{"the school nurse", "skolsköterskan"},
    Words{"the teacher", "läraren"},
    Words{"the child psychiatrist", "barnpsykiatern"},
    Words{"the clinician", "behandlaren"},
    Words{"the coordinator", "samordnaren"},
    Words{"the contact person", "kontaktpersonen"},
    Words{"the head of the unit", "enhetschefen"},
    Words{"the administrator", "administratören"},
    Words{"the log reviewer", "logggranskaren"},
};
static_assert(role_words.size() == static_cast<std::size_t>(Role::last) + 1);

template <class IdType>
std::string name_in(const std::map<IdType, std::string>& names, const IdType& id) {
    const auto found = names.find(id);
    if (found == names.end() || found->second.empty()) return to_hex(id).substr(0, short_id_digits);
    return sheet_name(found->second);
}

/// A title as a word of a sentence.
std::string inside(std::string_view title) {
    std::string word{title};
    if (!word.empty() && word.front() >= 'A' && word.front() <= 'Z')
        word.front() = static_cast<char>(word.front() - 'A' + 'a');
    return word;
}

}  // namespace

std::string Speech::person(const PersonId& id) const {
    return name_in(names_.persons, id);
}

std::string Speech::unit(const UnitId& id) const {
    return name_in(names_.units, id);
}

std::string Speech::user(const UserId& id) const {
    return name_in(names_.users, id);
}

std::string Speech::party(const UnitId& id, const std::set<Recipient>& hears) const {
    std::vector<std::string> only;
    for (const Recipient& recipient : hears) {
        if (recipient.user)
            only.push_back(user(*recipient.user));
        else if (recipient.role)
            only.push_back(say(role_words[static_cast<std::size_t>(*recipient.role)]));
        else
            return unit(id);  // everybody there: what narrows less is what is said
    }
    if (only.empty()) return unit(id);
    return unit(id) + " (" + say("only ", "bara ") + joined(only, and_word()) + ")";
}

std::vector<std::string> Speech::persons(const std::vector<PersonId>& ids) const {
    std::vector<std::string> all;
    for (const PersonId& id : ids) all.push_back(person(id));
    std::ranges::sort(all);
    return all;
}

std::vector<std::string> Speech::categories(const Categories& set) const {
    std::vector<std::string> all;
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i)
        if (set.contains(static_cast<Category>(i)))
            all.push_back(inside(say(title_of(static_cast<Category>(i)))));
    return all;
}

std::vector<std::string> Speech::actions(const Actions& set) const {
    std::vector<std::string> all;
    for (unsigned i = 0; i <= static_cast<unsigned>(Action::last); ++i)
        if (set.contains(static_cast<Action>(i))) all.push_back(say(action_words[i]));
    return all;
}

std::string Speech::reach(Reach reach) const {
    return say(reach_words[static_cast<std::size_t>(reach)]);
}

std::string Speech::purpose(Purpose purpose) const {
    return say(purpose_words(purpose));
}

}  // namespace samsyn
