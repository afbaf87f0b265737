#include "client-sdk/agent/refusal_words.hpp"

#include "client-sdk/agent/operations_items.hpp"

#include <samsyn/attachments.hpp>
#include <samsyn/commitments.hpp>
#include <samsyn/enrolment.hpp>
#include <samsyn/provisioning.hpp>
#include <samsyn/recalls.hpp>
#include <samsyn/recovery.hpp>
#include <samsyn/signed_notes.hpp>

namespace samsyn {

namespace {

constexpr RefusalWords all_words[] = {
    // Enrolment.
    {enrolment_mistyped,
     "the text is not complete, or a letter was mistyped",
     "texten är ofullständig eller felskriven",
     "Copy it again, whole, from its first word (samsyn2-...) to its last letter; spaces and "
     "capitals do not matter.",
     "Kopiera om den, hel, från första ordet (samsyn2-...) till sista bokstaven; mellanslag och "
     "versaler spelar ingen roll."},
    {enrolment_other_text,
     "this is another text of the enrolment than the one that belongs here",
     "det här är en annan av anslutningens texter än den som hör hit",
     "An invitation (samsyn2-invite-) goes to `samsyn enrol` on the new device, its answer "
     "(samsyn2-answer-) to `samsyn admin accept`, the reveal (samsyn2-reveal-) to `samsyn enrol "
     "compare`.",
     "En inbjudan (samsyn2-invite-) hör till `samsyn enrol` på den nya enheten, dess svar "
     "(samsyn2-answer-) till `samsyn admin accept`, avslöjandet (samsyn2-reveal-) till `samsyn "
     "enrol compare`."},
    {enrolment_older_text,
     "the text was made by an older version of this program",
     "texten gjordes av en äldre version av programmet",
     "Update the older machine and make a new invitation.",
     "Uppdatera den äldre datorn och gör en ny inbjudan."},
    {enrolment_expired,
     "the invitation has expired",
     "inbjudan har gått ut",
     "Ask the administrator for a new one (`samsyn admin invite`). If it should be good still, "
     "look at the clocks of both machines.",
     "Be administratören om en ny (`samsyn admin invite`). Borde den gälla än, se efter båda "
     "datorernas klockor."},
    {enrolment_used,
     "the invitation has been used",
     "inbjudan är använd",
     "An invitation lets one device in, once: make a new one. If nobody of yours used it, look at "
     "`samsyn admin list` and revoke what you do not know.",
     "En inbjudan släpper in en enhet, en gång: gör en ny. Har ingen av er använt den, se `samsyn "
     "admin list` och spärra det du inte känner igen."},
    {enrolment_dead,
     "the invitation is dead: three codes were wrong",
     "inbjudan är död: tre koder var fel",
     "Three wrong codes may mean that somebody between the two machines swaps keys. Make a new "
     "invitation and carry it another way, by hand at best; on the device, move the folder away "
     "and enrol anew.",
     "Tre felaktiga koder kan betyda att någon mellan de två datorerna byter ut nycklar. Gör en ny "
     "inbjudan och lämna den på ett annat sätt, helst för hand; flytta undan mappen på enheten och "
     "anslut på nytt."},
    {enrolment_foreign,
     "it belongs to another federation",
     "det hör till en annan samverkan",
     "Compare the four groups of the fingerprint on both machines. Was the invitation made by an "
     "administrator of yours? If not, throw it away.",
     "Jämför fingeravtryckets fyra grupper på båda datorerna. Är inbjudan gjord av en av era "
     "administratörer? Om inte, kasta den."},
    {enrolment_unknown,
     "this machine has not made the invitation",
     "inbjudan är inte gjord på den här datorn",
     "An answer is accepted where its invitation was made: on the other administrator's machine.",
     "Ett svar godkänns där inbjudan gjordes: på den andra administratörens dator."},
    {enrolment_wrong_secret,
     "the answer was made without the invitation, or changed on the way",
     "svaret gjordes utan inbjudan eller ändrades på vägen",
     "Have the answer copied again from the new device. If it stays, make a new invitation.",
     "Låt svaret kopieras om från den nya enheten. Gör en ny inbjudan om det består."},
    {enrolment_second_answer,
     "another device has answered this invitation first",
     "en annan enhet har redan svarat på inbjudan",
     "Only the first answer counts. Was the device set up twice? Then make a new invitation. If "
     "not, somebody else has the invitation: make a new one and carry it by hand.",
     "Bara det första svaret räknas. Har enheten satts upp två gånger? Gör då en ny inbjudan. "
     "Annars har någon annan inbjudan: gör en ny och lämna den för hand."},
    {enrolment_not_revealed,
     "the code comes later: the device has not been told what to compare",
     "koden kommer senare: enheten har inte fått veta vad den ska jämföra",
     "First `samsyn admin accept ANSWER` without a code; what it prints goes to `samsyn enrol "
     "compare` on the new device, which shows the code.",
     "Först `samsyn admin accept SVAR` utan kod; det som skrivs ut hör till `samsyn enrol compare` "
     "på den nya enheten, som visar koden."},
    {enrolment_wrong_reveal,
     "the reveal does not belong to this device's invitation",
     "avslöjandet hör inte till enhetens inbjudan",
     "Copy it again from the administrator's machine. If it stays, the invitation was changed on "
     "the way: throw it away and ask for a new one, by hand.",
     "Kopiera om det från administratörens dator. Om det består har inbjudan ändrats på vägen: "
     "kasta den och be om en ny, för hand."},
    {enrolment_nothing_open,
     "this device has no answer that waits for a comparison",
     "enheten har inget svar som väntar på jämförelse",
     "Begin with `samsyn enrol INVITATION`.",
     "Börja med `samsyn enrol INBJUDAN`."},
    {enrolment_no_code,
     "the code is six digits",
     "koden är sex siffror",
     "The new device shows it after `samsyn enrol compare`. This try was not counted.",
     "Den nya enheten visar den efter `samsyn enrol compare`. Försöket räknades inte."},
    {enrolment_wrong_code_2_left,
     "the code is wrong; two tries are left",
     "koden är fel; två försök återstår",
     "Have it read aloud again from the new device, by the person herself. If it is right there "
     "and wrong here, stop: somebody swaps keys.",
     "Låt personen själv läsa upp den igen från den nya enheten. Är den rätt där och fel här, "
     "sluta: någon byter ut nycklar."},
    {enrolment_wrong_code_1_left,
     "the code is wrong; one try is left",
     "koden är fel; ett försök återstår",
     "Have it read aloud again from the new device, by the person herself. The next wrong code "
     "kills the invitation.",
     "Låt personen själv läsa upp den igen från den nya enheten. Nästa felaktiga kod dödar "
     "inbjudan."},
    // The life of users.
    {move_wants_place,
     "the role in the new unit counts only when a second person has confirmed it, and until then "
     "the person would work nowhere",
     "rollen i den nya enheten gäller först när en andra person har bekräftat den, och till dess "
     "skulle personen inte arbeta någonstans",
     "Nothing was changed. First `samsyn admin user place` in the new unit with that role; have it "
     "confirmed (`samsyn admin waiting`); then run this again: it ends the old place.",
     "Inget har ändrats. Kör först `samsyn admin user place` i den nya enheten med den rollen; låt "
     "den bekräftas (`samsyn admin waiting`); kör sedan detta igen: då avslutas den gamla "
     "platsen."},
    // Recovery keys.
    {recovery_not_permitted,
     "nobody has let this device open by a recovery key",
     "ingen har låtit enheten öppna med en återställningsnyckel",
     "An administrator says `samsyn admin recovery use` for this device, a second person confirms; "
     "then sync here.",
     "En administratör kör `samsyn admin recovery use` för enheten och en andra person bekräftar; "
     "synka sedan här."},
    {recovery_waits,
     "a second person has not confirmed yet",
     "en andra person har inte bekräftat än",
     "Ask another administrator or a head of unit to confirm (`samsyn admin waiting`); then sync "
     "here.",
     "Be en annan administratör eller en enhetschef bekräfta (`samsyn admin waiting`); synka sedan "
     "här."},
    {recovery_ended,
     "the time in which this device could open is over",
     "tiden då enheten fick öppna är slut",
     "An administrator says `samsyn admin recovery use` again, and a second person confirms.",
     "En administratör kör `samsyn admin recovery use` igen och en andra person bekräftar."},
    // C-51.
    {across_cases_refused,
     "across all cases one searches only by a person's name, a personal number or a case number, "
     "and none here fits",
     "över alla ärenden söker man bara på en persons namn, personnummer eller ärendenummer, och "
     "inget här passar",
     "Words in notes are searched for inside one opened case: `samsyn search CASE WORDS`. A "
     "personal number is given whole, a case number with at least eight digits of the case's id.",
     "Ord i anteckningar söks i ett öppnat ärende: `samsyn search ÄRENDE ORD`. Ett personnummer "
     "anges helt, ett ärendenummer med minst åtta tecken av ärendets id."},
    // C-38.
    {protected_registration_refused,
     "the person has protected registration: no address or place is stored",
     "personen har skyddad folkbokföring: ingen adress eller plats lagras",
     "Leave it out. Letters go by the tax agency's mediation (Skatteverket, "
     "förmedlingsuppdrag).",
     "Utelämna det. Post går genom Skatteverkets förmedlingsuppdrag."},
    // The end of a case.
    {follow_ups_without_holder,
     "something is open that nobody has accepted to hold after the case",
     "något är öppet som ingen har accepterat att ta över efter ärendet",
     "`samsyn case ending CASE` lists it. Name who takes it over (`samsyn hand-over`), who accepts "
     "it (`samsyn take-over`); or finish it.",
     "`samsyn case ending ÄRENDE` listar det. Ange vem som tar över (`samsyn hand-over`), som "
     "accepterar (`samsyn take-over`); eller slutför det."},
    // Signed notes.
    {signed_note_refused,
     "it is signed, and what is signed is not changed",
     "den är signerad, och det signerade ändras inte",
     "Add to it: `samsyn note addendum ITEM TEXT`.",
     "Gör ett tillägg: `samsyn note addendum POST TEXT`."},
    {changed_since_shown,
     "it has changed since it was shown",
     "det har ändrats sedan det visades",
     "Have it shown again, and use the code that stands there then.",
     "Låt visa det igen och använd koden som står där då."},
    {case_is_open,
     "the case is open",
     "ärendet är pågående",
     "There is nothing to open again.",
     "Det finns inget att öppna igen."},
    {Recalls::not_movable,
     "a person, a form, evidence or a consultation is neither moved nor taken back, and a meeting "
     "with its points is not moved",
     "en person, en blankett, ett underlag eller en konsultation varken flyttas eller återtas, och "
     "ett möte med sina punkter flyttas inte",
     "Correct it where it stands, or delete it: `samsyn set`, `samsyn delete`.",
     "Rätta den där den står eller ta bort den: `samsyn set`, `samsyn delete`."},
    // What is taken back.
    {Recalls::of_others,
     "only the unit that wrote it can take it back",
     "bara den enhet som skrev posten kan ta tillbaka den",
     "Ask somebody of that unit: `samsyn open ITEM` names it.",
     "Be någon i den enheten: `samsyn open POST` anger den."},
    {Recalls::is_recalled,
     "it was taken back, and nothing is left of it",
     "posten är återtagen, och inget av den finns kvar",
     "`samsyn recalls CASE` says who took it back, and where it is gone.",
     "`samsyn recalls ÄRENDE` säger vem som tog tillbaka den och var den är borta."},
    {Attachments::not_here,
     "the file is not on this device",
     "filen finns inte på den här enheten",
     "Fetch it: `samsyn attachment fetch ITEM`.",
     "Hämta den: `samsyn attachment fetch POST`."},
    {Attachments::not_sent,
     "the server does not have it yet, so it stays here",
     "servern har den inte än, så den stannar här",
     "Send it first: `samsyn sync`.",
     "Skicka den först: `samsyn sync`."},
    {SignedNotes::not_author,
     "who wrote nothing in it does not sign it first",
     "den som inte har skrivit i den signerar den inte först",
     "Its author signs; after that you can sign, too.",
     "Författaren signerar; sedan kan du också göra det."},
    {SignedNotes::not_signed,
     "nobody has signed it yet",
     "ingen har signerat den än",
     "Write in it: `samsyn write ITEM`. Or sign it first: `samsyn note sign ITEM`.",
     "Skriv i den: `samsyn write POST`. Eller signera den först: `samsyn note sign POST`."},
    // Steps of a commitment.
    {commitment_over,
     "it is done, broken or withdrawn already",
     "det är redan klart, brutet eller återtaget",
     "If it is to be done after all, promise it again first: `samsyn commitment promise ITEM --due "
     "DAY`. What happened stays in its history.",
     "Ska det göras ändå, utlova det igen först: `samsyn commitment promise POST --due DAG`. Det "
     "som hänt står kvar i historiken."},
    {commitment_not_taken_home,
     "nobody has taken the question home, so there is nothing to answer",
     "ingen har tagit hem frågan, så det finns inget att svara på",
     "Take it home with a day for the answer (`samsyn commitment take-home ITEM --answer-by DAY`), "
     "or mark it done (`samsyn commitment done ITEM`).",
     "Ta hem den med en dag för svaret (`samsyn commitment take-home POST --answer-by DAG`), eller "
     "markera den klar (`samsyn commitment done POST`)."},
    {commitment_promised_already,
     "it is promised already",
     "det är redan utlovat",
     "Another day: `samsyn set ITEM due=DAY`. Otherwise say what has become of it: take-home, "
     "done, break or withdraw.",
     "En annan dag: `samsyn set POST due=DAG`. Säg annars hur det gick: take-home, done, break "
     "eller withdraw."},
    {commitment_needs_answer_by,
     "who takes a question home says by which day the answer comes",
     "den som tar hem en fråga säger vilken dag svaret kommer",
     "Give the day: `samsyn commitment take-home ITEM --answer-by 2026-05-20`.",
     "Ange dagen: `samsyn commitment take-home POST --answer-by 2026-05-20`."},
    {commitment_day_passed,
     "that day has passed",
     "den dagen har passerat",
     "Give today or a later day.",
     "Ange idag eller en senare dag."},
    {commitment_in_conflict,
     "two people have said different things of it without knowing of each other",
     "två personer har sagt olika om det utan att veta om varandra",
     "Look at both (`samsyn commitment show ITEM`) and settle: `samsyn settle ITEM state --keep "
     "N`.",
     "Se på båda (`samsyn commitment show POST`) och avgör: `samsyn settle POST state --keep N`."},
};

}  // namespace

const RefusalWords* find_refusal_words(std::string_view context) {
    for (const RefusalWords& words : all_words)
        if (words.context == context) return &words;
    return nullptr;
}

}  // namespace samsyn
