#pragma once

#include "core/base/result.hpp"

namespace samsyn {

/// How `samsyn-server` ends; stable, for scripts. Each has its own message.
enum class ServerExit : int {
    ok = 0,
    failed = 1,  ///< anything not below
    usage = 2,
    no_folder = 3,
    folder_exists = 4,
    loose_permissions = 5,
    wrong_federation = 6,
    database_locked = 7,
    port_in_use = 8,
    bad_founding = 9,
    damaged = 10,
    bad_address = 11,
    disk = 12,
    wrong_key = 13,
    config = 14,  ///< each error of the file, the environment and the options, with its line
    certificate_expired = 15,
    clock_wrong = 16,      ///< earlier than what the database or the certificate has seen
    newer_database = 17,   ///< written by a later version of this program
    read_only = 18,        ///< a folder or file may not be written, or not be read
    bad_certificate = 19,  ///< certificate and key cannot be read or do not belong together
    not_confirmed = 30,    ///< restored from a backup, and two people have yet to sign
    bad_backup = 31,       ///< damaged, doctored, or no backup of ours
    no_backup_key = 32,    ///< the month's key is missing or another
};

/// What went wrong, and what to do, as a sentence for the person at the terminal.
struct Failure {
    ServerExit exit = ServerExit::failed;
    std::string sentence;
};

template <class T>
using Fallible = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> give_up(ServerExit exit, std::string sentence) {
    return std::unexpected{Failure{exit, std::move(sentence)}};
}

}  // namespace samsyn
