#include "client-sdk/cli/secret_input.hpp"

#include "client-sdk/agent/unix_socket.hpp"
#include "crypto/vault/phrase.hpp"

#include <cerrno>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace samsyn {

namespace {

constexpr unsigned char ctrl_c = 0x03;
constexpr unsigned char ctrl_d = 0x04;
constexpr unsigned char backspace = 0x08;
constexpr unsigned char ctrl_u = 0x15;
constexpr unsigned char escape = 0x1b;
constexpr unsigned char rubout = 0x7f;

bool is_separator(char c) {
    return c == ' ' || c == ',' || c == '-' || c == '\t';
}

std::size_t letters_in(std::string_view text) {
    std::size_t letters = 0;
    for (const char c : text) letters += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    return letters;
}

std::string dots(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "•";
    return text;
}

/// The controlling terminal, key by key and without echo; as it was when it goes.
class Terminal {
public:
    static Result<Terminal> open() {
        UniqueFd fd{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
        termios before{};
        if (!fd || ::tcgetattr(fd.value(), &before) != 0)
            return fail(Errc::invalid_argument,
                        "no terminal: give --pin-fd, --phrase-fd or --password-fd");
        termios quiet = before;
        // Signals too: Ctrl-C must not leave the terminal without echo.
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        quiet.c_cc[VMIN] = 1;
        quiet.c_cc[VTIME] = 0;
        if (::tcsetattr(fd.value(), TCSAFLUSH, &quiet) != 0) return system_failure("tcsetattr");
        return Terminal{std::move(fd), before};
    }

    Terminal(Terminal&&) = default;
    Terminal& operator=(Terminal&&) = delete;

    ~Terminal() {
        if (fd_) (void)::tcsetattr(fd_.value(), TCSAFLUSH, &before_);
    }

    bool read(unsigned char& byte) const {
        for (;;) {
            const ssize_t size = ::read(fd_.value(), &byte, 1);
            if (size == 1) return true;
            if (size == 0 || errno != EINTR) return false;
        }
    }

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t size = ::write(fd_.value(), text.data(), text.size());
            if (size <= 0) return;  // a terminal that is gone shows nothing
            text.remove_prefix(static_cast<std::size_t>(size));
        }
    }

private:
    Terminal(UniqueFd fd, const termios& before) : fd_(std::move(fd)), before_(before) {}

    UniqueFd fd_;
    termios before_;
};

}  // namespace

Result<SecretText> read_secret(int fd) {
    SecretText text;
    for (;;) {
        char byte = 0;
        const ssize_t size = ::read(fd, &byte, 1);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(Errc::invalid_argument, "descriptor " + std::to_string(fd));
        if (size == 0 || byte == '\n') break;
        if (byte != '\r' && !text.push_back(byte))
            return fail(Errc::invalid_argument, "secret: too long");
    }
    if (text.empty()) return fail(Errc::invalid_argument, "secret: empty");
    return text;
}

SecretLine::State SecretLine::on_byte(unsigned char byte) {
    if (escape_ == 1) {
        escape_ = byte == '[' || byte == 'O' ? 2 : 0;
        return State::typing;
    }
    if (escape_ == 2) {
        if (byte >= 0x40 && byte <= 0x7e) escape_ = 0;  // an arrow key ends here
        return State::typing;
    }
    switch (byte) {
        case '\r':
        case '\n':
            return State::done;
        case ctrl_c:
        case ctrl_d:
            text_.clear();
            return State::cancelled;
        case backspace:
        case rubout:
            erase_letter();
            break;
        case ctrl_u:
            text_.clear();
            break;
        case escape:
            escape_ = 1;
            break;
        default:
            take_printable(byte);
    }
    return State::typing;
}

void SecretLine::take_printable(unsigned char byte) {
    const bool digit = byte >= '0' && byte <= '9';
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool of_share = digit || letter || byte == ' ' || byte == '-';
    if (as_ == TypedAs::pin ? digit : as_ == TypedAs::share ? of_share : byte >= 0x20)
        (void)text_.push_back(static_cast<char>(byte));  // full: the key does nothing
}

void SecretLine::erase_letter() {
    while (!text_.empty() && (static_cast<unsigned char>(text_.view().back()) & 0xc0U) == 0x80U)
        text_.pop_back();
    text_.pop_back();
}

std::string SecretLine::shown() const {
    const std::string_view text = text_.view();
    if (as_ == TypedAs::pin || as_ == TypedAs::password) return dots(letters_in(text));
    std::size_t start = text.size();
    while (start > 0 && !is_separator(text[start - 1])) --start;
    std::string line;
    bool in_word = false;
    for (const char c : text.substr(0, start)) {
        if (!is_separator(c) && !in_word) line += "•••";
        if (is_separator(c) && in_word) line += " ";
        in_word = !is_separator(c);
    }
    const std::string_view word = text.substr(start);
    if (as_ == TypedAs::share) return line.append(word);
    if (const auto whole = complete_word(word)) return line.append(*whole);
    return line + dots(letters_in(word));
}

Result<SecretText> ask_secret(const std::string& prompt, TypedAs as) {
    const Terminal terminal = SAMSYN_TRY(Terminal::open());
    SecretLine line{as};
    auto state = SecretLine::State::typing;
    while (state == SecretLine::State::typing) {
        terminal.write("\r\x1b[K" + prompt + line.shown());
        unsigned char byte = 0;
        if (!terminal.read(byte))
            state = SecretLine::State::cancelled;
        else
            state = line.on_byte(byte);
    }
    terminal.write("\r\x1b[K" + prompt + "\n");  // the last word is not left on the screen
    SecretText text = line.take();
    if (state == SecretLine::State::cancelled) return fail(Errc::invalid_argument, "given up");
    if (text.empty()) return fail(Errc::invalid_argument, "secret: empty");
    return text;
}

}  // namespace samsyn
