#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/unlocking.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

struct FolderHint {
    Errc code;
    std::string_view context;  // begins so
    std::string_view en;
    std::string_view sv;
};

constexpr FolderHint hints[] = {
    {Errc::not_found,
     "device",
     "There is no device in this folder. Run `samsyn enrol`, or name another folder with --data.",
     "Det finns ingen enhet i mappen. Kör `samsyn enrol` eller ange en annan mapp med --data."},
    {Errc::not_found,
     "wiped",
     "This device was wiped by an order of its administrator. Its folder can be enrolled anew.",
     "Enheten har raderats på order av dess administratör. Mappen kan anslutas på nytt."},
    {Errc::not_found,
     "config.json",
     "The folder has keys and no config.json. Put the file back from a copy; nothing was changed.",
     "Mappen har nycklar men ingen config.json. Lägg tillbaka filen från en kopia; inget har "
     "ändrats."},
    {Errc::not_found,
     "vault",
     "The database is there and its keys (vault.a, vault.b) are gone: nobody can open it without "
     "them. Put them back from a copy; else move the folder away and enrol anew.",
     "Databasen finns men nycklarna (vault.a, vault.b) är borta: ingen kan öppna den utan dem. "
     "Lägg tillbaka dem från en kopia; flytta annars undan mappen och anslut på nytt."},
    {Errc::not_found,
     "enrolment",
     "The enrolment of this folder was interrupted and nothing was in use yet. Run `samsyn enrol` "
     "again.",
     "Anslutningen av mappen avbröts och inget var i bruk än. Kör `samsyn enrol` igen."},
    {Errc::not_found,
     "database",
     "The keys are there and the database is gone. Put it back from a copy, with all its files; "
     "else move the folder away and enrol anew. What was synced comes back.",
     "Nycklarna finns men databasen är borta. Lägg tillbaka den från en kopia, med alla dess "
     "filer; flytta annars undan mappen och anslut på nytt. Det som synkats kommer tillbaka."},
    {Errc::malformed,
     "vault",
     "Both copies of the keys (vault.a, vault.b) are damaged; nothing was changed. Put one back "
     "from a copy; else move the folder away and enrol anew.",
     "Båda kopiorna av nycklarna (vault.a, vault.b) är skadade; inget har ändrats. Lägg tillbaka "
     "en från en kopia; flytta annars undan mappen och anslut på nytt."},
    {Errc::unsupported_version,
     "device.keys",
     "This folder is of a version before the keys were locked away; it cannot be taken over. Sync "
     "it with the old version, move it away, and enrol anew.",
     "Mappen är från en version innan nycklarna låstes in och kan inte tas över. Synka den med den "
     "gamla versionen, flytta undan den och anslut på nytt."},
    {Errc::already_exists,
     "device",
     "This folder is a device already and stays as it is. The answer to its invitation is in "
     "answer.txt. For another device name another folder with --data.",
     "Mappen är redan en enhet och lämnas orörd. Svaret på dess inbjudan ligger i answer.txt. Ange "
     "en annan mapp med --data för en annan enhet."},
    {Errc::counter_reused,
     "",
     "This database is an older copy than the one that has synced: it can be read and not written. "
     "Copy out what you need, and ask your administrator to enrol the device anew.",
     "Databasen är en äldre kopia än den som har synkat: den kan läsas men inte skrivas. Kopiera "
     "det som behövs och be administratören ansluta enheten på nytt."},
    {Errc::malformed,
     "",
     "The database is damaged or is not this device's; nothing was changed. Put it back from a "
     "copy, with all its files; else move the folder away and enrol anew.",
     "Databasen är skadad eller hör inte till enheten; inget har ändrats. Lägg tillbaka den från "
     "en kopia, med alla dess filer; flytta annars undan mappen och anslut på nytt."},
    {Errc::not_authentic,
     "",
     "The database is damaged or is not this device's; nothing was changed. Put it back from a "
     "copy, with all its files; else move the folder away and enrol anew.",
     "Databasen är skadad eller hör inte till enheten; inget har ändrats. Lägg tillbaka den från "
     "en kopia, med alla dess filer; flytta annars undan mappen och anslut på nytt."},
};

}  // namespace

json folder_error(const Error& error) {
    json out = error_to_json(error);
    for (const FolderHint& hint : hints) {
        if (hint.code != error.code || !error.context.starts_with(hint.context)) continue;
        out["hint"] = hint.en;
        out["hint_sv"] = hint.sv;
        break;
    }
    return out;
}

}  // namespace samsyn
