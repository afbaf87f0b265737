#pragma once

#include "core/capture/form_pages.hpp"

#include <samsyn/device.hpp>

namespace samsyn {

/// A new consent form: what the template does not know, and what the user unticks. What is left out
/// follows from the case: its service model, its children, the units that take part.
struct NewForm {
    CaseId case_id;
    std::optional<ServiceModel> model{};
    std::vector<PersonId> about{};
    std::vector<Recipient> with{};
    std::vector<UnitId> without{};
    Categories also_about{};
    Categories not_about{};
    Instant not_before{};  ///< `Instant{}`: now
    Instant not_after{};   ///< `Instant{}`: as the template says
    std::optional<Reach> reach{};
    std::optional<UnitId> unit{};  ///< whose form; needed where the user works in several
    bool everybody = false;        ///< "all agencies may talk": always refused (C-16)
};

/// Where one person stands on a form.
enum class FormStanding : std::uint8_t {
    missing,     ///< has not answered
    yes,         ///< consents stand
    oral,        ///< said yes, and it has to be in writing by `write_by`
    oral_ended,  ///< said yes, and the time to write it down is over
    no,          ///< refused
    withdrawn,   ///< said yes and took it back, whole or in part
    unproven,    ///< there is a line on the form, and no statement behind it: counts as missing
    informed,    ///< need not say yes, and knows
    to_inform,   ///< need not say yes, and has to be told
    left,        ///< answered, and does not decide any more
    last = left
};

std::string_view key_of(FormStanding standing);
Words title_of(FormStanding standing);

/// True where somebody has yet to do something about it.
bool is_open(FormStanding standing);

struct FormPersonView {
    PersonId person;
    std::vector<DecidesFor> subjects;
    FormStanding standing{};
    Instant since;                          ///< asked since, or answered at
    std::optional<Instant> write_by{};      ///< of an oral yes
    std::optional<FormSignature> answer{};  ///< the newest that has statements behind it
    std::vector<StatementId> consents{};    ///< of the answer, as far as they are known here
};

/// A form as this device sees it. Where `damaged` is set only the ids above it mean anything.
struct FormView {
    ItemId item;
    CaseId case_id;
    std::optional<Error> damaged{};  ///< its content cannot be read, or two contents contradict
    FilledForm form{};
    Hash hash{};
    FormSigners signers{};
    std::vector<FormPersonView> people{};  ///< who decides now, then those who `left`
    UserId begun_by{};
    Instant begun{};
    bool closed = false;
    bool unsent = false;
    bool read_here = false;      ///< this page was read aloud from this device
    std::size_t unreadable = 0;  ///< answers that are no answers, or to another page
};

/// What somebody answers to a form.
struct NewAnswer {
    ItemId item;
    PersonId person;
    SignedHow how{};
    std::string code{};   ///< of the page that was read; empty: as it was read from this device
    std::string words{};  ///< what was said, or how it was signed; sealed as evidence
    Hash picture{};
    Categories reserved{};
    std::vector<UnitId> not_with{};
    bool reopen = false;  ///< the person was asked about an earlier no, and opens it again
    InformedHow told{};   ///< of `inform`
};

struct AnsweredForm {
    FormView view;
    FormSignature signature;
    Instant counts_until;  ///< before the form's end: it has to be written down by then
    std::vector<StatementId> consents;
    std::vector<StatementId> closings;
};

/// Consent forms: one for a family, open until everybody who decides has answered, on any tablet of
/// the unit. The form is an item of the own unit; answers become statements and lie beside it.
///
/// Errors common to all: those of `Device`; `malformed` for a form that another device damaged (its
/// earlier answers stand). `invalid_argument` lists all that is missing in both languages.
/// Not thread-safe; the device must outlive it.
class ConsentForms {
public:
    explicit ConsentForms(Device& device) : device_(device) {}

    /// The form as it would be, stored nowhere. Its gaps are the errors of `begin`.
    Result<FormView> preview(const NewForm& wish);

    /// Stores it. Errors: `invalid_argument` with all that is missing.
    Result<FormView> begin(const NewForm& wish);

    /// Newest first; damaged ones too.
    Result<std::vector<FormView>> list(const CaseId& case_id);
    Result<FormView> form(const ItemId& item);

    /// Remembers that exactly this page was read to the family from here. Durable.
    Result<void> note_read(const ItemId& item, const Hash& hash);

    /// Records a yes: evidence, consents, refusals of what is excluded, and the line on the form,
    /// in one transaction. Errors: `invalid_argument` where the form was not read, is another than
    /// was read, is closed or over, or lacks something, or where an earlier no stands and `reopen`
    /// is not set; `not_permitted` for somebody who does not decide; `already_exists` where the
    /// person has signed (an oral yes may be written down).
    Result<AnsweredForm> sign(const NewAnswer& answer);

    /// Records a no: one refusal for each subject and line. Needs no reading.
    Result<AnsweredForm> refuse(const NewAnswer& answer);

    /// Records that somebody was told, where one yes is enough. Errors: `invalid_argument` where it
    /// is not, or nobody has said yes yet.
    Result<AnsweredForm> inform(const NewAnswer& answer);

    /// Takes the form out of the lists; what was answered stands.
    Result<void> close(const ItemId& item);

private:
    struct Drafted;
    Result<Drafted> draft(const NewForm& wish);
    Result<FormView> view_of(const ItemView& item,
                             const std::vector<ConsentView>& consents,
                             const std::vector<ClosingView>& closings);
    void place(FormView& view,
               const std::vector<FormSignature>& answers,
               const std::vector<ConsentView>& consents,
               const std::vector<ClosingView>& closings);

    Result<AnsweredForm> answer(const NewAnswer& wish, FormAnswer said);
    Result<FormSignature> checked(const FormView& view, const NewAnswer& wish, FormAnswer said);
    Result<void> check_read(const FormView& view, std::string_view code);
    Result<void> tell(const FormView& view, const FormSignature& signature, InformedHow how);
    Result<void> record(const FormView& view, const NewAnswer& wish, AnsweredForm& answered);

    Device& device_;
};

}  // namespace samsyn
