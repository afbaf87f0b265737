#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace samsyn::test {

/// What the proxy does with CONNECT.
enum class ProxyAct : std::uint8_t {
    tunnel,         ///< lets everybody through
    ask_login,      ///< 407 until `login` is shown
    ask_negotiate,  ///< 407, for schemes that we do not speak
    refuse,         ///< 403
    bad_gateway,    ///< 502
    redirect,       ///< 302, to a login page
    page,           ///< 200 with a login page
    speak_first,    ///< 200, and more bytes behind the header
    drip,           ///< a byte of the header at a time, without end
    huge_header,    ///< fields without end
    garbage,        ///< bytes that are no HTTP
    silent,         ///< no answer
    hang_up,        ///< closes at once
    hang_up_midway  ///< closes in the middle of the header
};

/// What it does with the bytes inside.
enum class CarryAct : std::uint8_t {
    carry,      ///< both ways, as they are
    swallow,    ///< after `bytes_down` bytes to the device it carries none more to it, only from it
    cut,        ///< after `bytes_down` bytes to the device it closes
    intercept,  ///< ends TLS with a certificate of its own and carries what is inside
    intercept_old,      ///< the same, with TLS 1.2 towards the device
    intercept_refuse,   ///< ends TLS, and answers the upgrade with 400
    intercept_page,     ///< ends TLS, and answers the upgrade with a page
    intercept_goodbye,  ///< ends TLS, upgrades, and says that the device is revoked
};

struct ProxyScript {
    ProxyAct act = ProxyAct::tunnel;
    CarryAct carry = CarryAct::carry;
    std::string login{};  ///< base64 of "user:password", for `ask_login`
    std::size_t bytes_down = std::numeric_limits<std::size_t>::max();

    /// "127.0.0.1:port": no CONNECT is spoken, everybody is carried there, as a network does.
    std::string straight_to{};
};

/// An HTTP proxy on loopback, in a thread of its own, that behaves as its script says.
class ScriptedProxy {
public:
    explicit ScriptedProxy(ProxyScript script);
    ~ScriptedProxy();

    std::string address() const;

    /// The headers of all CONNECT requests so far.
    std::vector<std::string> requests() const;

    /// All that devices have sent behind CONNECT; what is inside TLS where it is opened.
    std::string carried_up() const;

    /// How many bytes went to devices.
    std::size_t carried_down() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace samsyn::test
