#pragma once

#include "sync-server/net/limits.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>

#include <string_view>

namespace samsyn {

using HttpRequest = boost::beast::http::request<boost::beast::http::empty_body>;

/// What to answer instead of an upgrade; `ok` where the upgrade may go on.
struct UpgradeRefusal {
    boost::beast::http::status status = boost::beast::http::status::ok;
    std::string_view text;
};

/// Judges a request before anything is spent on it. `more_bytes`: something stands behind the
/// header, which would be a body, a second request or frames sent before our answer: whoever is in
/// between could take it for another's. Pure.
UpgradeRefusal judge_upgrade(const HttpRequest& request, bool more_bytes, const NetLimits& limits);

/// True for a GET of exactly this target, without a body.
bool asks_for(const HttpRequest& request, bool more_bytes, std::string_view target);

}  // namespace samsyn
