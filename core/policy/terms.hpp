#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace samsyn {

// The enumerations that statements and decisions speak in. Numbers are stable.

/// A person's profession or function, certified by the organisation. Consents may name one.
enum class Role : std::uint8_t {
    none,
    psychologist,
    social_worker,
    nurse,
    family_advocate,
    crisis_worker,
    case_officer,
    coordinating_officer,
    principal,
    school_counsellor,
    school_nurse,
    teacher,
    child_psychiatrist,
    clinician,
    barnahus_coordinator,
    contact_person,
    head_of_unit,
    administrator,
    log_reviewer,
    last = log_reviewer,
};

/// What a participant does in one case.
enum class Duty : std::uint8_t { member, coordinator, lead, last = lead };

/// The service models of domain.md.
enum class ServiceModel : std::uint8_t {
    famsam,
    samba,
    familjelotsen,
    familjesupporten,
    network_team,
    familjecentral,
    ungdomsmottagning,
    barnahus,
    last = barnahus,
};

enum class Capacity : std::uint8_t {
    self,
    guardian,
    representative,
    special_representative,
    last = special_representative
};

/// Codes of the statute table; numbers 0 to 999 are general, larger ones are measures.
enum class Purpose : std::uint16_t {
    coordination = 0,
    identifying_statistics = 1,
    aggregate_statistics = 2
};

enum class Action : std::uint8_t {
    read,
    show_in_meeting,
    contribute,
    copy_to_own_record,
    keep_offline,
    last = keep_offline
};

/// A set of actions; bit n is `Action` n.
struct Actions {
    std::uint8_t bits = 0;

    static constexpr std::uint8_t known = (2U << static_cast<unsigned>(Action::last)) - 1U;

    constexpr void insert(Action action) {
        bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(action));
    }

    constexpr bool contains(Action action) const {
        return (bits >> static_cast<unsigned>(action) & 1U) != 0;
    }

    friend bool operator==(const Actions&, const Actions&) = default;
};

/// How far back a consent opens (DESIGN.md, "Keys").
enum class Reach : std::uint8_t { from_now, present, history, last = history };

/// Why a guardian cannot be asked now.
enum class PreventedCause : std::uint8_t { unreachable, abroad, ill, other, last = other };

/// How somebody was told.
enum class InformedHow : std::uint8_t {
    in_person,
    by_phone,
    by_letter,
    electronically,
    last = electronically
};

/// Protected identity of a person (domain.md, "Legal frame").
enum class ProtectionKind : std::uint8_t {
    secrecy_marking,         ///< sekretessmarkering: named staff only
    protected_registration,  ///< skyddad folkbokföring: no real address is stored at all
    hidden_existence,        ///< that the case exists is hidden
    last = hidden_existence,
};

enum class ReviewOutcome : std::uint8_t {
    in_order,
    to_look_into,
    unfounded_read,
    last = unfounded_read
};

/// Who looks, beside the user who shows (consent-rules.md, "Requester").
enum class ViewerKind : std::uint8_t { subject, guardian, mandate_holder, guest, last = guest };

enum class ConsentForm : std::uint8_t { written, oral, electronic, last = electronic };

/// The stable English word of a term, as in commands and JSON, and back.
std::string_view key_of(Role role);
std::optional<Role> find_role(std::string_view key);
std::string_view key_of(ServiceModel model);
std::optional<ServiceModel> find_service_model(std::string_view key);
std::string_view key_of(Action action);
std::optional<Action> find_action(std::string_view key);
std::string_view key_of(Reach reach);
std::optional<Reach> find_reach(std::string_view key);
std::string_view key_of(ConsentForm form);
std::optional<ConsentForm> find_consent_form(std::string_view key);
std::string_view key_of(Duty duty);
std::optional<Duty> find_duty(std::string_view key);

}  // namespace samsyn
