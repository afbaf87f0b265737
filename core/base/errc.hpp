#pragma once

#include <cstdint>
#include <string_view>

namespace samsyn {

/// The one list of what can go wrong. Name, wire code, message, whether trying again later may
/// help.
///
/// Codes are stable once released: they travel in answers and appear in the JSON of the agent.
/// The message is the sentence a log shows; what a person should *do* is said by the command line.
// clang-format off: one row a line, so that a new one is a line of its own
#define SAMSYN_ERRC_TABLE(row) \
    row(truncated, 1, "input ends too early", false) \
    row(malformed, 2, "input does not follow its format", false) \
    row(trailing_bytes, 3, "input continues after its end", false) \
    row(limit_exceeded, 4, "a limit is exceeded", false) \
    row(unsupported_version, 5, "version not supported", false) \
    row(unexpected_message, 6, "message not allowed in this state", false) \
    row(bad_signature, 10, "signature does not verify", false) \
    row(not_authentic, 11, "content does not authenticate", false) \
    row(unknown_device, 12, "device is not certified", false) \
    row(revoked_device, 13, "device is revoked", false) \
    row(wrong_federation, 14, "belongs to another federation", false) \
    row(wrong_server, 15, "server identity is not the pinned one", false) \
    row(weak_key, 16, "public key is of small order or not canonical", false) \
    row(not_permitted, 20, "not permitted", false) \
    row(consent_needed, 21, "consent is missing", false) \
    row(stale_epoch, 22, "key epoch is no longer open", true) \
    row(clock_off, 23, "clock is too far ahead", true) \
    row(escrowed, 24, "held in escrow", false) \
    row(no_key, 25, "no key for this epoch yet", true) \
    row(update_needed, 26, "a newer version of this program is needed", false) \
    row(not_found, 30, "no such object", false) \
    row(already_exists, 31, "exists already", false) \
    row(ambiguous, 32, "more than one object fits", false) \
    row(invalid_argument, 33, "value is not valid here", false) \
    row(conflict, 34, "another process or state is in the way", true) \
    row(missing_parent, 35, "an earlier object has not arrived", true) \
    row(counter_reused, 36, "a counter was used twice: the device may be cloned", false) \
    row(rate_limited, 37, "too much in too short a time", true) \
    row(log_forked, 38, "the server's log contradicts what it showed before", false) \
    row(lease_ended, 39, "too long without contact with the server: reading is locked", true) \
    row(link_lost, 40, "the connection was lost", true) \
    row(unreachable, 41, "the server cannot be reached", true) \
    row(timed_out, 42, "no answer in time", true) \
    row(storage_failed, 50, "storage failed", true) \
    row(disk_full, 51, "the disk is full", true) \
    row(locked, 52, "locked", false) \
    row(newer_format, 53, "written by a newer version of this program", false) \
    row(system_failed, 60, "an operating system call failed", true) \
    row(out_of_memory, 61, "out of memory", true) \
    row(login_page, 70, "the network answers with a page of its own instead of the server", true) \
    row(proxy_refused, 71, "the network's proxy lets nothing through to the server", true) \
    row(proxy_login, 72, "the network's proxy asks for a name and a password", false) \
    row(proxy_failed, 73, "the network's proxy cannot be used", true) \
    row(tls_opened, 74, "somebody on the way opens the encryption", true) \
    row(upgrade_refused, 75, "the connection is not upgraded to WebSocket", true) \
    row(no_tls, 76, "no encryption (TLS) is spoken at the server's address", true) \
    row(tls_too_old, 77, "TLS 1.3 is not spoken at the server's address", true)
// clang-format on

enum class Errc : std::uint16_t {
#define SAMSYN_ROW(name, code, message, retryable) name = code,
    SAMSYN_ERRC_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
};

/// The stable name, as in JSON and documents: `"stale_epoch"`. Unknown codes give `"unknown"`.
std::string_view name_of(Errc code);

/// The sentence of the table above, lower case, without a full stop.
std::string_view message_of(Errc code);

/// True where the same call may succeed later without anybody changing anything.
bool is_retryable(Errc code);

/// The code for a number from a peer; a number not in the table becomes `malformed`.
Errc errc_from_wire(std::uint16_t code);

}  // namespace samsyn
