#include "core/meeting/agenda_template.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

using std::chrono::minutes;
using enum MeetingKind;

constexpr TemplatePoint point(std::string_view en, std::string_view sv, int length) {
    return {{en, sv}, minutes{length}};
}

// What every meeting begins and ends with: agreed actions that are not followed up, and nobody who
// knows who does what, are what families complain of most.
constexpr TemplatePoint today = point("What we are to get done today", "Vad vi ska hinna i dag", 5);
constexpr TemplatePoint since_last =
    point("Since last time: what was promised", "Sedan sist: vad som lovades", 15);
constexpr TemplatePoint who_does_what =
    point("Who does what, and by when", "Vem gör vad, och till när", 15);
constexpr TemplatePoint next_time = point("Next meeting", "Nästa möte", 5);

// --- FamSam and SAMBA ----------------------------------------------------------------------------
constexpr std::array first_talk{
    point("Why we meet", "Varför vi ses", 5),
    point("The family's own picture", "Familjens egen bild", 25),
    point("Which contacts the family has", "Vilka kontakter familjen har", 10),
    point("What would help", "Vad som skulle hjälpa", 15),
    point("Who may hear what", "Vem som får veta vad", 15),
    next_time};
constexpr std::array joint_series{today,
                                  since_last,
                                  point("How the family is now", "Hur familjen har det nu", 15),
                                  point("What is needed", "Vad som behövs", 20),
                                  who_does_what,
                                  next_time};
constexpr std::array between_agencies{
    point("What we may talk about: consents", "Vad vi får tala om: samtycken", 5),
    point("What each of us can do", "Vad var och en kan göra", 25),
    who_does_what,
    next_time};

// --- Family advocates ----------------------------------------------------------------------------
constexpr std::array advocate_talk{
    point("How the days are now", "Hur vardagen är just nu", 15),
    point("Times and reminders ahead", "Tider och påminnelser framöver", 10),
    point("What the advocate may say for the family", "Vad ombudet får säga för familjen", 10),
    point("Next step, in the family's pace", "Nästa steg, i familjens takt", 10),
    next_time};
constexpr std::array advocate_joint{
    today,
    since_last,
    point("What the family wants, by the advocate or themselves",
          "Vad familjen vill, genom ombudet eller själv",
          15),
    point("A plan that fits the family's rhythm", "En plan som passar familjens rytm", 15),
    who_does_what,
    next_time};

// --- The crisis team -----------------------------------------------------------------------------
constexpr std::array crisis_talk{
    point("How it is right now", "Läget just nu", 15),
    point("Safety, and the stand-in bed if it is needed",
          "Trygghet, och sviktplats om det behövs",
          15),
    point("What holds until we are in touch tomorrow", "Vad som gäller tills vi hörs i morgon", 10),
    point("Where we are of the three phases", "Var vi är i de tre faserna", 5)};
constexpr std::array crisis_bridge{
    today,
    point("What has helped", "Vad som har hjälpt", 15),
    point("What is left, and who takes it over", "Vad som är kvar, och vem som tar över", 25),
    who_does_what,
    next_time};

// --- Network meetings ----------------------------------------------------------------------------
constexpr std::array network_meeting{
    today,
    since_last,
    point("What each in the network sees", "Vad var och en i nätverket ser", 20),
    point("School: what the principal is told, and by whom",
          "Skolan: vad rektorn får veta, och av vem",
          10),
    point("What the network can do", "Vad nätverket kan göra", 20),
    who_does_what,
    next_time};

// --- Family centre -------------------------------------------------------------------------------
constexpr std::array centre_joint{
    today,
    since_last,
    point("The child and the parents now", "Barnet och föräldrarna nu", 15),
    point("Joint home visits", "Gemensamma hembesök", 10),
    point("Handing over to pupil health", "Överlämning till elevhälsan", 10),
    who_does_what,
    next_time};

