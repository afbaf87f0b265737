#include "client-sdk/net/obstacles.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t scheme_bytes_max = 20;
constexpr std::size_t schemes_bytes_max = 80;
constexpr unsigned network_login_status = 511;  // RFC 6585, section 6

char in_lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view lower_case) {
    return text.size() >= lower_case.size() &&
           std::ranges::equal(text.substr(0, lower_case.size()), lower_case, [](char a, char b) {
               return in_lower_case(a) == b;
           });
}

bool contains_word(std::string_view text, std::string_view lower_case) {
    for (; text.size() >= lower_case.size(); text.remove_prefix(1))
        if (begins_with(text, lower_case)) return true;
    return false;
}

bool is_redirect(unsigned status) {
    return status >= 300 && status < 400;
}

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

std::string http_status(unsigned status) {
    return "HTTP " + std::to_string(status);
}

std::string signed_by(std::string_view issuer) {
    return issuer.empty() ? std::string{"; certificate of nobody named"}
                          : "; certificate of " + std::string{issuer};
}

/// The status of an HTTP answer's first line, 0 where it is none.
unsigned status_in(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    const std::size_t space = text.find(' ');
    if (!begins_with(text, "http/") || space == std::string_view::npos || space > 8) return 0;
    const std::string_view code = text.substr(space + 1, 3);
    if (code.size() != 3 || code.find_first_not_of(digits) != std::string_view::npos) return 0;
    unsigned status = 0;
    for (const char c : code) status = status * 10 + static_cast<unsigned>(c - '0');
    return status;
}

/// RFC 8446, section 5.1: a record's type, and the major version that all TLS has.
bool looks_like_tls(std::string_view bytes) {
    constexpr char first_type = 20;
    constexpr char last_type = 23;
    if (bytes.front() < first_type || bytes.front() > last_type) return false;
    return bytes.size() < 2 || bytes[1] == 3;
}

/// What only a server that is known has the right to say: hearsay until then.
bool may_be_said_by_anybody(Errc code) {
    switch (code) {
        case Errc::unsupported_version:
        case Errc::wrong_federation:
        case Errc::rate_limited:
        case Errc::unreachable:
        case Errc::link_lost:
        case Errc::timed_out:
        case Errc::storage_failed:
        case Errc::system_failed:
        case Errc::out_of_memory:
            return true;
        default:
            return false;
    }
}

}  // namespace

bool is_page_type(std::string_view content_type) {
    return begins_with(content_type, "text/html") || begins_with(content_type, "application/xhtml");
}

void add_scheme(std::string& schemes, std::string_view field) {
    const std::string_view word = field.substr(0, field.find_first_of(" ,\t"));
    const bool plain = std::ranges::all_of(word, [](char c) {
        return (in_lower_case(c) >= 'a' && in_lower_case(c) <= 'z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
    if (word.empty() || word.size() > scheme_bytes_max || !plain) return;
    if (schemes.size() + word.size() > schemes_bytes_max) return;
    schemes.append(schemes.empty() ? "" : ", ").append(word);
}

std::optional<Error> judge_connect(const ConnectAnswer& answer, const Proxy& proxy) {
    const std::string where = "proxy " + to_string(proxy.address) + ": ";
    const std::string status = where + http_status(answer.status);
    if (is_redirect(answer.status) || answer.status == network_login_status ||
        (is_success(answer.status) && answer.is_page))
        return Error{Errc::login_page, status};
    if (answer.status == 407) {
        const std::string asked =
            answer.schemes.empty() ? std::string{} : ", asks for " + answer.schemes;
        const std::string_view shown =
            proxy.user.empty() ? "" : ", does not take the name and password given";
        return Error{Errc::proxy_login, (status + asked).append(shown)};
    }
    if (!is_success(answer.status)) return Error{Errc::proxy_refused, status};
    if (answer.excess_bytes > 0)
        return Error{Errc::proxy_failed, where + "speaks before the server"};
    return std::nullopt;
}

std::optional<Error> judge_first_bytes(std::string_view first_bytes, const ServerAddress& server) {
    if (first_bytes.empty() || looks_like_tls(first_bytes)) return std::nullopt;
    const std::string where = to_string(server) + ": ";
    const unsigned status = status_in(first_bytes);
    const bool page = contains_word(first_bytes, "<html") ||
                      contains_word(first_bytes, "<!doctype") ||
                      contains_word(first_bytes, "text/html");
    const bool portal = is_redirect(status) || status == network_login_status ||
                        ((status == 0 || is_success(status)) && page);
    if (portal)
        return Error{Errc::login_page,
                     where + (status == 0 ? "a page instead of TLS"
                                          : http_status(status) + " instead of TLS")};
    return Error{Errc::no_tls,
                 where + (status == 0 ? "something else than TLS"
                                      : http_status(status) + " instead of TLS")};
}

Error judge_upgrade(const UpgradeAnswer& answer,
                    const ServerAddress& server,
                    std::string_view issuer) {
    const bool portal = (is_redirect(answer.status) && answer.has_place) ||
                        answer.status == network_login_status ||
                        (is_success(answer.status) && answer.is_page);
    return {portal ? Errc::login_page : Errc::upgrade_refused,
            to_string(server) + ": " + http_status(answer.status) + " instead of WebSocket" +
                signed_by(issuer)};
}

Error judge_unproven(Error why, const ServerAddress& server, std::string_view issuer) {
    const std::string where = to_string(server) + ": ";
    switch (why.code) {
        case Errc::bad_signature:
            return {Errc::tls_opened,
                    where + "the server's signature is of another connection" + signed_by(issuer)};
        case Errc::wrong_server:
            return {Errc::wrong_server, where + "another server's key" + signed_by(issuer)};
        case Errc::malformed:
        case Errc::truncated:
        case Errc::trailing_bytes:
        case Errc::limit_exceeded:
        case Errc::unexpected_message:
            return {Errc::wrong_server, where + "does not speak Samsyn" + signed_by(issuer)};
        default:
            break;
    }
    if (may_be_said_by_anybody(why.code)) return why;
    return {Errc::link_lost,
            where + "ended by somebody who has not shown to be the server" + signed_by(issuer)};
}

}  // namespace samsyn
