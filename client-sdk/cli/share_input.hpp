#pragma once

#include "client-sdk/cli/session.hpp"
#include "crypto/recovery/recovery_key.hpp"

namespace samsyn {

/// The public part of a recovery key as the agent tells it. Errors: `malformed`.
Result<RecoveryTerms> terms_in(const nlohmann::json& key);

/// As many right shares as are needed, from the terminal, or one a line from what `args` names: a
/// descriptor ("share_fd") or standard input ("share": "-"). From the terminal a wrong one is named
/// and asked for again; from a descriptor it ends the reading. Errors: those of `check_share`;
/// `invalid_argument` for a share on the command line, where everybody on the machine can read it.
Result<std::vector<RecoveryShare>> read_shares(const Session& session,
                                               const nlohmann::json& args,
                                               const RecoveryTerms& terms);

/// Says what is wrong with a share; returns the exit code.
int show_share_error(const Session& session, const Error& error);

}  // namespace samsyn
