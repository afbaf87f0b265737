#include "client-sdk/cli/session.hpp"

#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/watching.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t short_id_digits = 8;

std::string to_text(const json& object) {
    return escaped_json(object.dump(-1, ' ', false, json::error_handler_t::replace));
}

void print_error(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void show_json(const json& result) {
    print(to_text(result) + "\n");
}

int exit_code_of(std::string_view error_code) {
    if (error_code == "locked") return exit_locked;
    if (error_code == "invalid_argument") return exit_usage;
    constexpr std::string_view offline[] = {"unreachable",
                                            "link_lost",
                                            "timed_out",
                                            "login_page",
                                            "proxy_refused",
                                            "proxy_login",
                                            "proxy_failed",
                                            "tls_opened",
                                            "upgrade_refused",
                                            "no_tls",
                                            "tls_too_old"};
    const bool is_offline = std::ranges::find(offline, error_code) != std::end(offline);
    return is_offline ? exit_unreachable : exit_failed;
}

int show_error(const Session& session, const json& error) {
    const std::string code = text_in(error, "code");
    if (session.json) {
        print(to_text(json::object({{"error", error}})) + "\n");
        return exit_code_of(code);
    }
    std::string text = "samsyn: " + escaped(text_in(error, "message"));
    const std::string context = escaped(text_in(error, "context"));
    const std::string why = reason_in(session, error);
    if (!why.empty())
        text.append(": ").append(escaped(why));
    else if (!context.empty())
        text.append(" (").append(context).append(")");
    text.append("\n");
    for (const json& candidate : error.value("candidates", json::array()))
        text.append("  ")
            .append(short_id(text_in(candidate, "id")))
            .append("  ")
            .append(escaped(text_in(candidate, "name")))
            .append("\n");
    const std::string hint = escaped(local_in(session, error, "hint"));
    if (!hint.empty()) text.append("  ").append(hint).append("\n");
    print_error(text);
    return exit_code_of(code);
}

int show_error(const Session& session, const Error& error) {
    json object = error_to_json(error);
    const bool no_device = error.code == Errc::not_found;
    if (no_device && error.context != "file") {
        object["hint"] =
            "There is no device in this folder. Run `samsyn enrol`, or name another "
            "folder with --data.";
        object["hint_sv"] =
            "Det finns ingen enhet i mappen. Kör `samsyn enrol` eller ange en "
            "annan mapp med --data.";
    }
    return show_error(session, object);
}

int ask(const Session& session,
        AgentClient& agent,
        std::string_view operation,
        const json& args,
        json& result) {
    auto answer = agent.call(operation, args);
    if (!answer) return show_error(session, error_to_json(answer.error()));
    if (!answer->value("ok", false))
        return show_error(session, answer->value("error", json::object()));
    result = std::move((*answer)["result"]);
    return exit_ok;
}

int perform(const Session& session, std::string_view operation, const json& args, Printer printer) {
    if (session.watches) return watch(session, operation, args, printer);
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json result;
    if (const int code = ask(session, *agent, operation, args, result); code != exit_ok)
        return code;
    if (session.json)
        show_json(result);
    else
        printer(session, result);
    return exit_ok;
}

std::string text_in(const json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string short_id(std::string_view id) {
    return std::string{id.substr(0, short_id_digits)};
}

std::string name_of(const json& named) {
    const std::string name = text_in(named, "name");
    return name.empty() ? short_id(text_in(named, "id")) : name;
}

std::string name_in(const json& object, const char* key) {
    return object.is_object() && object.contains(key) ? name_of(object[key]) : std::string{};
}

std::string names_in(const json& object, const char* key) {
    std::string text;
    for (const json& each : object.value(key, json::array()))
        text.append(text.empty() ? "" : ", ")
            .append(each.is_object() ? name_of(each) : each.get<std::string>());
    return text;
}

std::string local_in(const Session& session, const json& object, const char* key) {
    std::string swedish = text_in(object, (std::string{key} + "_sv").c_str());
    if (session.language == Language::swedish && !swedish.empty()) return swedish;
    return text_in(object, key);
}

std::string reason_in(const Session& session, const json& error) {
    const json reason = error.value("reason", json::object());
    return text_in(reason, session.language == Language::swedish ? "sv" : "en");
}

std::string local_time_in(const json& object, const char* key) {
    std::string iso = text_in(object, key);
    if (iso.size() != 20) return iso;
    const auto date = date_from_text(std::string_view{iso}.substr(0, 10));
    if (!date) return iso;
    const auto two = [&](std::size_t at) { return (iso[at] - '0') * 10 + (iso[at + 1] - '0'); };
    const std::chrono::seconds clock{two(11) * 3600 + two(14) * 60 + two(17)};
    return to_local_text(Instant{date->day + clock});
}

}  // namespace samsyn
