#pragma once

#include <string_view>

namespace samsyn {

/// Tells the service manager that started us ("READY=1"; sd_notify(3) lists the words): one
/// datagram to the socket that $NOTIFY_SOCKET names. Without one, or where it does not listen,
/// nothing happens.
void notify_manager(std::string_view state);

}  // namespace samsyn
