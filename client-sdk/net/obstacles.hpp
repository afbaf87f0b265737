#pragma once

#include "client-sdk/net/proxy.hpp"

#include <string>
#include <string_view>

namespace samsyn {

// What stands between a device and its server, told from what came back. Private to this room and
// pure: no socket, no TLS. Bytes of the other side are never quoted, only what was understood.

/// A proxy's answer to CONNECT.
struct ConnectAnswer {
    unsigned status = 0;
    bool is_page = false;          ///< it is HTML
    std::size_t excess_bytes = 0;  ///< came behind the header; a server of ours never speaks first
    std::string schemes{};         ///< of Proxy-Authenticate, as `add_scheme` makes them
};

/// Is this the media type of a page for people?
bool is_page_type(std::string_view content_type);

/// Adds the first word of a Proxy-Authenticate field to a list, where it is a plain one and there
/// are not too many: "Basic, NTLM".
void add_scheme(std::string& schemes, std::string_view field);

/// Why the tunnel may not be used; none where it stands.
std::optional<Error> judge_connect(const ConnectAnswer& answer, const Proxy& proxy);

/// What came instead of a TLS record: `login_page`, `no_tls`; none where it looks like TLS.
/// `first_bytes`: the first bytes of the peer's, as many as there were, perhaps none.
std::optional<Error> judge_first_bytes(std::string_view first_bytes, const ServerAddress& server);

/// What was answered instead of the upgrade.
struct UpgradeAnswer {
    unsigned status = 0;
    bool is_page = false;
    bool has_place = false;  ///< it sends elsewhere (Location)
};

/// `login_page` or `upgrade_refused`, with the status and whose certificate it was.
Error judge_upgrade(const UpgradeAnswer& answer,
                    const ServerAddress& server,
                    std::string_view issuer);

/// Why a session ended before the server had proven who it is: until then anybody may be speaking.
/// `tls_opened` where the pinned server's signature is over another TLS connection than this;
/// `wrong_server` for another key or no Samsyn; what only a known server may say becomes
/// `link_lost`.
Error judge_unproven(Error why, const ServerAddress& server, std::string_view issuer);

}  // namespace samsyn
