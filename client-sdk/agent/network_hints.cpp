#include "client-sdk/agent/network_hints.hpp"

namespace samsyn {

namespace {

struct NetworkRow {
    Errc code;
    std::string_view context;  // ends so; empty: any
    std::string_view en;
    std::string_view sv;
};

/// The first row that fits. Each says that nothing is lost or sent where somebody might fear it.
constexpr NetworkRow network_rows[] = {
    {Errc::login_page,
     "",
     "This network wants you to log in first. Open a web browser, log in on the page that it "
     "shows, and run `samsyn sync` again. Go on working meanwhile: all is kept here.",
     "Nätet vill att du loggar in först. Öppna en webbläsare, logga in på sidan som visas och kör "
     "`samsyn sync` igen. Arbeta vidare så länge: allt sparas här."},
    {Errc::proxy_refused,
     "",
     "The network's proxy does not let this device through to the server; its answer is given. "
     "403: ask the network's IT to allow CONNECT to the server's address. 502 to 504: the proxy "
     "does not reach the server; try again later. Or use another network.",
     "Nätets proxy släpper inte fram enheten till servern; svaret står här. 403: be nätets "
     "IT-avdelning tillåta CONNECT till serverns adress. 502 till 504: proxyn når inte servern; "
     "försök igen senare. Eller använd ett annat nät."},
    {Errc::proxy_login,
     "",
     "The network's proxy wants a name and a password (Basic): `samsyn proxy set ADDRESS --user "
     "NAME`; the password is asked for. If it asks for Negotiate, NTLM or Digest only, Samsyn "
     "cannot: ask the network's IT to let the server's address through without.",
     "Nätets proxy vill ha namn och lösenord (Basic): `samsyn proxy set ADRESS --user NAMN`; "
     "lösenordet frågas efter. Om den bara tar Negotiate, NTLM eller Digest kan Samsyn inte: be "
     "nätets IT-avdelning släppa igenom serverns adress utan inloggning."},
    {Errc::proxy_failed,
     "",
     "The proxy cannot be used as it is set. `samsyn proxy show` says which one and who chose it; "
     "correct it with `samsyn proxy set`, or go directly: `samsyn proxy off`.",
     "Proxyn går inte att använda som den är inställd. `samsyn proxy show` visar vilken och vem "
     "som valt den; rätta den med `samsyn proxy set` eller gå direkt: `samsyn proxy off`."},
    {Errc::tls_opened,
     "",
     "The network opens the encryption on the way (TLS inspection), so the device stopped and sent "
     "nothing; whose certificate was shown is given. Ask the network's IT to let the server's "
     "address through unopened, or use another network. If it happens everywhere, tell your "
     "administrator.",
     "Nätet öppnar krypteringen på vägen (TLS-inspektion), så enheten stannade och skickade inget; "
     "vems certifikat som visades står här. Be nätets IT-avdelning släppa igenom serverns adress "
     "oöppnad, eller använd ett annat nät. Händer det överallt, säg till din administratör."},
    {Errc::upgrade_refused,
     "",
     "Something answers at the server's address and does not let WebSocket through: often the "
     "network's filter, then the certificate is the network's own. Ask its IT to allow WebSocket "
     "to the server's address, or use another network. If it happens everywhere, tell your "
     "administrator.",
     "Något svarar på serverns adress men släpper inte igenom WebSocket: ofta nätets filter, och "
     "då är certifikatet nätets eget. Be dess IT-avdelning tillåta WebSocket till serverns adress, "
     "eller använd ett annat nät. Händer det överallt, säg till din administratör."},
    {Errc::no_tls,
     "",
     "Something answers at the server's address without encryption, so nothing was said to it. The "
     "port may be wrong, or the network answers in the server's place. Try another network; if it "
     "happens everywhere, tell your administrator.",
     "Något svarar på serverns adress utan kryptering, så inget har sagts till det. Porten kan "
     "vara fel, eller så svarar nätet i serverns ställe. Prova ett annat nät; händer det överallt, "
     "säg till din administratör."},
    {Errc::tls_too_old,
     "",
     "What answers at the server's address has no TLS 1.3, so nothing was said to it: often a "
     "network that opens the encryption with old equipment. Ask its IT to let the server's address "
     "through unopened, or use another network.",
     "Det som svarar på serverns adress saknar TLS 1.3, så inget har sagts till det: ofta ett nät "
     "som öppnar krypteringen med gammal utrustning. Be dess IT-avdelning släppa igenom serverns "
     "adress oöppnad, eller använd ett annat nät."},
    {Errc::unreachable,
     ": nothing listens there",
     "Nothing listens at the server's address: the server is switched off, or a firewall refuses. "
     "Go on working: all is kept here. If others do not reach it either, tell your administrator.",
     "Inget lyssnar på serverns adress: servern är avstängd, eller så nekar en brandvägg. Arbeta "
     "vidare: allt sparas här. Om inte heller andra når den, säg till din administratör."},
    {Errc::unreachable,
     ": the name is not known",
     "The server's name is not known in this network: often there is no network at all. Go on "
     "working: all is kept here. Where only a proxy reaches the outside, set it: `samsyn proxy "
     "set`.",
     "Serverns namn är inte känt i det här nätet: ofta finns inget nät alls. Arbeta vidare: allt "
     "sparas här. Där bara en proxy når ut, ställ in den: `samsyn proxy set`."},
    {Errc::unreachable,
     ": no answer in time",
     "The server does not answer: often a firewall that drops what it does not allow. Go on "
     "working: all is kept here. Where only a proxy reaches the outside, set it: `samsyn proxy "
     "set`.",
     "Servern svarar inte: ofta en brandvägg som kastar det den inte tillåter. Arbeta vidare: allt "
     "sparas här. Där bara en proxy når ut, ställ in den: `samsyn proxy set`."},
};

}  // namespace

std::optional<NetworkHint> network_hint(const Error& error) {
    for (const NetworkRow& row : network_rows)
        if (row.code == error.code && error.context.ends_with(row.context))
            return NetworkHint{row.en, row.sv};
    return std::nullopt;
}

}  // namespace samsyn
