#include "core/capture/consent_template.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

template <class... Each>
constexpr Categories about(Each... each) {
    Categories categories;
    (categories.insert(each), ...);
    return categories;
}

constexpr Actions working_together = [] {
    Actions actions;
    for (const Action action :
         {Action::read, Action::show_in_meeting, Action::contribute, Action::keep_offline})
        actions.insert(action);
    return actions;
}();

/// Somebody reads and shows; the plan is the own unit's alone.
constexpr Actions reading = [] {
    Actions actions;
    for (const Action action : {Action::read, Action::show_in_meeting, Action::keep_offline})
        actions.insert(action);
    return actions;
}();

using enum Category;

// Agencies that most models work with. A private party is never filled in: it is named as a person
// (C-47).
constexpr std::array many_agencies{
    TemplateAgency{.regime = Regime::social},
    TemplateAgency{.regime = Regime::school_pupil_health},
    TemplateAgency{.regime = Regime::school_other},
    TemplateAgency{.regime = Regime::health},
    TemplateAgency{.regime = Regime::school_medical, .ticked = false},
    TemplateAgency{.regime = Regime::team, .ticked = false},
    TemplateAgency{.regime = Regime::private_party, .ticked = false},
};
constexpr std::array crisis_agencies{
    TemplateAgency{.regime = Regime::social},
    TemplateAgency{.regime = Regime::health},
    TemplateAgency{.regime = Regime::school_pupil_health},
    TemplateAgency{.regime = Regime::school_other, .ticked = false},
    TemplateAgency{.regime = Regime::team, .ticked = false},
    TemplateAgency{.regime = Regime::private_party, .ticked = false},
};
// The school's person in the team is the way in for the principal.
constexpr std::array network_agencies{
    TemplateAgency{.regime = Regime::social},
    TemplateAgency{.regime = Regime::school_pupil_health},
    TemplateAgency{.regime = Regime::school_other, .role = Role::principal},
    TemplateAgency{.regime = Regime::health},
    TemplateAgency{.regime = Regime::team, .ticked = false},
    TemplateAgency{.regime = Regime::private_party, .ticked = false},
};
constexpr std::array centre_agencies{
    TemplateAgency{.regime = Regime::health},
    TemplateAgency{.regime = Regime::social},
    TemplateAgency{.regime = Regime::school_pupil_health, .ticked = false},
    TemplateAgency{.regime = Regime::school_other, .ticked = false},
};
// Nothing is ticked beyond the clinic's own world of care: the young person names who else.
constexpr std::array youth_agencies{
    TemplateAgency{.regime = Regime::health},
    TemplateAgency{.regime = Regime::social, .ticked = false},
    TemplateAgency{.regime = Regime::school_pupil_health, .ticked = false},
    TemplateAgency{.regime = Regime::school_medical, .ticked = false},
};
// Police and prosecutor hear and do not tell: their secrecy is no family's to lift.
constexpr std::array childrens_house_agencies{
    TemplateAgency{.regime = Regime::social},
    TemplateAgency{.regime = Regime::health},
    TemplateAgency{.regime = Regime::school_pupil_health, .ticked = false},
    TemplateAgency{.regime = Regime::police, .tells = false, .ticked = false},
    TemplateAgency{.regime = Regime::prosecutor, .tells = false, .ticked = false},
};

