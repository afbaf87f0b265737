#include "client-sdk/cli/secret_input.hpp"

#include "crypto/vault/phrase.hpp"
#include "tests/support/catch.hpp"

#include <unistd.h>

using namespace samsyn;
using State = SecretLine::State;

namespace {

State type(SecretLine& line, std::string_view keys) {
    State state = State::typing;
    for (const char key : keys) state = line.on_byte(static_cast<unsigned char>(key));
    return state;
}

}  // namespace

TEST_CASE("SecretLine: a PIN is dots, and takes digits only", "[cli]") {
    SecretLine line{TypedAs::pin};
    CHECK(type(line,
               "27x40\x7f"
               "93 ") == State::typing);
    CHECK(line.shown() == "•••••");
    CHECK(type(line, "\r") == State::done);
    CHECK(line.take().view() == "27493");
}

TEST_CASE("SecretLine: a password is dots, one a letter, and takes every letter", "[cli]") {
    SecretLine line{TypedAs::password};
    CHECK(type(line, "lösen, ord%x\x7f") == State::typing);
    CHECK(line.shown() == "•••••••••••");
    CHECK(type(line, "\r") == State::done);
    CHECK(line.take().view() == "lösen, ord%");
}

TEST_CASE("SecretLine: of a phrase only the word that is being typed is shown, completed",
          "[cli]") {
    const auto words = phrase_word_list();
    const std::string first{words[3]};
    const std::string second{words[700]};
    SecretLine line{TypedAs::phrase};
    (void)type(line, first.substr(0, 2));
    CHECK(line.shown().find(first) == std::string::npos);
    (void)type(line, first.substr(2));
    CHECK(line.shown() == first);
    (void)type(line, " " + second);
    CHECK(line.shown() == "••• " + second);
    CHECK(line.take().view() == first + " " + second);
}

TEST_CASE("SecretLine: keys of a hostile terminal put nothing on the screen", "[cli]") {
    SecretLine line{TypedAs::phrase};
    CHECK(type(line, "\x1b[2J\x1b]0;x\x07") == State::typing);
    const std::string shown = line.shown();
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find('\x07') == std::string::npos);
}

TEST_CASE("SecretLine: Ctrl-C gives up and forgets, Ctrl-U begins anew", "[cli]") {
    SecretLine line{TypedAs::pin};
    (void)type(line,
               "123456\x15"
               "78");
    CHECK(line.shown() == "••");
    CHECK(type(line, "\x03") == State::cancelled);
    CHECK(line.take().empty());
}

TEST_CASE("SecretLine: rubbing out takes a whole letter", "[cli]") {
    SecretLine line{TypedAs::phrase};
    (void)type(line, "bå\x7f");
    CHECK(line.take().view() == "b");
}

TEST_CASE("read_secret: takes one line and leaves the next", "[cli]") {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const std::string_view text = "274093\r\nandra raden\n\n";
    REQUIRE(::write(ends[1], text.data(), text.size()) == std::ssize(text));
    ::close(ends[1]);
    CHECK(read_secret(ends[0])->view() == "274093");
    CHECK(read_secret(ends[0])->view() == "andra raden");
    CHECK(read_secret(ends[0]).error().code == Errc::invalid_argument);  // empty
    CHECK(read_secret(ends[0]).error().code == Errc::invalid_argument);  // at the end
    ::close(ends[0]);
    CHECK(read_secret(ends[0]).error().code == Errc::invalid_argument);  // closed
}

TEST_CASE("read_secret: refuses a line without end", "[cli]") {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const std::string text(2'000, 'x');
    REQUIRE(::write(ends[1], text.data(), text.size()) == std::ssize(text));
    ::close(ends[1]);
    CHECK(read_secret(ends[0]).error().code == Errc::invalid_argument);
    ::close(ends[0]);
}
