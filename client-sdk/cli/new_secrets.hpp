#pragma once

#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/secret_input.hpp"
#include "crypto/vault/phrase.hpp"

namespace samsyn {

/// What a new device is opened with.
struct NewSecrets {
    Phrase phrase;
    SecretText pin;
};

/// The options of `choose_secrets`.
void add_secret_options(Command& command);

/// Asks for a PIN twice, or takes it from `pin_fd`; draws a phrase, shows it once, and goes on when
/// the person has typed two of its words back. With `--json` or `--show-phrase` the phrase is in
/// the answer instead. Errors: `invalid_argument`.
Result<NewSecrets> choose_secrets(const Session& session, const nlohmann::json& args);

/// A PIN that may become one, asked for twice or from `pin_fd`.
Result<SecretText> choose_pin(const Session& session, const nlohmann::json& args);

/// Shows a phrase on the terminal and asks for two of its words.
Result<void> confirm_phrase(const Session& session, const Phrase& phrase);

/// Opens the device that was just made, so that the person can go on: starts its agent.
Result<void> unlock_new(const Session& session, const Phrase& phrase);

/// Asks the agent to unlock, with a visible wait; the exit code.
int unlock_with(const Session& session,
                AgentClient& agent,
                const char* way,
                const SecretText& secret,
                nlohmann::json& result);

}  // namespace samsyn
