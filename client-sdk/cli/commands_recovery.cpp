#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/print_shares.hpp"
#include "client-sdk/cli/share_input.hpp"
#include "core/base/system_clock.hpp"
#include "core/model/local_date.hpp"
#include "crypto/keys/sodium.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

// --- samsyn recovery open -----------------------------------------------------------------------

void print_recovered(const Session& session, const json& result) {
    print(session.say("Opened keys: ", "Öppnade nycklar: ") + text_in(result, "keys") +
          session.say(", in compartments: ", ", i fack: ") + text_in(result, "compartments") +
          "\n");
    if (result.value("shut", std::size_t{0}) > 0)
        print(session.say("Left shut, since you may not read them (so far back): ",
                          "Lämnade stängda, du får inte läsa dem (så långt bak): ") +
              text_in(result, "shut") + "\n");
    if (result.value("older", std::size_t{0}) > 0)
        print(session.say("Sealed for another generation of the key: ",
                          "Förseglade för en annan nyckelgeneration: ") +
              text_in(result, "older") + "\n");
    if (result.value("broken", std::size_t{0}) > 0)
        print(session.say("Do not open although they should; tell the server's operator: ",
                          "Går inte att öppna fast de borde; säg till den som sköter servern: ") +
              text_in(result, "broken") + "\n");
    print(
        session.say("The key has been wiped. Run `samsyn sync` now: what these keys open comes "
                    "then.\n",
                    "Nyckeln är raderad. Kör `samsyn sync` nu: det som nycklarna öppnar kommer "
                    "då.\n"));
}

int run_recovery_open(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json key;
    if (const int code = ask(session, *agent, "recovery.check", json::object(), key)) return code;
    const auto terms = terms_in(key);
    if (!terms) return show_error(session, error_to_json(terms.error()));
    auto shares = read_shares(session, args, *terms);
    if (!shares) return show_share_error(session, shares.error());
    json wanted = {{"shares", json::array()}};
    for (const RecoveryShare& share : *shares) {
        std::string text = to_text(share);
        wanted["shares"].push_back(text);
        wipe_text(text);
    }
    shares->clear();
    json result;
    const int code = ask(session, *agent, "recovery.open", wanted, result);
    wipe_strings(wanted);
    if (code != exit_ok) return code;
    if (session.json)
        show_json(result);
    else
        print_recovered(session, result);
    return exit_ok;
}

// --- samsyn admin recovery make -----------------------------------------------------------------

/// Files that go again unless all of it succeeded: shares of a key that nobody certified.
class SharePages {
public:
    explicit SharePages(std::filesystem::path folder) : folder_(std::move(folder)) {}

    SharePages(const SharePages&) = delete;
    SharePages& operator=(const SharePages&) = delete;

    ~SharePages() {
        if (kept_) return;
        std::error_code ignored;
        for (const auto& path : written_) std::filesystem::remove(path, ignored);
    }

    Result<void> prepare() const {
        std::error_code failed;
        const bool ours = std::filesystem::create_directories(folder_, failed);
        if (!failed && ours)
            std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, failed);
        if (failed) return fail(Errc::system_failed, "folder: " + failed.message());
        return {};
    }

    Result<void> write(const std::string& name, Result<std::string> content) {
        if (!content) return std::unexpected{content.error()};
        const auto path = folder_ / name;
        const auto done = create_private_file(path, *content);
        wipe_text(*content);
        if (done) written_.push_back(path);
        return done;
    }

    void keep() { kept_ = true; }

    const std::vector<std::filesystem::path>& written() const { return written_; }

private:
    std::filesystem::path folder_;
    std::vector<std::filesystem::path> written_;
    bool kept_ = false;
};

std::string today() {
    return to_local_text(SystemClock{}.now()).substr(0, 10);
}

Result<void> write_pages(SharePages& pages,
                         const NewRecovery& made,
                         const std::string& organisation,
                         const std::vector<std::string>& names) {
    SAMSYN_TRY(pages.prepare());
    for (const RecoveryShare& share : made.shares) {
        const std::size_t index = share.point.x - 1U;
        const SharePage page{.organisation = organisation,
                             .holder = index < names.size() ? names[index] : std::string{},
                             .made = today(),
                             .key = to_hex(made.terms.key.view().first(8)),
                             .holders = static_cast<unsigned>(made.shares.size()),
                             .share = &share};
        const std::string name = "share-" + std::to_string(share.point.x);
        SAMSYN_TRY(pages.write(name + ".pdf", share_pdf(page)));
        SAMSYN_TRY(pages.write(name + ".png", share_png(share)));
    }
    return {};
}

json certify_arguments(const NewRecovery& made) {
    json args = json::object({{"organisation", to_hex(made.terms.organisation)}});
    args["generation"] = made.terms.generation;
    args["needed"] = made.terms.threshold;
    args["key"] = to_hex(made.terms.key);
    args["commitments"] = json::array();
    for (const Hash& commitment : made.terms.commitments)
        args["commitments"].push_back(to_hex(commitment));
    return args;
}

