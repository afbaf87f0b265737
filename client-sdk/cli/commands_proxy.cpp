#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/secret_input.hpp"
#include "client-sdk/net/proxy.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

std::string proxy_mode_text(const Session& session, const json& result) {
    const std::string mode = text_in(result, "mode");
    if (mode == "off") return session.say("none: directly", "ingen: direkt");
    if (mode != "set") return session.say("as the environment says", "som miljön säger");
    std::string text = text_in(result, "address");
    if (const std::string user = text_in(result, "user"); !user.empty())
        text += session.say(", as ", ", som ") + user;
    if (result.value("has_password", false))
        text += session.say(" with a password", " med lösenord");
    return text;
}

void print_proxy(const Session& session, const json& result) {
    Table table{{session.say("proxy", "proxy"), proxy_mode_text(session, result)}};
    const json environment = result.value("environment", json::object());
    for (const auto& [key, name] :
         {std::pair{"https_proxy", "HTTPS_PROXY"}, std::pair{"no_proxy", "NO_PROXY"}})
        if (const std::string value = text_in(environment, key); !value.empty())
            table.add({name, value});
    if (const std::string server = text_in(result, "server"); !server.empty()) {
        const json way = result.value("way", json{});
        const std::string proxy = text_in(way, "proxy");
        table.add({session.say("the way to ", "vägen till ") + server,
                   !way.is_object() ? session.say("none", "ingen")
                   : proxy.empty()  ? session.say("directly", "direkt")
                                    : session.say("through ", "genom ") + proxy});
    }
    print(table.to_string());
    const json error = result.value("error", json{});
    if (error.is_object())
        print(escaped(text_in(error, "context")) + "\n" +
              escaped(local_in(session, error, "hint")) + "\n");
}

/// The password that belongs to a user: from a descriptor or the terminal, never from the command
/// line, where everybody on the machine could read it.
Result<SecretText> proxy_password(const Session& session, const json& args) {
    if (args.contains("password_fd")) return read_secret(args["password_fd"].get<int>());
    return ask_secret(session.say("Password for the proxy: ", "Lösenord till proxyn: "),
                      TypedAs::password);
}

int refuse_typed_password(const Session& session) {
    json error = error_to_json({Errc::invalid_argument, "address: a password"});
    error["hint"] =
        "Nothing was set. A password on the command line can be read by others and stays in the "
        "history: change it, then give the user with --user; the password is asked for, or read "
        "from --password-fd.";
    error["hint_sv"] =
        "Inget har ställts in. Ett lösenord på kommandoraden kan läsas av andra och finns kvar i "
        "historiken: byt det och ange sedan användaren med --user; lösenordet frågas efter eller "
        "läses från --password-fd.";
    return show_error(session, error);
}

int run_proxy_set(const Session& session, const json& args) {
    const auto proxy = parse_proxy(text_in(args, "address"));
    if (!proxy) return show_error(session, error_to_json(proxy.error()));
    if (!proxy->password.empty()) return refuse_typed_password(session);
    json asked = {{"address", "http://" + to_string(proxy->address)}};
    const std::string user = args.contains("user") ? text_in(args, "user") : proxy->user;
    if (!user.empty()) {
        const auto password = proxy_password(session, args);
        if (!password) return show_error(session, error_to_json(password.error()));
        asked["user"] = user;
        asked["password"] = std::string{password->view()};
    }
    const int code = perform(session, "proxy.set", asked, &print_proxy);
    wipe_strings(asked);
    return code;
}

}  // namespace

void add_proxy_commands(CLI::App& app, Session& session) {
    CLI::App& proxy =
        group(app, "proxy", "The network's proxy between this device and its server.");
    Command{proxy,
            session,
            "show",
            "Shows the way to the server, and who chose it.",
            "samsyn proxy show"}
        .asks("proxy.show", &print_proxy);
    Command{proxy,
            session,
            "set",
            "Reaches the server through this proxy, whatever the environment says.",
            "samsyn proxy set http://proxy.nora.example:3128 --user kalle"}
        .needs("address", "address", "http://host:port")
        .text("--user", "user", "Name to show; its password is asked for")
        .number("--password-fd", "password_fd", "Read the password from this descriptor, one line")
        .runs([&session](const json& args) { return run_proxy_set(session, args); });
    Command{proxy,
            session,
            "off",
            "Reaches the server directly, whatever the environment says.",
            "samsyn proxy off"}
        .asks("proxy.off", &print_proxy);
    Command{proxy,
            session,
            "auto",
            "Takes the way that HTTPS_PROXY and NO_PROXY name; so it is at the start.",
            "samsyn proxy auto"}
        .asks("proxy.auto", &print_proxy);
}

}  // namespace samsyn