constexpr std::array version_1{
    ConsentTemplate{
        .model = ServiceModel::famsam,
        .title = {"Family collaboration", "Familjesamverkan"},
        .agencies = many_agencies,
        .between_agencies = true,
        .categories = about(attendance, school_adaptation, social, parenting, plan, meeting),
        .offered = about(health, diagnosis, finances, housing, contact),
        .actions = working_together,
        .months = 12,
        .months_max = 12,
        .note = {}},
    ConsentTemplate{
        .model = ServiceModel::samba,
        .title = {"Family collaboration", "Familjesamverkan"},
        .agencies = many_agencies,
        .between_agencies = true,
        .categories = about(attendance, school_adaptation, social, parenting, plan, meeting),
        .offered = about(health, diagnosis, finances, housing, contact),
        .actions = working_together,
        .months = 12,
        .months_max = 12,
        .note = {"When we ask another team for advice, we do not say who you are.",
                 "När vi frågar ett annat team om råd säger vi inte vem du är."}},
    ConsentTemplate{.model = ServiceModel::familjelotsen,
                    .title = {"Family advocate", "Familjelotsen"},
                    .agencies = many_agencies,
                    .categories = about(attendance, school_adaptation, plan, meeting, contact),
                    .offered = about(social, health, diagnosis, finances, housing, parenting),
                    .actions = working_together,
                    .months = 12,
                    .months_max = 12,
                    .note = {"Your advocate speaks for you only about what you have asked for.",
                             "Din lots talar för dig bara om det som du har bett om."}},
    ConsentTemplate{.model = ServiceModel::familjesupporten,
                    .title = {"Family support in a crisis", "Familjesupporten"},
                    .agencies = crisis_agencies,
                    .categories = about(social, parenting, plan, meeting, contact),
                    .offered = about(attendance, health, diagnosis, housing, finances),
                    .actions = working_together,
                    .months = 3,
                    .months_max = 6,
                    .note = {"The support lasts at most eight weeks. Then we ask you again.",
                             "Stödet varar högst åtta veckor. Sedan frågar vi dig igen."}},
    ConsentTemplate{
        .model = ServiceModel::network_team,
        .title = {"Coordinated support", "Samordnat stöd"},
        .agencies = network_agencies,
        .between_agencies = true,
        .categories = about(attendance, school_adaptation, social, parenting, plan, meeting),
        .offered = about(health, diagnosis, finances, housing, contact),
        .actions = working_together,
        .months = 12,
        .months_max = 12,
        .note = {"Friends and relatives at a meeting hear only what you let them hear.",
                 "Vänner och släkt på ett möte hör bara det som du låter dem höra."}},
    ConsentTemplate{.model = ServiceModel::familjecentral,
                    .title = {"Family centre", "Familjecentralen"},
                    .agencies = centre_agencies,
                    .between_agencies = true,
                    .categories = about(parenting, plan, meeting, contact),
                    .offered = about(health, social, diagnosis, housing, finances),
                    .actions = working_together,
                    .months = 12,
                    .months_max = 24,
                    .note = {"You may visit the open preschool without any consent.",
                             "Du får besöka öppna förskolan utan att samtycka till något."}},
    ConsentTemplate{.model = ServiceModel::ungdomsmottagning,
                    .title = {"Youth clinic", "Ungdomsmottagningen"},
                    .agencies = youth_agencies,
                    .categories = about(contact),
                    .offered = about(health, social, attendance, plan, meeting),
                    .actions = reading,
                    .months = 6,
                    .months_max = 12,
                    .reach = Reach::from_now,
                    .note = {"This is between you and us. Nothing is sent home.",
                             "Det här är mellan dig och oss. Inget skickas hem."}},
    ConsentTemplate{
        .model = ServiceModel::barnahus,
        .title = {"Children's house", "Barnahus"},
        .agencies = childrens_house_agencies,
        .categories = about(social, health, plan, meeting, contact),
        .offered = about(diagnosis, housing, parenting, attendance),
        .actions = reading,
        .months = 6,
        .months_max = 12,
        .note = {"What the police investigate is secret. Your yes does not change that.",
                 "Det som polisen utreder är hemligt. Ditt ja ändrar inte det."}},
};
static_assert(version_1.size() == static_cast<std::size_t>(ServiceModel::last) + 1);

constexpr std::array tables{TemplateTable{.version = 1, .templates = version_1}};

}  // namespace

const TemplateTable& current_templates() {
    return tables.back();
}

const TemplateTable* find_templates(std::uint32_t version) {
    const auto found = std::ranges::find(tables, version, &TemplateTable::version);
    return found == tables.end() ? nullptr : &*found;
}

const ConsentTemplate* find_template(const TemplateTable& table, ServiceModel model) {
    const auto found = std::ranges::find(table.templates, model, &ConsentTemplate::model);
    return found == table.templates.end() ? nullptr : &*found;
}

const TemplateAgency* find_agency(const ConsentTemplate& row, Regime regime) {
    const auto found = std::ranges::find(row.agencies, regime, &TemplateAgency::regime);
    return found == row.agencies.end() ? nullptr : &*found;
}

}  // namespace samsyn
