// When a TLS pair is looked at, and looked at again.

#include "core/base/system_clock.hpp"
#include "sync-server/app/tls_files.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/sync-server/app/tls_pairs.hpp"

#include <fstream>

using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

namespace {

using When = TlsWatch::When;

/// Two files that somebody renews, by writing into them.
struct Watched {
    Watched() { put(tls_pair(-1h, 24h * 90)); }

    void put(const TlsIdentity& pair) const {
        write(files.certificate, pair.certificate);
        write(files.key, pair.key);
    }

    /// As if nothing had happened: the same length and time.
    void repair(const TlsIdentity& pair) const {
        for (const auto& [file, text] :
             {std::pair{files.certificate, pair.certificate}, std::pair{files.key, pair.key}}) {
            const auto time = std::filesystem::last_write_time(file);
            write(file, text);
            std::filesystem::last_write_time(file, time);
        }
    }

    static void write(const std::filesystem::path& file, const std::string& text) {
        std::ofstream{file, std::ios::binary} << text;
        std::filesystem::permissions(file, std::filesystem::perms{0600});
    }

    static std::string spoilt(std::string text) {
        text[text.size() / 2] = '!';
        return text;
    }

    TemporaryFolder folder;
    TlsFiles files{folder / "certificate.pem", folder / "key.pem"};
    Instant now = SystemClock{}.now();
};

}  // namespace

TEST_CASE("TlsWatch: a certificate of the future is taken when its time has come", "[app][tls]") {
    Watched world;
    TlsWatch watch{world.files};
    CHECK(watch.look(world.now, When::at_once).value() == std::nullopt);
    world.put(tls_pair(2h, 24h));
    REQUIRE_FALSE(watch.look(world.now, When::when_due));
    CHECK(watch.look(world.now + 30s, When::when_due).value() == std::nullopt);
    const auto early = watch.look(world.now + 61s, When::when_due);
    REQUIRE_FALSE(early);
    CHECK(early.error().exit == ServerExit::clock_wrong);
    CHECK(watch.look(world.now + 121s, When::when_due).value() == std::nullopt);  // now two minutes
    const auto taken = watch.look(world.now + 2h + 1min, When::when_due);
    REQUIRE(taken);
    REQUIRE(*taken);
    CHECK(watch.look(world.now + 4h, When::at_once).value() == std::nullopt);
}

TEST_CASE("TlsWatch: a pair that was half written is found whole without another sign",
          "[app][tls]") {
    Watched world;
    TlsWatch watch{world.files};
    const TlsIdentity good = tls_pair(-1h, 24h * 180);
    world.put({Watched::spoilt(good.certificate), good.key});
    CHECK(watch.look(world.now, When::when_due).error().exit == ServerExit::bad_certificate);
    world.repair(good);
    SECTION("after a while") {
        CHECK(watch.look(world.now + 59s, When::when_due).value() == std::nullopt);
        CHECK(watch.look(world.now + 60s, When::when_due).value().has_value());
    }
    SECTION("at once, where somebody asks for it") {
        CHECK(watch.look(world.now, When::at_once).value().has_value());
    }
    SECTION("though the clock was set back meanwhile") {
        CHECK(watch.look(world.now - 10min, When::when_due).value().has_value());
    }
}

TEST_CASE("TlsWatch: one that stays bad is looked at once an hour in the end", "[app][tls]") {
    Watched world;
    TlsWatch watch{world.files};
    world.put({"no certificate", "no key"});
    int refused = 0;
    for (auto after = 0min; after < 24h; after += 1min)
        if (!watch.look(world.now + after, When::when_due)) ++refused;
    CHECK(refused >= 24);
    CHECK(refused <= 32);
    world.put(tls_pair(-1h, 24h * 90));
    CHECK(watch.look(world.now + 24h, When::when_due).value().has_value());
}
