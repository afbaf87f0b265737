#include "tests/crypto/vault/vault_world.hpp"

using namespace samsyn;

namespace {

/// Runs `change` on a vault that is open, with the power cut at each of its steps in turn, and
/// `check` on what is found afterwards. Returns how many cuts there were.
template <class Change, class Check>
int sweep_cuts(Change change, Check check) {
    for (int cut = 0;; ++cut) {
        VaultWorld world;
        world.create_with_pin();
        Vault vault = world.unlocked();
        world.files.calm();
        world.files.cut_at = cut;
        bool finished = false;
        try {
            finished = change(world, vault).has_value();
            REQUIRE(finished);
        } catch (const PowerCut&) {
        }
        world.files.calm();
        CAPTURE(cut);
        check(world, finished);
        CHECK(world.files.disk.at(VaultCopy::a) == world.files.disk.at(VaultCopy::b));  // healed
        if (finished) return cut;
    }
}

}  // namespace

TEST_CASE("Vault: a cut at any step of a change of phrase leaves the old or the new one",
          "[vault][crash]") {
    const int cuts = sweep_cuts(
        [](VaultWorld&, Vault& vault) { return vault.change_phrase(phrase_of(other_words)); },
        [](VaultWorld& world, bool finished) {
            const bool by_new = world.phrase_opens(other_words);
            const bool by_old = world.phrase_opens(first_words);
            CHECK(by_new != by_old);
            if (finished) CHECK(by_new);
        });
    CHECK(cuts == 4);
}

TEST_CASE("Vault: a cut at any step of a change of contents leaves the old or the new ones",
          "[vault][crash]") {
    const auto change = [](VaultWorld&, Vault& vault) {
        VaultContents next = vault.contents().duplicate();
        next.database = VaultDatabase::make(2);
        return vault.replace_contents(next);
    };
    const int cuts = sweep_cuts(change, [](VaultWorld& world, bool finished) {
        const auto number = world.unlocked().contents().database.number;
        CHECK((number == 1 || number == 2));
        if (finished) CHECK(number == 2);
    });
    CHECK(cuts == 4);
}

TEST_CASE("Vault: a cut at any step of taking the server's secret leaves a PIN that opens",
          "[vault][crash]") {
    for (int cut = 0; cut <= 4; ++cut) {
        VaultWorld world;
        Vault vault = world.create_with_pin();
        REQUIRE(vault.change_pin(second_pin).has_value());
        const auto registration = std::move(*vault.pin_registration().value());
        const auto new_secret = Secret<32>::random();
        world.files.calm();
        world.files.cut_at = cut;
        try {
            (void)vault.on_server_secret(registration.verifier, new_secret);
        } catch (const PowerCut&) {
        }
        world.files.calm();
        CAPTURE(cut);
        Vault after = world.open();
        const bool old_opens =
            after.begin_pin_try(first_pin).value().open_with(world.server_secret).has_value();
        const bool new_opens =
            after.begin_pin_try(second_pin).value().open_with(new_secret).has_value();
        CHECK(old_opens != new_opens);
        // Whichever it is, the device still knows what to tell the server.
        CHECK(after.pin_registration().value().has_value() == old_opens);
        CHECK(after.unconfirmed_pin().value().has_value());
    }
}

TEST_CASE("Vault: a cut at any step of a wipe leaves all slots or none", "[vault][crash]") {
    const int cuts =
        sweep_cuts([](VaultWorld&, Vault& vault) { return vault.erase_unlocking_slots(); },
                   [](VaultWorld& world, bool finished) {
                       const VaultStatus status = world.open().status();
                       CHECK(status.has_phrase == status.has_pin);
                       if (finished) CHECK_FALSE(status.has_phrase);
                   });
    CHECK(cuts == 4);
}

TEST_CASE("Vault: a cut at any step of creating leaves no vault or a whole one", "[vault][crash]") {
    for (int cut = 0; cut <= 4; ++cut) {
        VaultWorld world;
        world.files.cut_at = cut;
        try {
            (void)Vault::create(world.ports(), world.contents, phrase_of(first_words));
        } catch (const PowerCut&) {
        }
        world.files.calm();
        CAPTURE(cut);
        const bool exists = Vault::exists(world.files).value();
        CHECK(exists == (cut >= 1));
        if (exists) CHECK(world.phrase_opens(first_words));
    }
}

TEST_CASE("Vault: a copy torn in writing costs nothing, whichever was newer", "[vault][crash]") {
    // On a full disk a copy is written over the old one; a cut then leaves it damaged.
    for (const VaultCopy missing : {VaultCopy::a, VaultCopy::b}) {
        for (int cut = 0; cut < 4; ++cut) {
            VaultWorld world;
            world.create();
            world.files.disk.erase(missing);
            Vault vault = Vault::open(world.ports()).value();
            world.files.disk.erase(missing);  // healed at opening, and lost again
            world.files.calm();
            world.files.cut_at = cut;
            std::optional<VaultCopy> written;
            world.files.observe = [&](VaultCopy copy) { written = copy; };
            CHECK_THROWS_AS(vault.acknowledge_counter(5), PowerCut);
            world.files.observe = nullptr;
            world.files.calm();
            if (written) world.files.disk[*written].resize(100);
            CAPTURE(cut, static_cast<int>(missing));
            CHECK(world.phrase_opens(first_words));
        }
    }
}

TEST_CASE("Vault: a full disk at any step is an error, and the vault stays usable",
          "[vault][fault]") {
    for (int step = 0; step < 4; ++step) {
        VaultWorld world;
        Vault vault = world.create_with_pin();
        world.files.calm();
        world.files.fail_at = step;
        CAPTURE(step);
        CHECK(vault.change_phrase(phrase_of(other_words)).error().code == Errc::disk_full);
        world.files.calm();
        // The same object goes on from what is on the disk.
        REQUIRE(vault.change_phrase(phrase_of(other_words)).has_value());
        CHECK(world.phrase_opens(other_words));
        CHECK_FALSE(world.phrase_opens(first_words));
    }
}

TEST_CASE("Vault: a right secret opens though the counts cannot be set back", "[vault][fault]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    world.files.calm();
    world.files.fail_at = 4;  // after the counting
    CHECK(world.try_pin(vault, first_pin).has_value());
    CHECK(vault.is_open());
    world.files.calm();
    CHECK(world.open().status().pin_tries_left == pin_tries_max - 1);
}

TEST_CASE("Vault: a rotten copy is healed on a disk that can be written again", "[vault][fault]") {
    VaultWorld world;
    world.create();
    world.files.disk[VaultCopy::a].resize(50);
    world.files.calm();
    world.files.fail_at = 0;
    Vault vault = world.open();
    CHECK_FALSE(vault.status().healed);
    CHECK(world.files.disk[VaultCopy::a].size() == 50);
    world.files.calm();
    CHECK(vault.unlock_with_phrase(phrase_of(first_words)).has_value());
    CHECK(world.files.disk[VaultCopy::a] == world.files.disk[VaultCopy::b]);
}
