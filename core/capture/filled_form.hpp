#pragma once

#include "core/capture/consent_template.hpp"
#include "core/model/change.hpp"
#include "core/policy/secrecy_statements.hpp"

#include <compare>
#include <string>
#include <vector>

namespace samsyn {

/// One line of a form: who may tell whom.
struct FormFlow {
    UnitId disclosing;
    Recipient recipient;
    friend auto operator<=>(const FormFlow&, const FormFlow&) = default;
};

inline constexpr std::size_t form_agencies_max = 8;  ///< beside the form's own unit: one page
inline constexpr std::size_t form_subjects_max = 6;  ///< persons that one form is about: one page
inline constexpr std::size_t form_flows_max = form_agencies_max * (form_agencies_max + 1);
inline constexpr std::size_t form_statements_max = 256;  ///< that one signature may become

/// A consent form as it is read to a family: all that a signature says yes to. Written once, when
/// the form is begun; who has signed it lies beside it. Sorted lists, each element once.
struct FilledForm {
    ItemId item;              ///< the item that holds the form: its content fits no other
    std::uint32_t table = 0;  ///< version of the template table
    ServiceModel model{};
    CaseId case_id;
    UnitId unit;  ///< whose form it is
    std::vector<PersonId> subjects;
    std::vector<FormFlow> flows;
    Categories categories;
    Purpose purpose{};
    Actions actions;
    Instant not_before;
    Instant not_after;  ///< none: `Instant{}`
    Reach reach{};
    friend bool operator==(const FilledForm&, const FilledForm&) = default;
};

/// An agency that somebody ticks by name, perhaps only a role or a person of it.
struct NamedAgency {
    UnitRef unit;
    std::optional<Role> role{};
    std::optional<UserId> user{};
};

/// What the case and the person who fills it in say about a new form.
struct FormWishes {
    ItemId item;
    CaseId case_id;
    UnitRef unit;
    std::vector<PersonId> subjects;
    std::vector<UnitRef> taking_part;  ///< other units of the case
    std::vector<NamedAgency> with;     ///< to be on the form in any case
    std::vector<UnitId> without;       ///< unticked
    Categories also_about;
    Categories not_about;
    Instant now;
    Instant not_before;  ///< `Instant{}`: now
    Instant not_after;   ///< `Instant{}`: as the template says
    std::optional<Reach> reach{};
};

/// Fills a form from a template: agencies of the case that the service model works with, in both
/// directions, less what is unticked. Nothing is checked here; see `gaps_in`. Pure.
FilledForm fill_form(const ConsentTemplate& row, std::uint32_t table, const FormWishes& wishes);

/// The same day of the month so many months later, or that month's last.
Date months_after(Date date, unsigned months);

/// The agencies of a form beside its own unit; sorted.
std::vector<UnitId> agencies_of(const FilledForm& form);

/// One byte of format, then the members in order. Lossless; equal forms have equal bytes.
Bytes encode_form(const FilledForm& form);

/// Errors: `truncated`, `limit_exceeded`, `malformed` for anything that `encode_form` does not
/// write, `trailing_bytes`; `unsupported_version` for a newer format.
Result<FilledForm> decode_form(ByteView bytes);

/// As text for a field of an item: letters and digits with a checksum.
std::string form_to_text(const FilledForm& form);

/// Errors: as `decode_form`, and `malformed` naming a wrong letter or checksum.
Result<FilledForm> form_from_text(std::string_view text);

/// What every signature names, so that it is for this page and no other.
Hash form_hash(const Hasher& hasher, const FilledForm& form);

/// The beginning of the hash as it stands on the page: eight digits in two groups, "3fa9-4c01".
std::string form_code(const Hash& hash);

}  // namespace samsyn
