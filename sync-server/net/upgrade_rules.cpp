#include "sync-server/net/upgrade_rules.hpp"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>

namespace samsyn {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::string_view session_target = "/samsyn/1";

std::string_view view_of(beast::string_view text) {
    return {text.data(), text.size()};
}

bool has_body(const HttpRequest& request, bool more_bytes) {
    return more_bytes || request.count(http::field::content_length) > 0 ||
           request.count(http::field::transfer_encoding) > 0;
}

/// What two readers of the same header could take for two different things.
bool is_ambiguous(const HttpRequest& request) {
    return request.version() != 11 || request.count(http::field::host) != 1 ||
           request.count(http::field::upgrade) > 1 || request.count(http::field::connection) > 1 ||
           request.count(http::field::sec_websocket_key) > 1 ||
           request.count(http::field::sec_websocket_version) > 1 ||
           request.count(http::field::expect) > 0;
}

bool is_foreign(const HttpRequest& request, const NetLimits& limits) {
    const auto count = request.count(http::field::origin);
    if (count == 0) return false;
    const auto origin = view_of(request[http::field::origin]);
    return count > 1 ||
           std::ranges::find(limits.allowed_origins, origin) == limits.allowed_origins.end();
}

}  // namespace

UpgradeRefusal judge_upgrade(const HttpRequest& request, bool more_bytes, const NetLimits& limits) {
    if (is_foreign(request, limits))
        return {http::status::forbidden, "this origin is not allowed\n"};
    if (request.method() != http::verb::get)
        return {http::status::method_not_allowed, "only GET\n"};
    if (view_of(request.target()) != session_target)
        return {http::status::not_found, "nothing here\n"};
    if (has_body(request, more_bytes)) return {http::status::bad_request, "no body is expected\n"};
    if (is_ambiguous(request)) return {http::status::bad_request, "ambiguous header\n"};
    if (!beast::websocket::is_upgrade(request))
        return {http::status::upgrade_required, "a WebSocket upgrade is expected\n"};
    return {};
}

bool asks_for(const HttpRequest& request, bool more_bytes, std::string_view target) {
    return request.method() == http::verb::get && view_of(request.target()) == target &&
           !has_body(request, more_bytes);
}

}  // namespace samsyn
