#pragma once

#include "core/policy/case_view.hpp"
#include "core/policy/statute_table.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace samsyn {

/// On what ground somebody asks. Statutory grounds are numbers of the statute table.
struct Ground {
    enum class Kind : std::uint8_t { consent, statute };
    Kind kind = Kind::consent;
    std::uint16_t statute = 0;
    friend auto operator<=>(const Ground&, const Ground&) = default;
};

struct Request {
    Action action = Action::read;
    Purpose purpose = Purpose::coordination;
    Ground ground{};
    /// For `contribute`: does the change touch only types that several units edit together (plan,
    /// meeting, commitment)? Others are changed by the disclosing unit alone.
    bool shared_editing_type = false;

    friend auto operator<=>(const Request&, const Request&) = default;
};

/// Somebody to whom a user shows something: a person of the case (or of a guest, one made for it).
struct Viewer {
    ViewerKind kind{};
    PersonId person;
    friend auto operator<=>(const Viewer&, const Viewer&) = default;
};

/// Who asks: a user on a device, and who looks along. Both must be permitted.
struct Requester {
    UserId user;
    DeviceId device;
    std::optional<Viewer> viewer{};
    friend auto operator<=>(const Requester&, const Requester&) = default;
};

/// Why. Each has a sentence in Swedish and English in `words_of`, and a stable key.
// clang-format off
// The order is that in which reasons are named.
#define SAMSYN_REASON_TABLE(row) \
    row(own_unit, "your own unit wrote it", "din egen enhet har skrivit det") \
    row(consent_covers, "consent covers it", "samtycket omfattar det") \
    row(directory_readable, "names are readable in the federation", "namn får läsas inom samverkan") \
    row(update_needed, "this program is too old for a rule that applies here", "programmet är för gammalt för en regel som gäller här") \
    row(not_in_good_standing, "the user or device is not active", "användaren eller enheten är inte aktiv") \
    row(not_participant, "does not take part in this case", "deltar inte i ärendet") \
    row(closed_label, "reserved for named persons", "förbehållet namngivna personer") \
    row(case_not_opened, "the case is not known", "ärendet är inte känt") \
    row(custody_unknown, "it is not recorded who decides for the child", "det är inte noterat vem som bestämmer för barnet") \
    row(guardian_lapsed, "the child has come of age and decides", "barnet har blivit myndigt och bestämmer själv") \
    row(blocked, "a block stands", "en spärr gäller") \
    row(objected, "an objection stands", "en invändning gäller") \
    row(refused, "somebody who decides has refused", "någon som bestämmer har sagt nej") \
    row(withdrawn, "the consent was withdrawn", "samtycket är återkallat") \
    row(case_was_closed, "the consent ended when the case was closed", "samtycket upphörde när ärendet avslutades") \
    row(reserved, "the consent has a reservation here", "samtycket har ett förbehåll här") \
    row(consent_missing, "consent is missing", "samtycke saknas") \
    row(confirmation_missing, "the disclosing unit has not confirmed the consent", "utlämnande enhet har inte bekräftat samtycket") \
    row(other_recipient_unit, "the consent names another unit", "samtycket gäller en annan enhet") \
    row(other_role, "the consent names another role", "samtycket gäller en annan roll") \
    row(other_user, "the consent names another person", "samtycket gäller en annan person") \
    row(other_regime, "the consent names another secrecy area", "samtycket gäller ett annat sekretessområde") \
    row(other_category, "the consent does not cover this category", "samtycket omfattar inte den här kategorin") \
    row(other_purpose, "the consent does not cover this purpose", "samtycket omfattar inte ändamålet") \
    row(other_action, "the consent does not cover this action", "samtycket omfattar inte åtgärden") \
    row(outside_period, "the consent is not in force now", "samtycket gäller inte nu") \
    row(writing_needed, "consent in writing is needed", "skriftligt samtycke behövs") \
    row(not_covered, "the ground does not cover this", "grunden omfattar inte detta") \
    row(only_disclosing_unit_edits, "only the unit that wrote it changes it", "bara enheten som skrivit det ändrar") \
    row(case_closed, "the case is closed", "ärendet är avslutat") \
    row(statute_covers, "a statute opens it", "en lagregel öppnar det") \
    row(own_concern_report, "a report of concern to this unit", "en orosanmälan till den här enheten") \
    row(audience_named, "named in the closed circle", "namngiven i den slutna kretsen") \
    row(no_such_thing, "there is no such thing", "det finns inget sådant") \
    row(protected_person, "a protected person: named staff only", "skyddad person: bara namngiven personal") \
    row(investigation_locked, "locked by an investigation", "låst av en utredning") \
    row(second_reader_missing, "a second reader has not approved", "en andra läsare har inte godkänt") \
    row(override_ended, "the override has ended", "den lagstödda öppningen har upphört") \
    row(must_be_named, "somebody from outside must be named as a person", "den som är utomstående måste namnges som person") \
    row(acknowledgement_missing, "the duty of secrecy has not been acknowledged", "tystnadsplikten är inte bekräftad") \
    row(viewer_not_subject, "it is not about the one who looks", "det handlar inte om den som tittar") \
    row(viewer_not_deciding, "the child decides alone here", "barnet bestämmer själv här") \
    row(outside_mandate, "outside the mandate", "utanför uppdraget") \
    row(guest_not_named, "a guest sees time and place only", "en gäst ser bara tid och plats") \
    row(guardian_suspended, "the guardian is suspended", "vårdnadshavaren är satt åt sidan") \
    row(case_weeded, "the case has been destroyed", "ärendet är gallrat")