// --- Children's house ----------------------------------------------------------------------------
constexpr std::array joint_consultation{
    point("Which roles are here, and which are missing",
          "Vilka roller som är här, och vilka som saknas",
          5),
    point("What is known", "Vad som är känt", 20),
    point("The child's safety now", "Barnets skydd nu", 15),
    point("Interviews and examinations: order and times",
          "Förhör och undersökningar: ordning och tider",
          15),
    point("The safe person", "Trygghetspersonen", 5),
    point("Who tells the guardians what, and when",
          "Vem som säger vad till vårdnadshavarna, och när",
          10),
    point("Support afterwards: who holds it", "Stödet efteråt: vem som håller i det", 15)};

// --- SIP, by statute the same for all: need, goal, action, who, followed up when, who leads
// -------
constexpr std::array sip_plan{
    point("Since last time: the plan so far", "Sedan sist: planen hittills", 10),
    point("Needs", "Behov", 15),
    point("Goals", "Mål", 10),
    point("Actions, and who is responsible", "Insatser, och vem som ansvarar", 20),
    point("When it is followed up, and who leads", "När det följs upp, och vem som leder", 5)};
constexpr std::array family_sip{
    point("Since last time: the plans so far", "Sedan sist: planerna hittills", 10),
    point("Needs of each in the family", "Behov hos var och en i familjen", 20),
    point("Goals, seen as one family's", "Mål, sedda som en familjs", 15),
    point("Actions, and who is responsible", "Insatser, och vem som ansvarar", 20),
    point("When each plan is followed up, and who leads",
          "När varje plan följs upp, och vem som leder",
          5)};

constexpr std::array templates{
    AgendaTemplate{
        ServiceModel::famsam, family_only, {"First talk", "Första samtalet"}, first_talk},
    AgendaTemplate{ServiceModel::famsam, joint, {"Joint meeting", "Gemensamt möte"}, joint_series},
    AgendaTemplate{ServiceModel::famsam,
                   agencies_only,
                   {"Meeting of the agencies", "Verksamheternas möte"},
                   between_agencies},
    AgendaTemplate{ServiceModel::samba, family_only, {"First talk", "Första samtalet"}, first_talk},
    AgendaTemplate{ServiceModel::samba, joint, {"Joint meeting", "Gemensamt möte"}, joint_series},
    AgendaTemplate{ServiceModel::samba,
                   agencies_only,
                   {"Meeting of the agencies", "Verksamheternas möte"},
                   between_agencies},
    AgendaTemplate{ServiceModel::familjelotsen,
                   family_only,
                   {"Talk with the advocate", "Samtal med familjeombudet"},
                   advocate_talk},
    AgendaTemplate{
        ServiceModel::familjelotsen, joint, {"Joint meeting", "Gemensamt möte"}, advocate_joint},
    AgendaTemplate{
        ServiceModel::familjesupporten, family_only, {"Daily talk", "Dagligt samtal"}, crisis_talk},
    AgendaTemplate{
        ServiceModel::familjesupporten, joint, {"Handing over", "Överlämning"}, crisis_bridge},
    AgendaTemplate{
        ServiceModel::network_team, network, {"Network meeting", "Nätverksmöte"}, network_meeting},
    AgendaTemplate{
        ServiceModel::network_team, sip, {"The family's SIPs", "Familjens SIP:ar"}, family_sip},
    AgendaTemplate{ServiceModel::familjecentral,
                   joint,
                   {"Meeting at the family centre", "Möte på familjecentralen"},
                   centre_joint},
    AgendaTemplate{
        ServiceModel::barnahus, consultation, {"Joint consultation", "Samråd"}, joint_consultation},
    AgendaTemplate{std::nullopt, sip, {"SIP", "SIP"}, sip_plan},
};

}  // namespace

std::span<const AgendaTemplate> agenda_templates() {
    return templates;
}

const AgendaTemplate* find_agenda(ServiceModel model, MeetingKind kind) {
    const AgendaTemplate* any = nullptr;
    for (const AgendaTemplate& row : templates) {
        if (row.kind != kind) continue;
        if (row.model == model) return &row;
        if (!row.model) any = &row;
    }
    return any;
}

minutes length_of(const AgendaTemplate& agenda) {
    minutes sum{};
    for (const TemplatePoint& each : agenda.points) sum += each.minutes;
    return sum;
}

}  // namespace samsyn
