#pragma once

#include "core/capture/family_language.hpp"
#include "core/policy/terms.hpp"

#include <optional>
#include <span>

namespace samsyn {

/// One kind of agency that a service model usually works with, by its secrecy area.
struct TemplateAgency {
    Regime regime{};
    bool hears = true;           ///< the form's own unit may tell it
    bool tells = true;           ///< it may tell the form's own unit
    bool ticked = true;          ///< filled in where it takes part; else only if named
    std::optional<Role> role{};  ///< only this role in the agency hears
};

/// What a consent form of one service model is filled with, before anybody unticks anything
/// (domain.md, "The service models"). Local policy and a lawyer confirm the numbers.
struct ConsentTemplate {
    ServiceModel model{};
    Words title;
    std::span<const TemplateAgency> agencies;
    bool between_agencies = false;  ///< the agencies tell each other too, not only the own unit
    Categories categories;          ///< filled in
    Categories offered;             ///< may be ticked as well
    Purpose purpose = Purpose::coordination;
    Actions actions;
    unsigned months = 0;      ///< how long it lasts unless the family says otherwise
    unsigned months_max = 0;  ///< longer is refused at capture
    Reach reach = Reach::present;
    Words note;  ///< what is special here, read aloud; empty where there is nothing
};

/// The dated, versioned data of forms: what a municipality changes is a row, not code.
struct TemplateTable {
    std::uint32_t version = 0;
    std::span<const ConsentTemplate> templates;
};

/// The table that ships with this version of the program. One row for each service model.
const TemplateTable& current_templates();

/// An earlier or the current table; null if this program does not have it.
const TemplateTable* find_templates(std::uint32_t version);

/// The row of a service model; null where the table has none.
const ConsentTemplate* find_template(const TemplateTable& table, ServiceModel model);

/// What a service model does with an agency of this regime; null where it names none.
const TemplateAgency* find_agency(const ConsentTemplate& row, Regime regime);

}  // namespace samsyn
