#include "core/capture/form_pages.hpp"

#include "core/capture/speech.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace samsyn {

namespace {

/// The last day of a period that ends at `end`.
std::string last_day(Instant end) {
    if (end == Instant{} || end == instant_max) return "-";
    return to_text(local_date(end - std::chrono::milliseconds{1}));
}

/// Who hears what there is: of each unit the recipients that flows name.
std::map<UnitId, std::set<Recipient>> parties_of(const FilledForm& form) {
    std::map<UnitId, std::set<Recipient>> parties;
    for (const FormFlow& flow : form.flows) {
        parties[flow.disclosing];
        parties[flow.recipient.unit].insert(flow.recipient);
    }
    return parties;
}

/// True where each of them tells each other one, whoever hears there.
bool is_mutual(const FilledForm& form, const std::map<UnitId, std::set<Recipient>>& parties) {
    std::size_t expected = 0;
    for (const auto& [unit, hears] : parties) expected += hears.size() * (parties.size() - 1);
    return form.flows.size() == expected;
}

/// The own unit first, then the others by name.
std::vector<UnitId> in_order(const FilledForm& form,
                             const std::map<UnitId, std::set<Recipient>>& parties,
                             const Speech& speech) {
    std::vector<UnitId> units;
    for (const auto& [unit, hears] : parties) units.push_back(unit);
    std::ranges::sort(units, {}, [&](const UnitId& unit) {
        return std::tuple{unit != form.unit, speech.unit(unit), unit};
    });
    return units;
}

void say_agencies(Sheet& page, const FilledForm& form, const Speech& speech) {
    const auto parties = parties_of(form);
    if (is_mutual(form, parties)) {
        page.paragraph(speech.say("All of these may tell each other:",
                                  "Alla de här får berätta för varandra:"));
        for (const UnitId& unit : in_order(form, parties, speech))
            page.paragraph("- " + speech.party(unit, parties.at(unit)));
        return;
    }
    for (const UnitId& unit : in_order(form, parties, speech)) {
        std::map<UnitId, std::set<Recipient>> to;
        for (const FormFlow& flow : form.flows)
            if (flow.disclosing == unit) to[flow.recipient.unit].insert(flow.recipient);
        std::vector<std::string> others;
        for (const auto& [other, hears] : to) others.push_back(speech.party(other, hears));
        std::ranges::sort(others);
        if (others.empty()) continue;
        page.paragraph("- " + speech.unit(unit) + speech.say(" may tell ", " får berätta för ") +
                       joined(others, speech.and_word()) + ".");
    }
}

void say_categories(Sheet& page, const FilledForm& form, const Speech& speech) {
    std::string text = joined(speech.categories(form.categories), speech.and_word()) + ".";
    if (text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    page.paragraph(text);
}

void say_period(Sheet& page, const FilledForm& form, const Speech& speech) {
    page.heading(speech.say("How long", "Hur länge"));
    page.paragraph(speech.say("From ", "Från och med ") + to_text(local_date(form.not_before)) +
                   speech.say(" to ", " till och med ") + last_day(form.not_after) +
                   speech.say(". Then it ends by itself. ", ". Sedan slutar det av sig självt. ") +
                   speech.reach(form.reach));
}

void say_rights(Sheet& page, const FilledForm& form, const Speech& speech) {
    page.heading(speech.say("You decide", "Du bestämmer"));
    page.paragraph(speech.say(
        "You may say yes, or no, or yes to a part. You get support even if you say no.",
        "Du får säga ja eller nej, eller ja till en del. Du får stöd även om du säger nej."));
    page.paragraph(speech.say(
        "You may take your yes back when you like. You need not say why. Tell any of us.",
        "Du får ta tillbaka ditt ja när du vill. Du behöver inte säga varför. Säg det till någon "
        "av oss."));
    page.paragraph(
        speech.say("What somebody has already written in a record of their own stays there.",
                   "Det som någon redan har skrivit i sin egen journal blir kvar där."));
    page.paragraph(speech.say("You may ask who has read.", "Du får fråga vem som har läst."));
    page.paragraph(speech.say(
        "The law sometimes makes somebody tell without asking, as when a child is harmed.",
        "Lagen kräver ibland att någon berättar utan att fråga, som när ett barn far illa."));
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i) {
        const auto category = static_cast<Category>(i);
        if (!form.categories.contains(category) ||
            usual_sensitivity(category) != Sensitivity::far_reaching)
            continue;
        page.paragraph(speech.say(title_of(category)) +
                       speech.say(": here only a yes in writing counts.",
                                  ": här gäller bara ett skriftligt ja."));
    }
    const TemplateTable* table = find_templates(form.table);
    const ConsentTemplate* row = table ? find_template(*table, form.model) : nullptr;
    if (row && !row->note.sv.empty()) page.paragraph(speech.say(row->note));
}

void say_answers(Sheet& page,
                 const FilledForm& form,
                 const FormSigners& signers,
                 const Speech& speech) {
    page.heading(speech.say("Your answer", "Ditt svar"));
    if (signers.people.size() > 1)
        page.paragraph(one_suffices(form)
                           ? speech.say("One yes is enough here; the others are told.",
                                        "Här räcker ett ja; de andra får veta det.")
                           : speech.say("It begins when everybody here has said yes.",
                                        "Det börjar när alla här har sagt ja."));
    std::vector<PersonId> people;
    for (const FormSigner& signer : signers.people) people.push_back(signer.person);
    for (const std::string& name : speech.persons(people)) {
        std::string row = "  " + name;
        row.append(columns_of(row) < 34 ? 34 - columns_of(row) : 1, ' ');
        page.line(row + speech.say("[ ] yes  [ ] no  ", "[ ] ja  [ ] nej  ") +
                  "______________________");
    }
}

std::string title_line(std::string_view title, std::string_view code, const Speech& speech) {
    std::string line{title};
    if (code.empty()) return line;
    const std::string right = speech.say("Form ", "Blankett ") + std::string{code};
    const std::size_t used = columns_of(line) + columns_of(right);
    line.append(used < sheet_columns ? sheet_columns - used : 1, ' ');
    return line + right;
}

Result<std::string> one_page(Sheet page) {
    if (page.lines() > sheet_lines_max) return fail(Errc::limit_exceeded, "more than one page");
    return std::move(page).take();
}

}  // namespace

