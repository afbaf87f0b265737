#include "client-sdk/cli/command.hpp"

#include <iostream>
#include <iterator>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t stdin_bytes_max = 64 * 1024;

/// "-" means: read it from standard input.
std::string text_or_stdin(const std::string& text) {
    if (text != "-") return text;
    std::string input(stdin_bytes_max + 1, '\0');
    std::cin.read(input.data(), static_cast<std::streamsize>(input.size()));
    input.resize(static_cast<std::size_t>(std::cin.gcount()));
    if (input.size() > stdin_bytes_max)
        throw CLI::ValidationError{"-", "standard input is longer than a value may be"};
    while (input.ends_with('\n')) input.pop_back();
    return input;
}

json to_object(const std::vector<std::string>& pairs) {
    json object = json::object();
    for (const std::string& pair : pairs) {
        const std::size_t end = pair.find('=');
        if (end == std::string::npos || end == 0)
            throw CLI::ValidationError{"key=value", "'" + escaped(pair) + "' has no key or no '='"};
        const std::string value = pair.substr(end + 1);
        json next = value.empty() ? json{} : json(value);
        const std::string key = pair.substr(0, end);
        if (!object.contains(key)) {
            object[key] = std::move(next);
        } else {  // a key that comes again names another element of a set
            if (!object[key].is_array()) object[key] = json::array({object[key]});
            object[key].push_back(std::move(next));
        }
    }
    return object;
}

}  // namespace

CLI::App& group(CLI::App& parent, const std::string& name, const std::string& description) {
    CLI::App* app = parent.add_subcommand(name, description);
    app->require_subcommand(1);
    return *app;
}

Command::Command(CLI::App& parent,
                 Session& session,
                 const std::string& name,
                 const std::string& description,
                 const std::string& example)
    : app_(parent.add_subcommand(name, description)),
      session_(session),
      bound_(std::make_shared<std::vector<std::unique_ptr<Bound>>>()) {
    app_->footer("Example:\n  " + example);
}

Command::Bound& Command::bind(Kind kind, std::string key) {
    bound_->push_back(
        std::make_unique<Bound>(Bound{kind, std::move(key), nullptr, {}, {}, 0, false}));
    return *bound_->back();
}

Command& Command::text(const std::string& spec, std::string key, const std::string& description) {
    Bound& bound = bind(Kind::text, std::move(key));
    bound.option = app_->add_option(spec, bound.text, description);
    return *this;
}

Command& Command::needs(const std::string& spec, std::string key, const std::string& description) {
    return text(spec, std::move(key), description).required();
}

Command& Command::of_case() {
    return needs("case", "case", case_help);
}

Command& Command::texts(const std::string& spec, std::string key, const std::string& description) {
    Bound& bound = bind(Kind::texts, std::move(key));
    bound.option = app_->add_option(spec, bound.texts, description);
    // One value an occurrence, so that what follows stays a positional.
    if (spec.starts_with('-')) bound.option->allow_extra_args(false);
    return *this;
}

Command& Command::number(const std::string& spec, std::string key, const std::string& description) {
    Bound& bound = bind(Kind::number, std::move(key));
    bound.option = app_->add_option(spec, bound.number, description);
    return *this;
}

Command& Command::flag(const std::string& spec, std::string key, const std::string& description) {
    Bound& bound = bind(Kind::flag, std::move(key));
    bound.option = app_->add_flag(spec, bound.flag, description);
    return *this;
}

Command& Command::pairs(const std::string& spec, std::string key, const std::string& description) {
    Bound& bound = bind(Kind::pairs, std::move(key));
    bound.option = app_->add_option(spec, bound.texts, description);
    if (spec.starts_with('-')) bound.option->allow_extra_args(false);
    return *this;
}

Command& Command::required() {
    bound_->back()->option->required();
    return *this;
}

json Command::arguments(const std::vector<std::unique_ptr<Bound>>& all) {
    json args = json::object();
    for (const auto& bound : all) {
        if (bound->option->count() == 0) continue;
        switch (bound->kind) {
            case Kind::text:
                args[bound->key] = text_or_stdin(bound->text);
                break;
            case Kind::texts:
                args[bound->key] = bound->texts;
                break;
            case Kind::number:
                args[bound->key] = bound->number;
                break;
            case Kind::flag:
                args[bound->key] = bound->flag;
                break;
            case Kind::pairs:
                args[bound->key] = to_object(bound->texts);
                break;
        }
    }
    return args;
}

void Command::runs(std::function<int(const json& args)> run, bool can_be_watched) {
    app_->callback(
        [app = app_, &session = session_, bound = bound_, run = std::move(run), can_be_watched] {
            if (!app->get_subcommands().empty()) return;  // it has said what to do
            session.can_be_watched = can_be_watched;
            session.command = [args = arguments(*bound), run] { return run(args); };
        });
}

void Command::asks(std::string operation, Printer printer) {
    runs([&session = session_, operation = std::move(operation), printer](
             const json& args) { return perform(session, operation, args, printer); },
         true);
}

}  // namespace samsyn
