#include "client-sdk/cli/share_input.hpp"

#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/secret_input.hpp"

#include <algorithm>
#include <unistd.h>

namespace samsyn {

namespace {

using nlohmann::json;

Result<RecoveryShare> checked_share(std::string_view text,
                                    const RecoveryTerms& terms,
                                    const std::vector<RecoveryShare>& before) {
    RecoveryShare share = SAMSYN_TRY(share_from_text(text));
    SAMSYN_TRY(check_share(share, terms));
    const bool again = std::ranges::any_of(
        before, [&](const RecoveryShare& one) { return one.point.x == share.point.x; });
    if (again)
        return fail(Errc::already_exists,
                    "share " + std::to_string(share.point.x) + " was given twice");
    return share;
}

/// What is wrong with a share, for the person who holds it.
std::string share_fault(const Session& session, const Error& error) {
    switch (error.code) {
        case Errc::malformed:
        case Errc::truncated:
        case Errc::limit_exceeded:
            return session.say("This was mistyped: ", "Felskrivet: ") + error.context;
        case Errc::wrong_federation:
            return session.say("This share belongs to another organisation.",
                               "Delen hör till en annan organisation.");
        case Errc::stale_epoch:
            return session.say("This share is of an older key: ",
                               "Delen hör till en äldre nyckel: ") +
                   error.context;
        case Errc::update_needed:
            return session.say("This share is of a newer key than is known here; sync: ",
                               "Delen hör till en nyare nyckel än den som är känd här; synka: ") +
                   error.context;
        case Errc::not_authentic:
            return session.say("This is not the share that was handed out: ",
                               "Det är inte den del som lämnades ut: ") +
                   error.context;
        case Errc::already_exists:
            return session.say("This share was given already.", "Den delen är redan angiven.");
        default:
            return to_string(error);
    }
}

/// A descriptor from which a script gives shares, one a line; none for the terminal. A share as an
/// argument would be seen by everybody on the machine, and kept by the shell.
Result<std::optional<int>> share_source(const json& args) {
    for (const json& each : args.value("share", json::array()))
        if (each != "-")
            return fail(Errc::invalid_argument,
                        "share: never on the command line; - reads standard input");
    if (args.contains("share_fd")) return args["share_fd"].get<int>();
    if (args.contains("share")) return STDIN_FILENO;
    return std::nullopt;
}

std::string count_text(const Session& session, std::size_t have, std::size_t wanted) {
    return session.say("Share ", "Del ") + std::to_string(have) + session.say(" of ", " av ") +
           std::to_string(wanted);
}

}  // namespace

Result<RecoveryTerms> terms_in(const json& key) {
    RecoveryTerms terms;
    terms.organisation =
        SAMSYN_TRY(id_in<OrganisationId>(key.value("organisation", json::object()), "id"));
    terms.key = SAMSYN_TRY(id_in<SealingPublicKey>(key, "key"));
    terms.generation = key.value("generation", std::uint32_t{0});
    terms.threshold = key.value("needed", std::uint8_t{0});
    for (const json& each : key.value("commitments", json::array())) {
        const auto commitment = id_from_hex<Hash>(each.get<std::string>());
        if (!commitment) return fail(Errc::malformed, "commitments");
        terms.commitments.push_back(*commitment);
    }
    return terms;
}

Result<std::vector<RecoveryShare>> read_shares(const Session& session,
                                               const json& args,
                                               const RecoveryTerms& terms) {
    const auto source = SAMSYN_TRY(share_source(args));
    std::vector<RecoveryShare> shares;
    while (shares.size() < terms.threshold) {
        const std::string prompt = count_text(session, shares.size() + 1, terms.threshold) + ": ";
        const SecretText typed =
            SAMSYN_TRY(source ? read_secret(*source) : ask_secret(prompt, TypedAs::share));
        auto share = checked_share(typed.view(), terms, shares);
        if (share) {
            shares.push_back(*std::move(share));
            if (!session.json)
                print(count_text(session, shares.size(), terms.threshold) +
                      session.say(" is right: number ", " stämmer: nummer ") +
                      std::to_string(shares.back().point.x) + "\n");
            continue;
        }
        if (source) return std::unexpected{share.error()};
        print(escaped(share_fault(session, share.error())) + "\n");
    }
    return shares;
}

int show_share_error(const Session& session, const Error& error) {
    if (session.json) return show_error(session, error_to_json(error));
    print(escaped(share_fault(session, error)) + "\n");
    return exit_failed;
}

}  // namespace samsyn
