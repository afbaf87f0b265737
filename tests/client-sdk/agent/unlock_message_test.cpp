#include "client-sdk/agent/unlock_message.hpp"

#include "client-sdk/agent/unix_socket.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <sys/socket.h>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

struct Pair {
    Pair() {
        REQUIRE(start_sodium());
        int ends[2] = {-1, -1};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
        near.reset(ends[0]);
        far.reset(ends[1]);
    }

    UniqueFd near;
    UniqueFd far;
};

}  // namespace

TEST_CASE("UnlockMessage: arrives as it was sent, with and without a share", "[agent]") {
    const Pair pair;
    for (const bool with_share : {false, true}) {
        UnlockMessage sent{UnlockWith::pin, SecretText{"123 å"}, std::nullopt};
        if (with_share) sent.share = ServerShare::random();
        REQUIRE(send_unlock(pair.near.value(), sent));
        const auto got = receive_unlock(pair.far.value(), 1s);
        REQUIRE(got);
        CHECK(got->with == UnlockWith::pin);
        CHECK(got->text.view() == "123 å");
        REQUIRE(got->share.has_value() == with_share);
        if (with_share) CHECK(*got->share == *sent.share);
    }
}

TEST_CASE("UnlockMessage: whatever else arrives is malformed", "[agent]") {
    const Pair pair;
    const std::string long_one(2'000, 'U');
    for (const std::string_view bytes : {std::string_view{"U"},
                                         std::string_view{"{}"},
                                         std::string_view{"U\x09\x00", 3},
                                         std::string_view{"U\x00\x00", 3},
                                         std::string_view{"U\x01\x01short", 8},
                                         std::string_view{long_one}}) {
        CAPTURE(bytes.size());
        REQUIRE(::send(pair.near.value(), bytes.data(), bytes.size(), 0) > 0);
        CHECK(receive_unlock(pair.far.value(), 1s).error().code == Errc::malformed);
    }
    CHECK(receive_unlock(pair.far.value(), 1ms).error().code == Errc::timed_out);
}

TEST_CASE("take_share: takes the share, leaves nothing in the buffer, and nothing else",
          "[agent]") {
    const Pair pair;
    const auto share = ServerShare::random();
    REQUIRE(send_share(pair.near.value(), share));
    auto message = receive_with_fd(pair.far.value());
    REQUIRE((message && *message));
    auto got = take_share((**message).bytes);
    REQUIRE(got);
    CHECK(*got == share);
    CHECK((**message).bytes.empty());
    std::string other = R"({"serving":true})";
    CHECK_FALSE(take_share(other));
}

TEST_CASE("wipe_front: the rest moves to the front and leaves no copy behind", "[agent]") {
    std::string text = "hemlig\nresten";
    text.reserve(64);
    wipe_front(text, 7);
    CHECK(text == "resten");
    CHECK(std::string_view(text.data(), 14).substr(6).find_first_not_of('\0') ==
          std::string_view::npos);
    wipe_front(text, std::string::npos);
    CHECK(text.empty());
}

TEST_CASE("SecretText: is bounded, and empty after it was moved from", "[agent]") {
    SecretText text;
    for (std::size_t i = 0; i < SecretText::size_max; ++i) REQUIRE(text.push_back('x'));
    CHECK_FALSE(text.push_back('x'));
    const SecretText moved = std::move(text);
    CHECK(text.empty());  // NOLINT(bugprone-use-after-move): that is the claim
    CHECK(moved.view().size() == SecretText::size_max);
}
