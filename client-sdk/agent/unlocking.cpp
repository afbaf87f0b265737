#include "client-sdk/agent/unlocking.hpp"

#include "client-sdk/agent/operations.hpp"

#include <string>
#include <string_view>

namespace samsyn {

namespace {

using nlohmann::json;

struct Words {
    std::string_view message;
    std::string hint;
    std::string hint_sv;
};

json error_of(Errc code, std::string_view context, const Words& words) {
    json error = error_to_json({code, std::string{context}});
    error["message"] = words.message;
    error["hint"] = words.hint;
    error["hint_sv"] = words.hint_sv;
    return error;
}

UnlockFailure failure(json error) {
    return {.error = std::move(error)};
}

/// A wipe or a revocation has erased what a person can type.
json erased_by_order(std::string_view context) {
    return error_of(
        Errc::not_found,
        context,
        {"neither PIN nor phrase opens this device any more",
         "It has been revoked or wiped. A case lead and an administrator together can open it: "
         "`samsyn assist request`.",
         "Enheten är spärrad eller raderad. En ärendeansvarig och en administratör kan öppna den "
         "tillsammans: `samsyn assist request`."});
}

/// The PIN slot is gone, or never was.
UnlockFailure no_pin(const VaultStatus& status) {
    if (!status.has_phrase) return failure(erased_by_order("pin"));
    if (status.pin_erased)
        return failure(error_of(Errc::not_found,
                                "pin",
                                {"the PIN has been erased after ten wrong tries",
                                 "Nothing is lost. Unlock with the phrase (`samsyn unlock "
                                 "--phrase`), then set a new PIN "
                                 "(`samsyn pin change`).",
                                 "Inget är förlorat. Lås upp med frasen (`samsyn unlock --phrase`) "
                                 "och välj sedan en ny "
                                 "PIN (`samsyn pin change`)."}));
    if (status.pin_pending)
        return failure(error_of(Errc::not_found,
                                "pin",
                                {"the PIN takes effect at the first sync",
                                 "Until then use the phrase: samsyn unlock --phrase",
                                 "Använd frasen till dess: samsyn unlock --phrase"}));
    return failure(error_of(Errc::not_found,
                            "pin",
                            {"no PIN opens this device",
                             "Use the phrase: `samsyn unlock --phrase`. If both are lost: `samsyn "
                             "assist request`.",
                             "Använd frasen: `samsyn unlock --phrase`. Om båda är borta: `samsyn "
                             "assist request`."}));
}

UnlockFailure wrong_pin(Vault& vault) {
    // Where the server said so the vault has only counted: the tenth ends the PIN here as well.
    if (vault.status().pin_tries_left == 0) (void)vault.erase_pin_slot();  // else at the next try
    const VaultStatus status = vault.status();
    if (!status.has_pin) {
        UnlockFailure gone = no_pin(status);
        gone.drop_share = true;
        return gone;
    }
    const std::string left = std::to_string(status.pin_tries_left);
    json error = error_of(Errc::not_authentic,
                          "pin",
                          {"wrong PIN",
                           left + " tries left, then the PIN is erased and the phrase is needed. "
                                  "Nothing is ever lost by a wrong PIN.",
                           left + " försök kvar, sedan raderas PIN-koden och frasen behövs. Inget "
                                  "går förlorat av en felaktig PIN."});
    error["tries_left"] = status.pin_tries_left;
    return failure(std::move(error));
}

UnlockFailure needs_server(const Error& why, bool given_back) {
    const std::string counted = given_back ? "; this try was not counted." : "; this try counts.";
    const std::string counted_sv = given_back ? "; försöket räknades inte." : "; försöket räknas.";
    json error = error_of(
        why.code == Errc::locked ? Errc::unreachable : why.code,
        "pin",
        {"after power-off the PIN needs the server, and it could not be asked",
         "Use the phrase: `samsyn unlock --phrase`. Or try again where there is a network" +
             counted,
         "Använd frasen: `samsyn unlock --phrase`. Eller försök igen där det finns nät" +
             counted_sv});
    error["why"] = error_to_json(why);
    return failure(std::move(error));
}

UnlockFailure server_refuses(Vault& vault) {
    (void)vault.erase_pin_slot();  // it can never open again; the attempt repeats it if it failed
    UnlockFailure gone = failure(error_of(
        Errc::not_permitted,
        "pin",
        {"the server no longer opens this device by PIN",
         "Ten wrong tries, or the device has been revoked or wiped. Use the phrase, or speak to "
         "your administrator. Nothing is lost.",
         "Tio felaktiga försök, eller så är enheten spärrad eller raderad. Använd frasen eller "
         "tala med administratören. Inget är förlorat."}));
    gone.drop_share = true;
    return gone;
}

std::expected<UnlockSuccess, UnlockFailure> with_server(Vault& vault,
                                                        PinTry tried,
                                                        const ShareSource& server) {
    auto share = server(vault, tried);
    if (share) {
        const auto opened = tried.open_with(*share);
        if (opened) return UnlockSuccess{.share = std::move(*share)};
        if (opened.error().code == Errc::not_authentic) return std::unexpected{wrong_pin(vault)};
        return std::unexpected{failure(folder_error(opened.error()))};
    }
    if (share.error().code == Errc::not_authentic) return std::unexpected{wrong_pin(vault)};
    if (share.error().code == Errc::not_permitted) return std::unexpected{server_refuses(vault)};
    // Where a proof had left already nobody knows whether the server took it: then it counts.
    const auto back = tried.give_back();
    if (!back && back.error().code != Errc::conflict)
        return std::unexpected{failure(folder_error(back.error()))};
    return std::unexpected{needs_server(share.error(), back.has_value())};
}

std::expected<UnlockSuccess, UnlockFailure> with_pin(Vault& vault,
                                                     UnlockMessage message,
                                                     const ShareSource& server) {
    auto tried = vault.begin_pin_try(message.text.view());
    message.text.clear();
    if (!tried && tried.error().code == Errc::not_found)
        return std::unexpected{no_pin(vault.status())};
    if (!tried) return std::unexpected{failure(folder_error(tried.error()))};
    if (tried->needs_server() && !message.share)
        return with_server(vault, std::move(*tried), server);

    const auto opened =
        tried->needs_server() ? tried->open_with(*message.share) : tried->open_with_keystore();
    if (opened) return UnlockSuccess{.share = std::move(message.share)};
    if (opened.error().code == Errc::not_authentic) return std::unexpected{wrong_pin(vault)};
    return std::unexpected{failure(folder_error(opened.error()))};
}

std::expected<UnlockSuccess, UnlockFailure> with_phrase(Vault& vault, UnlockMessage message) {
    const auto phrase = Phrase::parse(message.text.view());
    message.text.clear();
    if (!phrase)
        return std::unexpected{
            failure(error_of(phrase.error().code,
                             phrase.error().context,
                             {"this cannot be the phrase",
                              "Five words; the first three letters of each are enough.",
                              "Fem ord; de tre första bokstäverna av varje räcker."}))};
    const auto opened = vault.unlock_with_phrase(*phrase);
    if (opened) return UnlockSuccess{};
    if (opened.error().code == Errc::not_found)
        return std::unexpected{failure(erased_by_order("phrase"))};
    if (opened.error().code != Errc::not_authentic)
        return std::unexpected{failure(folder_error(opened.error()))};
    return std::unexpected{failure(error_of(
        Errc::not_authentic,
        "phrase",
        {"wrong phrase",
         "Look at the paper and try again; nothing is lost. If phrase and PIN are both lost: "
         "`samsyn assist request`.",
         "Titta på papperet och försök igen; inget är förlorat. Om både fras och PIN är borta: "
         "`samsyn assist request`."}))};
}

}  // namespace

std::expected<UnlockSuccess, UnlockFailure> unlock_vault(Vault& vault,
                                                         UnlockMessage message,
                                                         const ShareSource& server) {
    return message.with == UnlockWith::pin ? with_pin(vault, std::move(message), server)
                                           : with_phrase(vault, std::move(message));
}

}  // namespace samsyn
