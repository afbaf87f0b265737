#include "client-sdk/agent/vault_operations.hpp"

#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_arguments.hpp"
#include "client-sdk/agent/secret_text.hpp"
#include "core/base/codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::string_view idle_name = "lock_after_minutes";
constexpr std::uint16_t never = 0;

/// The text of an argument, which stays the caller's to wipe.
Result<std::string_view> text_argument(const json& args, const char* key) {
    const auto found = args.find(key);
    if (found == args.end() || !found->is_string()) return fail(Errc::invalid_argument, key);
    return std::string_view{found->get_ref<const std::string&>()};
}

/// Refuses arguments that the operation does not know.
Result<void> only(const json& args, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : args.items())
        if (std::ranges::find(known, key) == known.end()) return fail(Errc::invalid_argument, key);
    return {};
}

std::string_view name_of(HelperKind kind) {
    return kind == HelperKind::case_lead ? "case_lead" : "administrator";
}

}  // namespace

json to_json(const VaultStatus& status) {
    json slots = json::array();
    if (status.has_phrase) slots.push_back("phrase");
    if (status.has_pin) slots.push_back("pin");
    if (status.assisted_case_leads > 0) slots.push_back("assisted");
    return {{"state", status.state == VaultState::ready ? "ready" : "creating"},
            {"slots", slots},
            {"pin_needs_server", status.pin_needs_server},
            {"pin_pending", status.pin_pending},
            {"pin_erased", status.pin_erased},
            {"pin_tries_left", status.pin_tries_left},
            {"wrong_phrases", status.wrong_phrases},
            {"assisted_case_leads", status.assisted_case_leads},
            {"assisted_administrators", status.assisted_administrators},
            {"healed", status.healed}};
}

std::optional<json> VaultOperations::run(std::string_view operation, const json& args) {
    Result<json> result;
    if (operation == "pin.change")
        result = change_pin(args);
    else if (operation == "phrase.new")
        result = new_phrase();
    else if (operation == "phrase.change")
        result = change_phrase(args);
    else if (operation == "lock.after")
        result = lock_after(args);
    else if (operation == "assist.answer")
        result = answer_helper(args);
    else
        return std::nullopt;
    if (result) return ok_answer(*std::move(result));
    return json::object({{"ok", false}, {"error", error_to_json(result.error())}});
}

bool VaultOperations::writes(std::string_view operation) {
    return operation == "pin.change" || operation == "lock.after";
}

Result<json> VaultOperations::change_pin(const json& args) {
    SAMSYN_TRY(only(args, {"pin"}));
    const std::string_view pin = SAMSYN_TRY(text_argument(args, "pin"));
    SAMSYN_TRY(vault_.change_pin(pin));
    return to_json(vault_.status());
}

Result<json> VaultOperations::new_phrase() {
    std::string text = Phrase::random().text();
    json result = json::object({{"phrase", text}});
    wipe_text(text);
    return result;
}

Result<json> VaultOperations::change_phrase(const json& args) {
    SAMSYN_TRY(only(args, {"phrase"}));
    const std::string_view text = SAMSYN_TRY(text_argument(args, "phrase"));
    const auto phrase = SAMSYN_TRY(Phrase::parse(text));
    SAMSYN_TRY(vault_.change_phrase(phrase));
    return to_json(vault_.status());
}

std::optional<std::chrono::milliseconds> VaultOperations::idle_max() {
    const auto stored = device_.host_value(idle_name);
    if (!stored || !*stored) return idle_default;
    Reader in{**stored};
    const auto minutes = in.number<std::uint16_t>("minutes");
    if (!minutes) return idle_default;
    if (*minutes == never) return std::nullopt;
    return std::chrono::minutes{*minutes};
}

Result<json> VaultOperations::lock_after(const json& args) {
    SAMSYN_TRY(only(args, {"minutes"}));
    if (const auto found = args.find("minutes"); found != args.end()) {
        const bool for_ever = *found == "never";
        const auto minutes = found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
        const bool fits = minutes >= 1 && minutes <= static_cast<std::uint64_t>(idle_limit.count());
        if (!for_ever && !fits)
            return fail(Errc::invalid_argument, "minutes: 1 to 720, or \"never\"");
        Writer out;
        out.number(for_ever ? never : static_cast<std::uint16_t>(minutes));
        SAMSYN_TRY(device_.put_host_value(idle_name, out.view()));
    }
    const auto limit = idle_max();
    json result = json::object();
    if (limit)
        result["minutes"] = std::chrono::duration_cast<std::chrono::minutes>(*limit).count();
    else
        result["minutes"] = "never";
    return result;
}

json VaultOperations::describe(const AssistedRequest& request) {
    json shown = {{"device", to_hex(request.device)}, {"kind", name_of(request.kind)}};
    for (const DeviceView& device : device_.devices()) {
        if (device.id != request.device) continue;
        json user = {{"id", to_hex(device.user)}, {"name", ""}};
        for (const UserView& each : device_.users())
            if (each.id == device.user) user["name"] = each.name;
        shown["user"] = std::move(user);
        shown["revoked"] = device.revoked;
    }
    return shown;
}

/// Two steps: first the number to compare and whose device it is; then, with the number that the
/// other person read out, the answer.
Result<json> VaultOperations::answer_helper(const json& args) {
    SAMSYN_TRY(only(args, {"request", "number"}));
    const std::string_view text = SAMSYN_TRY(text_argument(args, "request"));
    const auto request = SAMSYN_TRY(assisted_request_from_text(text));
    json shown = describe(request);
    if (!shown.contains("user")) return fail(Errc::not_found, "device of the request");
    if (shown["revoked"] == true) return fail(Errc::revoked_device, "device of the request");
    const std::string number = SAMSYN_TRY(comparison_number(request, hash_));
    const auto given = args.find("number");
    if (given == args.end()) {
        shown["number"] = number;
        return shown;
    }
    const auto digits = [](std::string of) {
        std::erase_if(of, [](char c) { return c < '0' || c > '9'; });
        return of;
    };
    if (!given->is_string() || digits(given->get<std::string>()) != digits(number))
        return fail(Errc::not_authentic, "number: the request was changed on its way");
    shown["answer"] = SAMSYN_TRY(answer_assisted(request, vault_.contents().sealing_secrets));
    return shown;
}

}  // namespace samsyn
