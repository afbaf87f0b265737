#pragma once

#include "core/capture/form_pages.hpp"

#include <set>
#include <string>
#include <vector>

namespace samsyn {

/// Words and names of a family's sheets in one language. `names` must outlive it.
class Speech {
public:
    Speech(const SheetNames& names, FamilyLanguage language) : names_(names), language_(language) {}

    std::string say(std::string_view en, std::string_view sv) const {
        return std::string{in(language_, {en, sv})};
    }

    std::string say(const Words& words) const { return std::string{in(language_, words)}; }

    std::string_view and_word() const { return in(language_, {"and", "och"}); }

    std::string person(const PersonId& id) const;
    std::string unit(const UnitId& id) const;
    std::string user(const UserId& id) const;

    /// "Skolan (only the principal)".
    std::string party(const UnitId& id, const std::set<Recipient>& hears) const;

    std::vector<std::string> persons(const std::vector<PersonId>& ids) const;  ///< by name
    std::vector<std::string> categories(const Categories& set) const;  ///< as inside a sentence
    std::vector<std::string> actions(const Actions& set) const;
    std::string reach(Reach reach) const;
    std::string purpose(Purpose purpose) const;

private:
    const SheetNames& names_;
    FamilyLanguage language_;
};

}  // namespace samsyn