// clang-format on

enum class Reason : std::uint8_t {
#define SAMSYN_ROW(name, en, sv) name,
    SAMSYN_REASON_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
};

std::string_view key_of(Reason reason);

struct ReasonWords {
    std::string_view en;
    std::string_view sv;
};

ReasonWords words_of(Reason reason);

enum class Outcome : std::uint8_t { deny, needs, permit };

/// A consent that would have to be obtained, or confirmed.
struct MissingConsent {
    PersonId from;  ///< none where it is not known who decides
    PersonId subject;
    Reason why = Reason::consent_missing;
    friend auto operator<=>(const MissingConsent&, const MissingConsent&) = default;
};

/// What the permitted reader owes.
struct Obligations {
    std::vector<PersonId>
        inform;  ///< guardians to be informed (low sensitivity, one consented); sorted
    bool get_in_writing = false;  ///< rests on an oral consent with a limit
    friend bool operator==(const Obligations&, const Obligations&) = default;
};

struct Decision {
    Outcome outcome = Outcome::deny;
    std::vector<Reason> reasons{};  ///< at least one; the first is what to show
    std::vector<MissingConsent>
        missing{};  ///< filled for `needs`, and for `deny` where consent lacks; sorted
    Obligations obligations{};
    std::vector<StatementId> by{};  ///< the consents that it rests on, or what closed it; sorted
    Instant valid_until =
        instant_max;  ///< the next instant at which the answer can change by itself

    bool permitted() const { return outcome == Outcome::permit; }

    friend bool operator==(const Decision&, const Decision&) = default;
};

/// The statements that a decision reads. Both must outlive the call.
struct Statements {
    const Federation& federation;
    const CaseView& case_view;
};

/// The access decision (consent-rules.md): the one place that says who may. Pure; thread-safe.
/// It reads the federation, the custody facts, the facts of the label's disclosing unit, and the
/// rosters of the requester's units, and nothing else. Nothing known, nothing permitted.
Decision decide(const Label& label,
                const Request& request,
                const Requester& requester,
                const Statements& statements,
                const StatuteTable& table,
                Instant now);

/// The devices that `decide` permits to read a compartment for coordination: the recipients of its
/// key. Sorted. Considers participants of the units on the rosters, and of the disclosing unit.
std::vector<DeviceId> permitted_devices(const Label& label,
                                        const Statements& statements,
                                        const StatuteTable& table,
                                        Instant now);

/// The streams whose heads a key packet for `label` names: federation, custody, the disclosing
/// stream, its unit's roster and the roster of every unit that is named there (`named_units`); for
/// reports of concern their notice streams. Sorted.
/// A packet that leaves out a roster seals for nobody on it: the server refuses it.
std::vector<Stream> streams_of_decision(const CaseId& case_id,
                                        const Label& label,
                                        const CaseView& view);

}  // namespace samsyn
