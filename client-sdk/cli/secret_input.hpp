#pragma once

#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/cli/session.hpp"
#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace samsyn {

/// One line of a descriptor that a script has opened for us, without its end; reads no byte beyond
/// it, so that several secrets may follow each other. Errors: `invalid_argument` where it is empty,
/// too long or cannot be read.
Result<SecretText> read_secret(int fd);

enum class TypedAs : std::uint8_t { pin, phrase, share, password };

/// What the keys make of a line that nobody is to see: digits and letters become dots; of a phrase
/// the word that is being typed is shown, completed as soon as it is clear, and the words before it
/// are dots; of a share the group that is being typed is shown as it is. Pure: the terminal's bytes
/// come in, what to show comes out; control sequences are swallowed.
class SecretLine {
public:
    explicit SecretLine(TypedAs as) : as_(as) {}

    enum class State : std::uint8_t { typing, done, cancelled };

    State on_byte(unsigned char byte);

    /// What stands behind the prompt now.
    std::string shown() const;

    SecretText take() { return std::move(text_); }

private:
    void take_printable(unsigned char byte);
    void erase_letter();

    TypedAs as_;
    SecretText text_;
    int escape_ = 0;  // inside a control sequence of the terminal: 1 after ESC, 2 in its body
};

/// Asks on the terminal, in place of echoing. Errors: `invalid_argument` without a terminal (give
/// --pin-fd or --phrase-fd), or where the person gave up (Ctrl-C, Ctrl-D).
Result<SecretText> ask_secret(const std::string& prompt, TypedAs as);

}  // namespace samsyn