Result<std::string> read_aloud_page(const FilledForm& form,
                                    const Hash& hash,
                                    const FormSigners& signers,
                                    const SheetNames& names,
                                    FamilyLanguage language) {
    const Speech speech{names, language};
    Sheet page;
    page.line(title_line(speech.say("CONSENT", "SAMTYCKE"), form_code(hash), speech));
    page.line(speech.unit(form.unit));
    page.paragraph(speech.say("We read this to you before you decide. Ask whenever you like.",
                              "Vi läser det här för dig innan du bestämmer. Fråga när du vill."));
    page.heading(speech.say("Whom it is about", "Vem det handlar om"));
    page.list(speech.persons(form.subjects), speech.and_word());
    page.heading(speech.say("Who may tell whom", "Vem som får berätta för vem"));
    say_agencies(page, form, speech);
    page.heading(speech.say("What they may tell", "Vad de får berätta om"));
    say_categories(page, form, speech);
    page.paragraph(speech.say("Nothing else.", "Inget annat."));
    page.heading(speech.say("Why, and what they may do", "Varför, och vad de får göra"));
    page.paragraph(speech.purpose(form.purpose));
    page.paragraph(speech.say("They may ", "De får ") +
                   joined(speech.actions(form.actions), speech.and_word()) + ".");
    say_period(page, form, speech);
    say_rights(page, form, speech);
    say_answers(page, form, signers, speech);
    return one_page(std::move(page));
}

