#include "client-sdk/agent/operations_showing.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::int64_t minutes_usual = 120;
constexpr std::int64_t minutes_most = std::chrono::minutes{ShowMode::longest}.count();

/// Not there under this name; any other error counts.
template <class IdType>
Result<std::optional<IdType>> if_found(Result<IdType> id) {
    if (id) return std::optional{*id};
    if (id.error().code == Errc::not_found) return std::optional<IdType>{};
    return std::unexpected{id.error()};
}

/// Names the onlooker as the presenter did, whatever the device calls them.
Result<Onlooker> colleague_or_person(Call& call,
                                     const CaseId& case_id,
                                     std::string_view argument,
                                     const std::string& text) {
    const auto user = SAMSYN_TRY(if_found(call.names.user(argument, text)));
    // A whole id that is a user's is nobody else's.
    if (user && to_hex(*user) == text) return call.showing.colleague(*user, text);
    const auto person = SAMSYN_TRY(if_found(call.names.person(case_id, argument, text)));
    if (user && person) return fail(Errc::ambiguous, argument);
    if (user) return call.showing.colleague(*user, text);
    if (person) return call.showing.person(case_id, *person, text);
    return fail(Errc::not_found, argument);
}

/// A guest may be a person of the case whom a consent names; else sees what any guest may.
Result<Onlooker> guest(Call& call,
                       const CaseId& case_id,
                       std::string_view argument,
                       const std::string& text) {
    const auto person = SAMSYN_TRY(if_found(call.names.person(case_id, argument, text)));
    if (!person) return ShowMode::guest(text);
    return call.showing.person(case_id, *person, text, ViewerKind::guest);
}

Result<Onlooker> agent(Call& call,
                       const CaseId& case_id,
                       std::string_view argument,
                       const std::string& text) {
    const PersonId person = SAMSYN_TRY(call.names.person(case_id, argument, text));
    return call.showing.person(case_id, person, text, ViewerKind::mandate_holder);
}

using Naming = Result<Onlooker> (*)(Call&, const CaseId&, std::string_view, const std::string&);

}  // namespace

Result<Onlooker> onlooker_of(Call& call, const CaseId& case_id) {
    const std::string who = SAMSYN_TRY(call.args.text("who"));
    const std::string name = SAMSYN_TRY(clean_text(who, "who"));
    const std::string as = SAMSYN_TRY(call.args.text_or("as", "colleague_or_person"));
    const Naming naming = as == "guest"                 ? &guest
                          : as == "agent"               ? &agent
                          : as == "colleague_or_person" ? &colleague_or_person
                                                        : nullptr;
    if (naming == nullptr) return fail(Errc::invalid_argument, "as");
    Onlooker onlooker = SAMSYN_TRY(naming(call, case_id, "who", name));
    onlooker.remote = SAMSYN_TRY(call.args.boolean_or("remote", false));
    return onlooker;
}

json to_json(const ShowMode::Preview& preview) {
    return json::object({{"name", preview.name},
                         {"disappearing", preview.disappearing},
                         {"remaining", preview.remaining}});
}

