#include "core/policy/terms.hpp"

#include <array>

namespace samsyn {

namespace {

// One list of keys for each enumeration, in the order of its numbers.

constexpr std::array<std::string_view, 19> role_keys = {"none",
                                                        "psychologist",
                                                        "social_worker",
                                                        "nurse",
                                                        "family_advocate",
                                                        "crisis_worker",
                                                        "case_officer",
                                                        "coordinating_officer",
                                                        "principal",
                                                        "school_counsellor",
                                                        "school_nurse",
                                                        "teacher",
                                                        "child_psychiatrist",
                                                        "clinician",
                                                        "barnahus_coordinator",
                                                        "contact_person",
                                                        "head_of_unit",
                                                        "administrator",
                                                        "log_reviewer"};

constexpr std::array<std::string_view, 8> service_model_keys = {"famsam",
                                                                "samba",
                                                                "familjelotsen",
                                                                "familjesupporten",
                                                                "network_team",
                                                                "familjecentral",
                                                                "ungdomsmottagning",
                                                                "barnahus"};

constexpr std::array<std::string_view, 5> action_keys = {
    "read", "show_in_meeting", "contribute", "copy_to_own_record", "keep_offline"};

constexpr std::array<std::string_view, 3> reach_keys = {"from_now", "present", "history"};

constexpr std::array<std::string_view, 3> consent_form_keys = {"written", "oral", "electronic"};

constexpr std::array<std::string_view, 3> duty_keys = {"member", "coordinator", "lead"};

template <class Enum, std::size_t Size>
std::string_view key_in(const std::array<std::string_view, Size>& keys, Enum value) {
    static_assert(Size == static_cast<std::size_t>(Enum::last) + 1);
    const auto number = static_cast<std::size_t>(value);
    return number < Size ? keys[number] : "unknown";
}

template <class Enum, std::size_t Size>
std::optional<Enum> find_in(const std::array<std::string_view, Size>& keys, std::string_view key) {
    for (std::size_t number = 0; number < Size; ++number)
        if (keys[number] == key) return static_cast<Enum>(number);
    return {};
}

}  // namespace

std::string_view key_of(Role role) {
    return key_in(role_keys, role);
}

std::optional<Role> find_role(std::string_view key) {
    return find_in<Role>(role_keys, key);
}

std::string_view key_of(ServiceModel model) {
    return key_in(service_model_keys, model);
}

std::optional<ServiceModel> find_service_model(std::string_view key) {
    return find_in<ServiceModel>(service_model_keys, key);
}

std::string_view key_of(Action action) {
    return key_in(action_keys, action);
}

std::optional<Action> find_action(std::string_view key) {
    return find_in<Action>(action_keys, key);
}

std::string_view key_of(Reach reach) {
    return key_in(reach_keys, reach);
}

std::optional<Reach> find_reach(std::string_view key) {
    return find_in<Reach>(reach_keys, key);
}

std::string_view key_of(ConsentForm form) {
    return key_in(consent_form_keys, form);
}

std::optional<ConsentForm> find_consent_form(std::string_view key) {
    return find_in<ConsentForm>(consent_form_keys, key);
}

std::string_view key_of(Duty duty) {
    return key_in(duty_keys, duty);
}

std::optional<Duty> find_duty(std::string_view key) {
    return find_in<Duty>(duty_keys, key);
}

}  // namespace samsyn
