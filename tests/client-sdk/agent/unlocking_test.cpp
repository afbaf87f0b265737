// What becomes of what a person types, on a vault that is cheap to open.

#include "client-sdk/agent/unlocking.hpp"

#include "client-sdk/agent/pin_keeper.hpp"
#include "tests/client-sdk/agent/cheap_vault.hpp"

using namespace samsyn;
using namespace samsyn::test;
using nlohmann::json;

namespace {

constexpr std::string_view right_pin = "274093";
constexpr std::string_view wrong_pin = "274094";

/// A vault with a PIN whose share the "server" has handed out.
class Scene {
public:
    Scene() {
        REQUIRE(folder_.create([](OpenedDevice&) { return Result<void>{}; }));
        Vault vault = open_by_phrase();
        PinKeeper keeper{vault, {.drop = [] {}, .keep = [](const ServerShare&) {}}};
        const auto wanted = keeper.wanted();
        REQUIRE((wanted && *wanted && (**wanted).verifier));
        verifier_ = *(**wanted).verifier;
        REQUIRE(keeper.on_registered(**wanted, PinSecret::from(share.expose())));
        REQUIRE(keeper.on_confirmed(verifier_));
    }

    Vault open() {
        auto vault = Vault::open(folder_.ports(files_));
        REQUIRE(vault);
        return std::move(*vault);
    }

    Vault open_by_phrase() {
        Vault vault = open();
        REQUIRE(vault.unlock_with_phrase(folder_.phrase));
        return vault;
    }

    /// As the supervisor and its child do it, each time with a child of its own.
    std::expected<UnlockSuccess, UnlockFailure> by_pin(std::string_view pin, bool warm) {
        Vault vault = open();
        UnlockMessage message{UnlockWith::pin, SecretText{pin}, std::nullopt};
        if (warm) message.share = share.duplicate();
        return unlock_vault(vault, std::move(message), server);
    }

    std::expected<UnlockSuccess, UnlockFailure> by_phrase(std::string_view text) {
        Vault vault = open();
        return unlock_vault(vault, {UnlockWith::phrase, SecretText{text}, std::nullopt}, server);
    }

    std::string phrase() const { return folder_.phrase.text(); }

    ServerShare share = ServerShare::random();
    ShareSource server = [this](const Vault&, PinTry& tried) -> Result<ServerShare> {
        ++asked;
        if (offline) return fail(Errc::unreachable, "server");
        if (destroyed) return fail(Errc::not_permitted, "pin");
        if (tried.verifier() == Secret<32>::from(verifier_.view())) return share.duplicate();
        return fail(Errc::not_authentic, "pin");
    };
    int asked = 0;
    bool offline = false;
    bool destroyed = false;

private:
    CheapFolder folder_;
    PosixVaultFiles files_{folder_.path()};
    PinVerifier verifier_;
};

json error_of(const std::expected<UnlockSuccess, UnlockFailure>& result) {
    REQUIRE_FALSE(result);
    return result.error().error;
}

}  // namespace

TEST_CASE("unlock_vault: warm, the PIN opens without asking the server", "[agent][unlock]") {
    Scene scene;
    CHECK(scene.by_pin(right_pin, true));
    CHECK(scene.asked == 0);
}

TEST_CASE("unlock_vault: cold, the PIN opens by the server's share, which is kept",
          "[agent][unlock]") {
    Scene scene;
    const auto opened = scene.by_pin(right_pin, false);
    REQUIRE(opened);
    REQUIRE(opened->share);
    CHECK(*opened->share == scene.share);
}

TEST_CASE("unlock_vault: cold and offline, the PIN is not counted and the phrase opens",
          "[agent][unlock]") {
    Scene scene;
    scene.offline = true;
    for (int i = 0; i < 12; ++i) {
        const json error = error_of(scene.by_pin(right_pin, false));
        CHECK(error["code"] == "unreachable");
        CHECK(error["hint"].get<std::string>().find("--phrase") != std::string::npos);
        CHECK(error["hint_sv"].get<std::string>().find("--phrase") != std::string::npos);
    }
    CHECK(scene.open().status().pin_tries_left == pin_tries_max);
    CHECK(scene.by_phrase(scene.phrase()));
}