void print_second_person(const Session& session, const json& result) {
    print(session.say("A second person must confirm within 72 hours, or it has no effect. Sync; "
                      "then they see it with `samsyn admin waiting`.\nStatement: ",
                      "En andra person måste bekräfta inom 72 timmar, annars gäller det inte. "
                      "Synka; då ser de det med `samsyn admin waiting`.\nUttalande: ") +
          short_id(text_in(result, "statement")) + "\n");
}

void print_made(const Session& session, const SharePages& pages, const json& result) {
    for (const auto& path : pages.written()) print(escaped(path.string()) + "\n");
    print(session.say("Print each page for its holder, then destroy the files: they are the key.\n",
                      "Skriv ut varje sida till sin innehavare och förstör sedan filerna: de är "
                      "nyckeln.\n"));
    print_second_person(session, result);
}

int run_recovery_make(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json next;
    const json whose = {{"organisation", args.value("organisation", "")}};
    if (const int code = ask(session, *agent, "admin.recovery.next", whose, next)) return code;
    const auto organisation =
        id_in<OrganisationId>(next.value("organisation", json::object()), "id");
    if (!organisation) return show_error(session, error_to_json(organisation.error()));

    SodiumRandom random;
    const auto holders = static_cast<unsigned>(std::clamp(args.value("holders", 0), 0, 255));
    const auto needed = static_cast<unsigned>(std::clamp(args.value("needed", 0), 0, 255));
    const auto made = make_recovery(
        *organisation, next.value("generation", std::uint32_t{0}), needed, holders, random);
    if (!made) return show_error(session, error_to_json(made.error()));
    SharePages pages{args.value("out", "")};
    const auto written = write_pages(pages,
                                     *made,
                                     name_in(next, "organisation"),
                                     args.value("holder", std::vector<std::string>{}));
    if (!written) return show_error(session, error_to_json(written.error()));
    // From here on the key may have been signed though we hear nothing of it: the pages stay unless
    // the agent has refused.
    auto answer = agent->call("admin.recovery.certify", certify_arguments(*made));
    if (!answer) {
        pages.keep();
        return show_error(session, error_to_json(answer.error()));
    }
    if (!answer->value("ok", false))
        return show_error(session, answer->value("error", json::object()));
    pages.keep();
    json result = std::move((*answer)["result"]);
    result["files"] = json::array();
    for (const auto& path : pages.written()) result["files"].push_back(path.string());
    if (session.json)
        show_json(result);
    else
        print_made(session, pages, result);
    return exit_ok;
}

// --- samsyn admin recovery prove ----------------------------------------------------------------

/// A box with a key of no use, sealed for the certified key, opens again. Nothing of anybody's is
/// touched, and no device need be permitted.
Result<void> open_test_box(std::span<const RecoveryShare> shares, const RecoveryTerms& terms) {
    SodiumSealer author{SealingKey::generate()};
    const ContentKey key = author.random_key();
    Hash context;
    SodiumRandom{}.fill(context.bytes);
    const Bytes box = SAMSYN_TRY(author.seal_key(terms.key, context, key));
    SealingKey pair = SAMSYN_TRY(open_shares(shares, terms));
    SodiumSealer opener{std::move(pair)};
    const ContentKey again = SAMSYN_TRY(opener.open_key(box, context));
    if (!equal(again.expose(), key.expose())) return fail(Errc::not_authentic, "test box");
    return {};
}

/// The key of the organisation that `wanted` names by name or by the beginning of its id.
Result<json> key_of_organisation(const json& status, const std::string& wanted) {
    for (const json& key : status.value("keys", json::array()))
        if (name_in(key, "organisation") == wanted ||
            (wanted.size() >= 4 &&
             text_in(key.value("organisation", json::object()), "id").starts_with(wanted)))
            return key;
    return fail(Errc::not_found, "recovery key of the organisation");
}

int run_recovery_prove(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json status;
    if (const int code = ask(session, *agent, "recovery.status", json::object(), status))
        return code;
    const auto key = key_of_organisation(status, args.value("organisation", ""));
    if (!key) return show_error(session, error_to_json(key.error()));
    const auto terms = terms_in(*key);
    if (!terms) return show_error(session, error_to_json(terms.error()));
    auto shares = read_shares(session, args, *terms);
    if (!shares) return show_share_error(session, shares.error());
    const auto proven = open_test_box(*shares, *terms);
    json numbers = json::array();
    for (const RecoveryShare& share : *shares) numbers.push_back(share.point.x);
    shares->clear();
    if (!proven) return show_error(session, error_to_json(proven.error()));
    if (session.json)
        show_json({{"proven", true}, {"generation", terms->generation}, {"shares", numbers}});
    else
        print(
            session.say("The shares open a test box. Nothing else was opened, and the key has "
                        "been wiped. Write date and share numbers in the log of drills.\n",
                        "Delarna öppnar en provlåda. Inget annat öppnades, och nyckeln är "
                        "raderad. Skriv datum och delarnas nummer i övningsloggen.\n"));
    return exit_ok;
}

// --- samsyn recovery status, samsyn admin recovery use -------------------------------------------