namespace {

Result<void> add_all(Call& call,
                     const CaseId& case_id,
                     std::string_view argument,
                     Naming naming,
                     std::vector<Onlooker>& people) {
    for (const std::string& text : SAMSYN_TRY(call.args.texts(argument))) {
        const std::string name = SAMSYN_TRY(clean_text(text, argument));
        people.push_back(SAMSYN_TRY(naming(call, case_id, argument, name)));
        people.back().remote = argument == "remote";
    }
    return {};
}

std::string_view kind_key(const Onlooker& onlooker) {
    const auto* const viewer = std::get_if<Viewer>(&onlooker.who);
    if (viewer == nullptr) return "colleague";
    switch (viewer->kind) {
        case ViewerKind::subject:
            return "subject";
        case ViewerKind::guardian:
            return "guardian";
        case ViewerKind::mandate_holder:
            return "mandate_holder";
        case ViewerKind::guest:
            return "guest";
    }
    return "unknown";
}

json onlooker_json(const Onlooker& onlooker) {
    return json::object(
        {{"name", onlooker.name}, {"as", kind_key(onlooker)}, {"remote", onlooker.remote}});
}

// --- For everybody's eyes ------------------------------------------------------------------------

/// The page has the same form whether or not there is more than it shows.
json shown_json(const ShowMode::Shown& shown) {
    json items = json::array();
    for (const PageItem& item : shown.page.items)
        items.push_back(json::object({{"title", item.title}, {"lines", item.lines}}));
    return json::object({{"items", std::move(items)},
                         {"number", shown.number},
                         {"pages", shown.pages},
                         {"look_again", to_json(shown.valid_until)},
                         {"neutral_text", neutral_text.en},
                         {"neutral_text_sv", neutral_text.sv}});
}

Result<json> page(Call& call) {
    const auto number = SAMSYN_TRY(call.args.integer_or("number", 1, INT32_MAX, 1));
    const auto shown =
        SAMSYN_TRY(call.showing.page(static_cast<std::size_t>(number), call.clock.now()));
    return json::object({{"page", shown_json(shown)}});
}

// --- For the presenter alone ---------------------------------------------------------------------

Result<json> open(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    std::vector<Onlooker> people;
    SAMSYN_TRY(add_all(call, case_id, "with", &colleague_or_person, people));
    SAMSYN_TRY(add_all(call, case_id, "remote", &colleague_or_person, people));
    SAMSYN_TRY(add_all(call, case_id, "agents", &agent, people));
    SAMSYN_TRY(add_all(call, case_id, "guests", &guest, people));
    const auto minutes =
        SAMSYN_TRY(call.args.integer_or("minutes", 1, minutes_most, minutes_usual));
    const std::string language = SAMSYN_TRY(call.args.text_or("language", "en"));
    if (language != "sv" && language != "en") return fail(Errc::invalid_argument, "language");
    const Instant now = call.clock.now();
    SAMSYN_TRY(call.showing.begin(case_id,
                                  std::move(people),
                                  now + std::chrono::minutes{minutes},
                                  language == "sv" ? PageLanguage::swedish : PageLanguage::english,
                                  now));
    return page(call);
}

Result<json> status(Call& call) {
    const Gathering* const gathering = call.showing.gathering(call.clock.now());
    json result = json::object({{"showing", gathering != nullptr}});
    if (gathering == nullptr) return result;
    result["case"] = call.names.describe(call.showing.case_id());
    result["present"] = json::array();
    for (const Onlooker& each : gathering->present())
        result["present"].push_back(onlooker_json(each));
    const auto& at_door = gathering->at_door();
    result["at_door"] = at_door ? onlooker_json(*at_door) : json{};
    result["asking"] = gathering->asking();
    result["closed"] = gathering->closed();
    result["until"] = to_json(gathering->until());
    return result;
}

Result<json> arrive(Call& call) {
    const Instant now = call.clock.now();
    if (call.showing.gathering(now) == nullptr) return fail(Errc::not_found, "nothing is shown");
    Onlooker newcomer = SAMSYN_TRY(onlooker_of(call, call.showing.case_id()));
    const auto preview = SAMSYN_TRY(call.showing.arrive(std::move(newcomer), now));
    return json::object({{"preview", to_json(preview)}});
}

Result<json> preview(Call& call) {
    const auto preview = SAMSYN_TRY(call.showing.preview(call.clock.now()));
    return json::object({{"preview", to_json(preview)}});
}

template <Result<void> (ShowMode::*choice)(Instant)>
Result<json> choose(Call& call) {
    SAMSYN_TRY((call.showing.*choice)(call.clock.now()));
    return status(call);
}

Result<json> leave(Call& call) {
    const std::string who = SAMSYN_TRY(call.args.text("who"));
    const std::string name = SAMSYN_TRY(clean_text(who, "who"));
    SAMSYN_TRY(call.showing.leave(name, call.clock.now()));
    return status(call);
}

constexpr Operation operations[] = {
    {"show.open", &open, false, "case", "with remote agents guests minutes language"},
    {"show.page", &page, false, "", "number"},
    {"show.status", &status, false, ""},
    {"show.arrive", &arrive, false, "who", "as remote"},
    {"show.preview", &preview, false, ""},
    {"show.admit", &choose<&ShowMode::admit>, false, ""},
    {"show.wait", &choose<&ShowMode::wait>, false, ""},
    {"show.close_first", &choose<&ShowMode::close_first>, false, ""},
    {"show.close", &choose<&ShowMode::close>, false, ""},
    {"show.reopen", &choose<&ShowMode::reopen>, false, ""},
    {"show.leave", &leave, false, "who"},
    {"show.end", &choose<&ShowMode::end>, false, ""},
};

}  // namespace

std::span<const Operation> showing_operations() {
    return operations;
}

}  // namespace samsyn