namespace {

void say_answer(Sheet& page, const ReceiptFacts& facts, const Speech& speech) {
    const FormSignature& signature = facts.signature;
    const std::string when = to_local_text(signature.when) + ", " + speech.say(facts.how) + ".";
    if (signature.answer == FormAnswer::yes)
        page.paragraph(speech.say("You said yes: ", "Du sa ja: ") + when);
    else if (signature.answer == FormAnswer::no)
        page.paragraph(speech.say("You said no: ", "Du sa nej: ") + when);
    else
        page.paragraph(speech.say("You were told: ", "Du fick veta det: ") + when);
    if (facts.ended)
        page.paragraph(speech.say("You have taken it back since: it does not hold any more.",
                                  "Du har tagit tillbaka det sedan: det gäller inte längre."));
    if (!signature.witness.is_none())
        page.paragraph(speech.user(signature.witness) +
                       speech.say(" took your answer.", " tog emot ditt svar."));
    if (signature.answer == FormAnswer::no)
        page.paragraph(speech.say("So nothing below is shared on your word.",
                                  "Då delas inget av det som står här på ditt ord."));
}

void say_reservations(Sheet& page, const ReceiptFacts& facts, const Speech& speech) {
    Categories reserved;
    reserved.bits = facts.signature.reserved.bits & facts.form.categories.bits;
    if (!reserved.empty())
        page.paragraph(speech.say("But not about: ", "Men inte om: ") +
                       joined(speech.categories(reserved), speech.and_word()) + ".");
    std::vector<std::string> units;
    for (const UnitId& unit : facts.signature.not_with) units.push_back(speech.unit(unit));
    if (!units.empty())
        page.paragraph(speech.say("But not with: ", "Men inte med: ") +
                       joined(units, speech.and_word()) + ".");
}

void say_withdrawal(Sheet& page, const ReceiptFacts& facts, const Speech& speech) {
    const bool yes = facts.signature.answer == FormAnswer::yes;
    page.heading(yes ? speech.say("If you change your mind", "Om du ändrar dig")
                     : speech.say("If you change your mind later", "Om du ändrar dig senare"));
    if (yes) {
        page.paragraph(speech.say(
            "Take your yes back when you like, all of it or a part. You need not say why.",
            "Ta tillbaka ditt ja när du vill, helt eller till en del. Du behöver inte säga "
            "varför."));
        page.paragraph(speech.say(
            "Then the sharing ends. What somebody has written in a record of their own stays.",
            "Då slutar delningen. Det som någon redan har skrivit i sin journal blir kvar."));
    }
    page.paragraph(speech.say("Tell any of us, or ", "Säg det till någon av oss, eller till ") +
                   speech.unit(facts.form.unit) + ".");
    page.paragraph(speech.say("You may ask who has read.", "Du får fråga vem som har läst."));
}

}  // namespace

Result<std::string> receipt(const ReceiptFacts& facts,
                            const SheetNames& names,
                            FamilyLanguage language) {
    const Speech speech{names, language};
    const FilledForm& form = facts.form;
    Sheet page;
    page.line(title_line(speech.say("RECEIPT", "KVITTO"), facts.code, speech));
    page.line(speech.person(facts.signature.person));
    say_answer(page, facts, speech);
    std::vector<PersonId> subjects;
    for (const DecidesFor& each : facts.signature.subjects) subjects.push_back(each.subject);
    page.heading(speech.say("Whom it is about", "Vem det handlar om"));
    page.list(speech.persons(subjects), speech.and_word());
    page.heading(speech.say("Who may tell whom", "Vem som får berätta för vem"));
    say_agencies(page, form, speech);
    page.heading(speech.say("About what", "Om vad"));
    say_categories(page, form, speech);
    say_reservations(page, facts, speech);
    page.paragraph(speech.purpose(form.purpose));
    say_period(page, form, speech);
    const bool yes = facts.signature.answer == FormAnswer::yes;
    if (yes && facts.counts_until < form.not_after)
        page.paragraph(speech.say("You said it, you did not sign it: it counts to ",
                                  "Du sa det, du skrev inte under: det gäller till och med ") +
                       last_day(facts.counts_until) +
                       speech.say(". After that we need it in writing.",
                                  ". Sedan behöver vi det skriftligt."));
    if (yes && !facts.alone)
        page.paragraph(speech.say("It begins when everybody who decides has said yes.",
                                  "Det börjar när alla som bestämmer har sagt ja."));
    say_withdrawal(page, facts, speech);
    return one_page(std::move(page));
}

}  // namespace samsyn