TEST_CASE("unlock_vault: ten wrong PINs erase the PIN and nothing else",
          "[agent][unlock][attack]") {
    Scene scene;
    const bool warm = GENERATE(true, false);
    for (std::uint32_t left = pin_tries_max - 1; left > 0; --left) {
        const json error = error_of(scene.by_pin(wrong_pin, warm));
        CHECK(error["code"] == "not_authentic");
        CHECK(error["tries_left"] == left);
    }
    const auto tenth = scene.by_pin(wrong_pin, warm);
    CHECK(error_of(tenth)["code"] == "not_found");
    CHECK(tenth.error().drop_share);
    CHECK(error_of(scene.by_pin(right_pin, true))["code"] == "not_found");  // too late
    CHECK(scene.by_phrase(scene.phrase()));
}

TEST_CASE("unlock_vault: a right PIN sets the count back", "[agent][unlock]") {
    Scene scene;
    for (int i = 0; i < 9; ++i) CHECK_FALSE(scene.by_pin(wrong_pin, true));
    CHECK(scene.by_pin(right_pin, true));
    CHECK(scene.open().status().pin_tries_left == pin_tries_max);
}

TEST_CASE("unlock_vault: a try that is killed before its answer stays counted",
          "[agent][unlock][attack]") {
    Scene scene;
    for (int i = 0; i < 10; ++i) {
        Vault vault = scene.open();
        (void)vault.begin_pin_try(wrong_pin);  // and the thief kills the process here
    }
    CHECK(error_of(scene.by_pin(right_pin, true))["code"] == "not_found");
    CHECK(scene.by_phrase(scene.phrase()));
}

TEST_CASE("unlock_vault: a server that has destroyed its share ends the PIN", "[agent][unlock]") {
    Scene scene;
    scene.destroyed = true;
    const auto refused = scene.by_pin(right_pin, false);
    CHECK(error_of(refused)["code"] == "not_permitted");
    CHECK(refused.error().drop_share);
    CHECK_FALSE(scene.open().status().has_pin);
    CHECK(scene.by_phrase(scene.phrase()));
}

TEST_CASE("unlock_vault: a phrase that is wrong or none says so without repeating it",
          "[agent][unlock]") {
    Scene scene;
    std::string other = Phrase::random().text();
    while (other == scene.phrase()) other = Phrase::random().text();
    CHECK(error_of(scene.by_phrase(other))["code"] == "not_authentic");
    const json error = error_of(scene.by_phrase("hemligtord \x1b[2J x y z"));
    CHECK(error["code"] == "invalid_argument");
    CHECK(error.dump().find("hemligtord") == std::string::npos);
    CHECK(scene.by_phrase(scene.phrase()));
}

TEST_CASE("PinKeeper: the old share is gone before the new slot is durable", "[agent][unlock]") {
    Scene scene;
    Vault vault = scene.open_by_phrase();
    REQUIRE(vault.change_pin("902746"));
    std::vector<std::string> order;
    PinKeeper keeper{vault,
                     {.drop =
                          [&] {
                              order.emplace_back("drop");
                              CHECK(scene.by_pin(right_pin, true));  // the old slot stands yet
                          },
                      .keep = [&](const ServerShare&) { order.emplace_back("keep"); }}};
    const auto wanted = keeper.wanted();
    REQUIRE((wanted && *wanted));
    REQUIRE(keeper.on_registered(**wanted, PinSecret::from(ServerShare::random().expose())));
    CHECK(order == std::vector<std::string>{"drop", "keep"});
    CHECK_FALSE(scene.by_pin(right_pin, true));
}