void print_recovery_status(const Session& session, const json& result) {
    Table keys{{session.say("Organisation", "Organisation"),
                session.say("Generation", "Nyckel nr"),
                session.say("Shares", "Delar"),
                session.say("Due", "Byts senast")}};
    for (const json& key : result.value("keys", json::array()))
        keys.add({name_in(key, "organisation"),
                  text_in(key, "generation"),
                  text_in(key, "needed") + "/" + text_in(key, "holders"),
                  local_time_in(key, "due") + (key.value("overdue", false)
                                                   ? session.say("  OVERDUE", "  FÖRFALLEN")
                                                   : std::string{})});
    print(keys.to_string());
    for (const json& use : result.value("uses", json::array()))
        print(
            session.say("Device ", "Enheten ") + short_id(text_in(use, "device")) +
            (use.value("waits", false)
                 ? session.say(" waits for a second person", " väntar på en andra person")
             : use.value("in_force", false)
                 ? session.say(" may open until ", " får öppna till ") + local_time_in(use, "until")
                 : session.say(" could open until ", " kunde öppna till ") +
                       local_time_in(use, "until")) +
            "\n");
}

void print_recovery_use(const Session& session, const json& result) {
    print(session.say("Device ", "Enheten ") + short_id(text_in(result, "device")) +
          session.say(" may open by the recovery key, once confirmed, for ",
                      " får öppna med återställningsnyckeln, när det bekräftats, i ") +
          text_in(result, "hours") + session.say(" hours from now.\n", " timmar från nu.\n"));
    print_second_person(session, result);
}

void add_share_options(Command& command) {
    command
        .texts("--share", "share", "- reads the shares from standard input, one a line; else asked")
        .number("--share-fd", "share_fd", "Read the shares from this descriptor, one a line");
}

}  // namespace

int print_recovery_due(const Session& session, AgentClient& agent) {
    json result;
    if (const int code = ask(session, agent, "recovery.status", json::object(), result))
        return code;
    for (const json& key : result.value("keys", json::array()))
        if (key.value("administered", false) && key.value("overdue", false))
            print(session.say("recovery key due since ", "återställningsnyckeln skulle bytts ") +
                  local_time_in(key, "due") + ": " + escaped(name_in(key, "organisation")) + "\n");
    for (const json& organisation : result.value("missing", json::array()))
        print(session.say("no recovery key: ", "ingen återställningsnyckel: ") +
              escaped(name_of(organisation)) + "\n");
    return exit_ok;
}

void add_admin_recovery_commands(CLI::App& admin, Session& session) {
    CLI::App& recovery = group(admin, "recovery", "An organisation's recovery key and its shares.");
    Command{recovery,
            session,
            "make",
            "Makes a new recovery key and a page for each holder of a share.",
            "samsyn admin recovery make --organisation Nora --holders 5 --needed 3 --out pages"}
        .needs("--organisation", "organisation", "Name, or the beginning of the id")
        .number("--holders", "holders", "How many get a share: 2 to 16")
        .required()
        .number("--needed", "needed", "How many open it together: at least 2")
        .required()
        .needs("--out", "out", "The folder for the pages, best on a USB stick or in memory")
        .texts("--holder", "holder", "A holder's name; once for each, in their order")
        .runs([&session](const json& args) { return run_recovery_make(session, args); });
    Command prove{recovery,
                  session,
                  "prove",
                  "A drill: shows that the shares open a test box, and opens nothing else.",
                  "samsyn admin recovery prove --organisation Nora"};
    prove.needs("--organisation", "organisation", "Name, or the beginning of the id");
    add_share_options(prove);
    prove.runs([&session](const json& args) { return run_recovery_prove(session, args); });
    Command{recovery,
            session,
            "use",
            "Lets a device open by the recovery key for some hours; a second person confirms.",
            "samsyn admin recovery use --organisation Nora --device 1a2b3c4d --reason \"fire\""}
        .needs("--organisation", "organisation", "Name, or the beginning of the id")
        .needs("--device", "device", "The beginning of its id")
        .needs("--reason", "reason", "Why; kept here, its hash is in the log")
        .number("--hours", "hours", "1 to 72 (default 72)")
        .asks("admin.recovery.use", &print_recovery_use);
    Command{recovery,
            session,
            "status",
            "Recovery keys, when their successors are due, and who may open.",
            "samsyn admin recovery status"}
        .asks("recovery.status", &print_recovery_status);
}

void add_recovery_commands(CLI::App& app, Session& session) {
    CLI::App& recovery = group(app, "recovery", "Opening by an organisation's recovery key.");
    Command open{recovery,
                 session,
                 "open",
                 "Opens by the shares of a recovery key what you may read, on this device.",
                 "samsyn recovery open"};
    add_share_options(open);
    open.runs([&session](const json& args) { return run_recovery_open(session, args); });
    Command{recovery,
            session,
            "status",
            "Recovery keys, when their successors are due, and who may open.",
            "samsyn recovery status"}
        .asks("recovery.status", &print_recovery_status);
}

}  // namespace samsyn
