#include "client-sdk/cli/enrol_texts.hpp"

#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/qr.hpp"

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr int picture_pixels = 8;

/// Columns of the terminal; none where standard output is no terminal.
int terminal_columns() {
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

/// https://no-color.org: whoever sets it gets none.
bool wants_colours() {
    // NOLINTBEGIN(concurrency-mt-unsafe): nothing here changes the environment
    const char* const no_color = std::getenv("NO_COLOR");
    const char* const term = std::getenv("TERM");
    // NOLINTEND(concurrency-mt-unsafe)
    const bool dumb = term == nullptr || std::string_view{term} == "dumb";
    return ::isatty(STDOUT_FILENO) != 0 && !dumb && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

void add_text_options(Command& command) {
    command.text("--png", "png", "Write the QR code to this PNG file too")
        .flag("--qr", "qr", "Show the QR code where the output is no terminal too");
}

Result<std::string> enrolment_picture(std::string_view text) {
    const QrCode code = SAMSYN_TRY(QrCode::of(text, QrStrength::paper));
    return qr_png(code, picture_pixels);
}

Result<void> write_text_picture(const json& args, std::string_view text) {
    const std::string path = args.value("png", "");
    if (path.empty()) return {};
    const std::string picture = SAMSYN_TRY(enrolment_picture(text));
    return write_private_file(path, picture);
}

void print_enrolment_text(const Session& session, const json& args, std::string_view text) {
    print(std::string{text} + "\n\n");
    const int columns = terminal_columns();
    const bool wanted = args.value("qr", false);
    if (columns == 0 && !wanted) return;
    const auto code = QrCode::of(text, QrStrength::screen);
    if (!code) return;  // the letters are there
    if (!wanted && code->size() + 2 * QrCode::quiet > columns) {
        print(session.say("(Too narrow for the QR code: --png FILE writes it.)\n\n",
                          "(För smalt för QR-koden: --png FIL skriver den.)\n\n"));
        return;
    }
    print(qr_lines(*code, wants_colours() ? QrColours::black_on_white : QrColours::plain) + "\n");
}

void print_fingerprint(const Session& session, std::string_view fingerprint) {
    print(session.say("Federation: ", "Samverkan: ") + escaped(fingerprint) +
          session.say("  (both machines show these four groups)\n",
                      "  (båda datorerna visar de här fyra grupperna)\n"));
}

std::string kind_text(const Session& session, std::string_view kind) {
    if (kind == "staff_tablet") return session.say("staff tablet", "personalplatta");
    if (kind == "room_screen") return session.say("room screen", "rumsskärm");
    if (kind == "loaner") return session.say("loaner", "låneenhet");
    return escaped(kind);
}

}  // namespace samsyn
