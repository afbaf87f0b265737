#pragma once

#include "core/capture/form_signature.hpp"
#include "core/policy/statute_table.hpp"

#include <map>
#include <string>

namespace samsyn {

/// What a form or an answer lacks. Each has its words in Swedish and English in `words_of`.
// clang-format off: one row a line, so that a new one is a line of its own
#define SAMSYN_GAP_TABLE(row) \
    row(no_subject, "whom it is about", "vem det handlar om") \
    row(nobody_decides, "who decides for everybody it is about (record custody, or an adult)", "vem som bestämmer för alla det handlar om (notera vårdnad, eller vuxen)") \
    row(blanket, "which agencies by name: \"all may talk\" is no consent", "vilka verksamheter med namn: ”alla får prata” är inget samtycke") \
    row(no_agency, "which agencies may tell each other", "vilka verksamheter som får berätta för varandra") \
    row(unknown_agency, "agencies that are known here", "verksamheter som är kända här") \
    row(must_be_named, "the name of the person, where the agency is private (--with-person)", "namnet på personen, när verksamheten är privat (--with-person)") \
    row(no_category, "about what", "vad det handlar om") \
    row(everything, "about what: everything is no answer", "vad det handlar om: allting är inget svar") \
    row(unknown_category, "subjects that a family can consent to", "ämnen som en familj kan samtycka till") \
    row(no_action, "what they may do with it", "vad de får göra med det") \
    row(not_by_consent, "a purpose that consent can open", "ett ändamål som samtycke kan öppna") \
    row(no_end, "until when", "till och med när") \
    row(no_period, "an end after the beginning", "ett slut efter början") \
    row(over, "an end that is not in the past", "ett slut som inte redan har varit") \
    row(too_long, "a shorter time than this service allows at most", "en kortare tid än tjänstens längsta") \
    row(too_many, "fewer agencies or persons: it must fit one page (divide it)", "färre verksamheter eller personer: det ska få plats på en sida (dela upp)") \
    row(no_template, "a template that this program knows (update it)", "en mall som programmet känner till (uppdatera)") \
    row(must_be_written, "writing: a far-reaching subject is not consented to orally (or leave it out with --except)", "skriftligt: ett långtgående ämne går inte att säga ja till muntligt (eller undanta det med --except)") \
    row(no_picture, "the photograph of the paper (--photo)", "bilden av papperet (--photo)") \
    row(no_words, "what was said (--evidence)", "vad som sades (--evidence)") \
    row(all_reserved, "something to say yes to: everything on the form is reserved", "något att säga ja till: allt på blanketten är undantaget") \
    row(foreign_reservation, "reservations about what is on the form", "undantag om sådant som står på blanketten")
// clang-format on

enum class Gap : std::uint8_t {
#define SAMSYN_ROW(name, en, sv) name,
    SAMSYN_GAP_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
};

std::string_view key_of(Gap gap);
Words words_of(Gap gap);

/// Gaps in the order of the table, each once.
using Gaps = std::vector<Gap>;

/// "missing: until when; about what | saknas: …": all that is missing in both languages, as the
/// context of an `invalid_argument`.
std::string to_text(const Gaps& gaps);

/// What the check knows beside the form.
struct FormFacts {
    std::map<UnitId, Regime> units;  ///< of the federation
    FormSigners signers;
    const StatuteTable& statutes;
    Instant now;
    bool everybody = false;  ///< somebody asked for "all agencies"
};

/// All that keeps the form from being read to a family (C-16): nothing where it is complete. Pure.
Gaps gaps_in(const FilledForm& form, const FormFacts& facts);

/// All that keeps an answer from counting. `words`: what was said or signed. A no needs nothing.
Gaps gaps_in(const FilledForm& form, const FormSignature& signature, std::string_view words);

/// Until when an answer counts before it has to be in writing: for an oral yes the statute table's
/// limit, unless all is of low sensitivity; the form's end otherwise.
Instant counts_until(const FilledForm& form,
                     const FormSignature& signature,
                     const StatuteTable& statutes);

}  // namespace samsyn
