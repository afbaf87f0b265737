#include "client-sdk/agent/network_hints.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/refusal_words.hpp"
#include "core/base/codec.hpp"
#include "core/policy/decide.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace samsyn {

namespace {

using nlohmann::json;

/// What to do, in the two languages.
struct Hint {
    std::string_view en;
    std::string_view sv;
};

Hint hint_of_argument(Errc code) {
    switch (code) {
        case Errc::not_found:
            return {
                "Nothing known here fits. List what there is (`samsyn case list`, `users`, "
                "`units`) and use its name or the beginning of its id; or sync first.",
                "Inget känt passar. Lista det som finns (`samsyn case list`, `users`, "
                "`units`) och använd namnet eller början av id:t; eller synka först."};
        case Errc::already_exists:
            return {
                "It is there already: look before you add it again. An invitation is used "
                "once; make a new one.",
                "Det finns redan: titta efter innan du lägger till igen. En inbjudan används "
                "en gång; gör en ny."};
        case Errc::ambiguous:
            return {"Several things fit. Use one of the ids listed, or more of the name.",
                    "Flera passar. Använd ett av de listade id:na eller mer av namnet."};
        case Errc::invalid_argument:
            return {"Correct the value named here. `samsyn COMMAND --help` shows an example.",
                    "Rätta värdet som nämns. `samsyn KOMMANDO --help` visar ett exempel."};
        case Errc::limit_exceeded:
            return {"It is too large. Make it shorter, or divide it.",
                    "Det är för stort. Korta det eller dela upp det."};
        default:
            return {};
    }
}

Hint hint_of_permission(Errc code) {
    switch (code) {
        case Errc::not_permitted:
            return {
                "You may not do this here; the reason is given. `samsyn readers CASE` shows "
                "who may what, `samsyn why` asks for one case.",
                "Det får du inte göra här; skälet anges. `samsyn readers ÄRENDE` visar vem "
                "som får vad, `samsyn why` frågar för ett ärende."};
        case Errc::consent_needed:
            return {
                "Consent is missing. `samsyn readers CASE` names whose; ask the family, then "
                "`samsyn consent record`, and let the disclosing unit confirm it.",
                "Samtycke saknas. `samsyn readers ÄRENDE` visar vems; fråga familjen, sedan "
                "`samsyn consent record`, och låt utlämnande enhet bekräfta."};
        case Errc::no_key:
            return {
                "You may read it, but the key has not come yet. Sync; a device of the "
                "disclosing unit sends the key when it is next in use.",
                "Du får läsa, men nyckeln har inte kommit än. Synka; en enhet hos utlämnande "
                "enhet skickar nyckeln när den används nästa gång."};
        case Errc::unknown_device:
            return {
                "The federation does not know this device yet. Has the administrator accepted "
                "its answer (`samsyn admin accept`) and synced?",
                "Samverkan känner inte enheten än. Har administratören godkänt svaret (`samsyn "
                "admin accept`) och synkat?"};
        case Errc::revoked_device:
            return {"This device has been revoked. Speak to your administrator.",
                    "Enheten är spärrad. Tala med din administratör."};
        case Errc::escrowed:
            return {"It was withdrawn meanwhile. Your work is kept; the case lead decides.",
                    "Det har återkallats under tiden. Ditt arbete finns kvar; ärendeansvarig "
                    "avgör."};
        default:
            return {};
    }
}

Hint hint_of_connection(Errc code) {
    switch (code) {
        case Errc::wrong_federation:
            return {
                "This data folder belongs to another federation than the server. Use the "
                "folder that was enrolled for it (--data), or enrol anew.",
                "Mappen hör till en annan samverkan än servern. Använd mappen som anslöts dit "
                "(--data) eller anslut på nytt."};
        case Errc::wrong_server:
            return {
                "The server is not the one that was agreed at enrolment. Do not go on; ask "
                "your administrator.",
                "Servern är inte den som avtalades vid anslutningen. Fortsätt inte; fråga din "
                "administratör."};
        case Errc::lease_ended:
            return {
                "This device has not reached the server for too long, so it shows nothing: what it "
                "knows of consents may be out of date. Connect to a network and run `samsyn sync`; "
                "check the clock if that does not help. What you write is kept and sent then.",
                "Enheten har inte nått servern på för länge och visar därför inget: det den vet om "
                "samtycken kan vara inaktuellt. Anslut till ett nät och kör `samsyn sync`; "
                "kontrollera klockan om det inte hjälper. Det du skriver sparas och skickas då."};
        case Errc::log_forked:
            return {
                "The server's log is not the one that it showed before. Go on working, nothing is "
                "sent; tell your administrator and show `samsyn log evidence`.",
                "Serverns logg är inte den som visats förut. Arbeta vidare, inget skickas; säg "
                "till din administratör och visa `samsyn log evidence`."};
        case Errc::unreachable:
        case Errc::link_lost:
            return {
                "Go on working: all is kept here and sent when the server answers again. "
                "Check the network if you expected to be online.",
                "Arbeta vidare: allt sparas här och skickas när servern svarar igen. "
                "Kontrollera nätet om du borde vara uppkopplad."};
        case Errc::timed_out:
            return {
                "No answer in time, or an invitation that has expired. Try again; for an "
                "invitation, ask for a new one.",
                "Inget svar i tid, eller en inbjudan som gått ut. Försök igen; be om en ny "
                "inbjudan."};
        case Errc::clock_off:
            return {
                "This device's clock is far off. Set it right (time zone too) and sync again; "
                "nothing is lost.",
                "Enhetens klocka går fel. Ställ den rätt (även tidszonen) och synka igen; "
                "inget är förlorat."};
        case Errc::not_authentic:
        case Errc::bad_signature:
            return {
                "It does not authenticate: it was made with another secret or was changed on "
                "the way. Ask for it anew.",
                "Äktheten stämmer inte: den gjordes med en annan hemlighet eller ändrades på "
                "vägen. Be om den på nytt."};
        case Errc::counter_reused:
            return {
                "This folder seems to be a copy or an old backup. Stop using it and tell your "
                "administrator.",
                "Mappen verkar vara en kopia eller en gammal säkerhetskopia. Sluta använda den "
                "och säg till din administratör."};
        default:
            return {};
    }
}

Hint hint_of_system(Errc code) {
    switch (code) {
        case Errc::locked:
            return {"Run `samsyn unlock` first.", "Kör `samsyn unlock` först."};
        case Errc::disk_full:
            return {"The disk is full: nothing was changed. Make room and try again.",
                    "Disken är full: inget har ändrats. Frigör plats och försök igen."};
        case Errc::storage_failed:
        case Errc::system_failed:
        case Errc::out_of_memory:
            return {
                "The machine failed to do it; nothing was changed. Try again; if it stays, "
                "tell your administrator.",
                "Datorn klarade det inte; inget har ändrats. Försök igen; säg till "
                "administratören om det består."};
        case Errc::newer_format:
        case Errc::update_needed:
        case Errc::unsupported_version:
            return {"Update this program; nothing is lost.",
                    "Uppdatera programmet; inget är förlorat."};
        case Errc::malformed:
        case Errc::truncated:
        case Errc::trailing_bytes:
            return {"It is not complete or has a mistyped letter. Copy it again, whole.",
                    "Det är ofullständigt eller felskrivet. Kopiera om alltihop."};
        case Errc::conflict:
            return {
                "It is not as this needs it, as named: look at it again (`samsyn open`, `samsyn "
                "case show`), then repeat. If another process owns the folder, stop it (`samsyn "
                "stop`) or wait.",
                "Det är inte som det behöver vara, se vad som anges: titta på det igen (`samsyn "
                "open`, `samsyn case show`) och försök på nytt. Äger en annan process mappen, "
                "stoppa den (`samsyn stop`) eller vänta."};
        default:
            return {};
    }
}

Hint hint_of(const Error& error) {
    if (const auto hint = network_hint(error)) return {hint->en, hint->sv};
    for (const auto find :
         {&hint_of_argument, &hint_of_permission, &hint_of_connection, &hint_of_system})
        if (const Hint hint = find(error.code); !hint.en.empty()) return hint;
    return {"Try again later; if it stays, tell your administrator.",
            "Försök igen senare; säg till administratören om det består."};
}

std::optional<Reason> find_reason(std::string_view key) {
#define SAMSYN_ROW(name, en, sv) \
    if (key == #name) return Reason::name;
    SAMSYN_REASON_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
    return std::nullopt;
}

}  // namespace

json error_to_json(const Error& error) {
    json out = json::object();
    out["code"] = name_of(error.code);
    out["message"] = message_of(error.code);
    out["context"] = is_utf8(as_bytes(error.context)) ? error.context : std::string{"?"};
    const Hint hint = hint_of(error);
    out["hint"] = hint.en;
    out["hint_sv"] = hint.sv;
    if (const auto reason = find_reason(error.context)) {
        const ReasonWords words = words_of(*reason);
        out["reason"] = json::object({{"key", error.context}, {"en", words.en}, {"sv", words.sv}});
    }
    if (const RefusalWords* words = find_refusal_words(error.context)) {
        out["reason"] =
            json::object({{"key", error.context}, {"en", words->en}, {"sv", words->sv}});
        out["hint"] = words->hint_en;
        out["hint_sv"] = words->hint_sv;
    }
    return out;
}

}  // namespace samsyn
