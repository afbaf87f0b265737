// Letting devices in on an administrator's machine: kinds, errors, wrong codes, and who carries the
// texts between the two machines.

#include "client-sdk/device/enrolment.hpp"
#include "core/store/device_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/founded.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/pump.hpp"
#include "tests/support/temporary_folder.hpp"

#include <samsyn/provisioning.hpp>

#include <algorithm>

namespace samsyn {

using namespace std::chrono_literals;

namespace {

struct InvitingScene {
    explicit InvitingScene(std::filesystem::path folder = {})
        : storage((static_cast<void>(must(start_sodium())), must(open_memory_storage()))),
          world(clock, *storage, "localhost:4430", std::move(folder)),
          anna(must(admin().add_user(world.team, Role::psychologist, "Anna Ek"))) {}

    Device& admin() { return *world.administrator().device; }

    Inviting inviting() { return Inviting{admin()}; }

    Invitation invite() {
        NewInvitation wish;
        wish.user = anna;
        return must(inviting().invite(wish));
    }

    EnrolmentReply answer(const Invitation& invitation, const Person& person) {
        return answer_invitation(invitation,
                                 person.signing.public_key(),
                                 person.sealer.public_key(),
                                 world.random(),
                                 world.hasher());
    }

    std::string code_at(const EnrolmentReply& reply, const AnsweredInvitation& revealed) {
        return must(comparison_code(reply.comparison, revealed.reveal, world.hasher()));
    }

    /// What the administrator's database, in its folder, holds of an invitation.
    Bytes kept(const std::filesystem::path& folder, const Invitation& invitation) {
        Person& person = world.administrator();
        person.device.reset();
        Bytes bytes;
        {
            auto database = must(Database::open(folder / person.name / "samsyn.db", person.pages));
            DeviceStore store = must(DeviceStore::open(std::move(database)));
            bytes = must(store.value("invitation/" + to_hex(invitation.id))).value();
        }
        person.device = world.open(person, DeviceKind::administrator_machine);
        return bytes;
    }

    /// One session of the administrator's with a server that is there for it.
    void sync_admin() {
        const auto hub = world.make_hub();
        Pump pump{*hub, clock, world.random(), world.verifier()};
        Pump::Line& line = pump.connect(admin());
        REQUIRE(pump.run());
        if (line.closed) FAIL(to_string(*line.closed));
        REQUIRE(line.synced);
    }

    /// The administrator's agent ends and starts again on the same database.
    void restart_admin() {
        Person& person = world.administrator();
        person.device.reset();
        person.device = world.open(person, DeviceKind::administrator_machine);
    }

    std::size_t device_count() { return admin().devices().size(); }

    ManualClock clock;
    std::unique_ptr<Storage> storage;
    Founded4 world;
    UserId anna;
    Person tablet{"tablet"};
    Person relay{"relay"};
};

std::string another_code(const std::string& code) {
    std::string other = code;
    other.back() = other.back() == '9' ? '0' : static_cast<char>(other.back() + 1);
    return other;
}

bool holds(const Bytes& bytes, ByteView part) {
    return !std::ranges::search(bytes, part).empty();
}

Bytes nonce_in(const AnsweredInvitation& revealed) {
    return must(from_checked_text("samsyn2-reveal-", revealed.reveal, 64));
}

template <class T>
Error error_of(const Result<T>& result) {
    return result ? Error{Errc::unexpected_message, "it succeeded"} : result.error();
}

Error fault(Errc code, std::string_view context) {
    return {code, std::string{context}};
}

}  // namespace

TEST_CASE("Inviting: a device is certified by the code that it shows, once", "[enrolment]") {
    InvitingScene scene;
    const Invitation invitation = scene.invite();
    CHECK(invitation.name == "Anna Ek");
    const EnrolmentReply reply = scene.answer(invitation, scene.tablet);
    const AnsweredInvitation revealed = must(scene.inviting().reveal(reply.answer));
    CHECK(revealed.user == scene.anna);
    CHECK_FALSE(revealed.device.has_value());
    const std::string code = scene.code_at(reply, revealed);
    const std::size_t before = scene.device_count();
    const AnsweredInvitation accepted =
        must(scene.inviting().accept(reply.answer, code.substr(0, 3) + " " + code.substr(3)));
    REQUIRE(accepted.device.has_value());
    CHECK(scene.device_count() == before + 1);

    const Error used = fault(Errc::already_exists, enrolment_used);
    CHECK(error_of(scene.inviting().accept(reply.answer, code)) == used);
    CHECK(error_of(scene.inviting().reveal(reply.answer)) == used);
    CHECK(scene.device_count() == before + 1);
}

TEST_CASE("Inviting: nothing is certified before the code, nor without the reveal", "[enrolment]") {
    InvitingScene scene;
    const EnrolmentReply reply = scene.answer(scene.invite(), scene.tablet);
    const std::size_t before = scene.device_count();
    CHECK(error_of(scene.inviting().accept(reply.answer, "123456")) ==
          fault(Errc::conflict, enrolment_not_revealed));
    const AnsweredInvitation revealed = must(scene.inviting().reveal(reply.answer));
    CHECK(must(scene.inviting().reveal(reply.answer)).reveal == revealed.reveal);
    CHECK(scene.device_count() == before);
    for (const char* const typed : {"", "12345", "1234567", "12345a", "١٢٣٤٥٦"})
        CHECK(error_of(scene.inviting().accept(reply.answer, typed)) ==
              fault(Errc::invalid_argument, enrolment_no_code));
    // None of these was counted.
    CHECK(scene.inviting().accept(reply.answer, scene.code_at(reply, revealed)).has_value());
}

TEST_CASE("Inviting: three wrong codes kill the invitation, restarts of the agent between or not",
          "[enrolment][attack]") {
    const bool restarts = GENERATE(false, true);
    const TemporaryFolder folder;
    InvitingScene scene{restarts ? folder.path() : std::filesystem::path{}};
    const EnrolmentReply reply = scene.answer(scene.invite(), scene.tablet);
    const std::string code = scene.code_at(reply, must(scene.inviting().reveal(reply.answer)));
    const std::size_t before = scene.device_count();
    const Error expected[] = {fault(Errc::not_authentic, enrolment_wrong_code_2_left),
                              fault(Errc::not_authentic, enrolment_wrong_code_1_left),
                              fault(Errc::revoked_device, enrolment_dead)};
    for (const Error& each : expected) {
        CHECK(error_of(scene.inviting().accept(reply.answer, another_code(code))) == each);
        if (restarts) scene.restart_admin();
    }
    CHECK(error_of(scene.inviting().accept(reply.answer, code)) == expected[2]);
    CHECK(error_of(scene.inviting().reveal(reply.answer)) == expected[2]);
    CHECK(scene.device_count() == before);
}

TEST_CASE("Inviting: the answer that was taken stays taken through a restart", "[enrolment]") {
    const TemporaryFolder folder;
    InvitingScene scene{folder.path()};
    const EnrolmentReply reply = scene.answer(scene.invite(), scene.tablet);
    const AnsweredInvitation revealed = must(scene.inviting().reveal(reply.answer));
    scene.restart_admin();
    CHECK(must(scene.inviting().reveal(reply.answer)).reveal == revealed.reveal);
    CHECK(scene.inviting().accept(reply.answer, scene.code_at(reply, revealed)).has_value());
}

TEST_CASE("Inviting: the secrets of a used, a dead or an expired invitation are forgotten",
          "[enrolment][secrets]") {
    const TemporaryFolder folder;
    InvitingScene scene{folder.path()};
    const Invitation invitation = scene.invite();
    const EnrolmentReply reply = scene.answer(invitation, scene.tablet);
    const AnsweredInvitation revealed = must(scene.inviting().reveal(reply.answer));
    const std::string code = scene.code_at(reply, revealed);
    const auto holds_secrets = [&] {
        const Bytes bytes = scene.kept(folder.path(), invitation);
        const bool secret = holds(bytes, invitation.secret);
        CHECK(holds(bytes, nonce_in(revealed)) == secret);
        return secret;
    };
    scene.sync_admin();
    REQUIRE(holds_secrets());  // it is good still
    SECTION("used") {
        must(scene.inviting().accept(reply.answer, code));
        CHECK_FALSE(holds_secrets());
    }
    SECTION("dead") {
        for (int tries = 0; tries < Inviting::wrong_codes_max; ++tries)
            CHECK_FALSE(scene.inviting().accept(reply.answer, another_code(code)));
        CHECK_FALSE(holds_secrets());
    }
    SECTION("expired, once the server has said what time it is") {
        scene.clock.advance(73h);
        CHECK(holds_secrets());
        scene.sync_admin();
        CHECK_FALSE(holds_secrets());
        const Error expired = fault(Errc::timed_out, enrolment_expired);
        CHECK(error_of(scene.inviting().accept(reply.answer, code)) == expired);
        // Nor does it come back with a clock that was wrong, for whoever guesses what is left of
        // it.
        Invitation blank = invitation;
        blank.secret = {};
        const std::string guessed = scene.answer(blank, scene.relay).answer;
        CHECK(error_of(scene.inviting().reveal(guessed)) == expired);
    }
}

TEST_CASE("Inviting: an expired invitation that nobody answered is forgotten, a younger one not",
          "[enrolment][secrets]") {
    const TemporaryFolder folder;
    InvitingScene scene{folder.path()};
    const Invitation old = scene.invite();
    scene.clock.advance(48h);
    const Invitation young = scene.invite();
    scene.clock.advance(25h);
    scene.sync_admin();
    CHECK_FALSE(holds(scene.kept(folder.path(), old), old.secret));
    CHECK(holds(scene.kept(folder.path(), young), young.secret));
    const EnrolmentReply reply = scene.answer(young, scene.tablet);
    CHECK(scene.inviting().reveal(reply.answer).has_value());
}

TEST_CASE("Inviting: expired, unknown, foreign and mistyped answers say what they are",
          "[enrolment]") {
    InvitingScene scene;
    const EnrolmentReply reply = scene.answer(scene.invite(), scene.tablet);

    InvitingScene elsewhere;
    const EnrolmentReply foreign = elsewhere.answer(elsewhere.invite(), elsewhere.tablet);
    CHECK(error_of(scene.inviting().reveal(foreign.answer)) ==
          fault(Errc::wrong_federation, enrolment_foreign));

    Invitation made_up = scene.invite();
    made_up.id = random_id<Nonce>(scene.world.random());
    CHECK(error_of(scene.inviting().reveal(scene.answer(made_up, scene.tablet).answer)) ==
          fault(Errc::not_found, enrolment_unknown));

    Invitation guessed = scene.invite();
    guessed.secret[15] ^= std::byte{1};
    CHECK(error_of(scene.inviting().reveal(scene.answer(guessed, scene.tablet).answer)) ==
          fault(Errc::not_authentic, enrolment_wrong_secret));

    std::string mistyped = reply.answer;
    mistyped[60] = mistyped[60] == 'a' ? 'b' : 'a';
    CHECK(error_of(scene.inviting().reveal(mistyped)) ==
          fault(Errc::malformed, enrolment_mistyped));

    const std::string code = scene.code_at(reply, must(scene.inviting().reveal(reply.answer)));
    scene.clock.advance(73h);
    CHECK(error_of(scene.inviting().accept(reply.answer, code)) ==
          fault(Errc::timed_out, enrolment_expired));
}

TEST_CASE("Inviting: a relay that swaps the keys in the answer cannot make the codes agree",
          "[enrolment][attack]") {
    InvitingScene scene;
    const Invitation invitation = scene.invite();  // the relay has read it, secret and all
    const EnrolmentReply honest = scene.answer(invitation, scene.tablet);
    const EnrolmentReply swapped = scene.answer(invitation, scene.relay);
    const AnsweredInvitation revealed = must(scene.inviting().reveal(swapped.answer));
    const std::string at_the_tablet = scene.code_at(honest, revealed);
    CHECK(error_of(scene.inviting().accept(swapped.answer, at_the_tablet)) ==
          fault(Errc::not_authentic, enrolment_wrong_code_2_left));
}

TEST_CASE("Inviting: a relay that makes an invitation of its own for the device fails at the code",
          "[enrolment][attack]") {
    InvitingScene scene;
    const Invitation invitation = scene.invite();
    // Its own nonce in the commitment, so that it can answer the device's question itself.
    RevealNonce nonce{};
    scene.world.random().fill(nonce);
    Invitation forged = invitation;
    forged.commitment = commit_to(nonce, forged.id, scene.world.hasher());
    const EnrolmentReply at_device = scene.answer(forged, scene.tablet);
    const std::string shown =
        must(comparison_code(at_device.comparison, reveal_text(nonce), scene.world.hasher()));

    const EnrolmentReply swapped = scene.answer(invitation, scene.relay);
    const AnsweredInvitation revealed = must(scene.inviting().reveal(swapped.answer));
    CHECK(error_of(scene.inviting().accept(swapped.answer, shown)).code == Errc::not_authentic);
    // And the administrator's own nonce does not open what the device was told.
    CHECK(error_of(comparison_code(at_device.comparison, revealed.reveal, scene.world.hasher())) ==
          fault(Errc::not_authentic, enrolment_wrong_reveal));
}

TEST_CASE("Inviting: a relay that grinds after the reveal finds a fitting answer, too late",
          "[enrolment][attack]") {
    InvitingScene scene;
    const Invitation invitation = scene.invite();
    const EnrolmentReply honest = scene.answer(invitation, scene.tablet);
    const AnsweredInvitation revealed = must(scene.inviting().reveal(honest.answer));
    const std::string shown = scene.code_at(honest, revealed);

    // With the nonce known, keys of its own and a few million hashes: the codes agree. Four digits
    // are enough to show that it can; the next two cost it a hundred times more.
    EnrolmentReply evil;
    do {
        evil = scene.answer(invitation, scene.relay);
    } while (scene.code_at(evil, revealed).substr(0, 4) != shown.substr(0, 4));
    CHECK(error_of(scene.inviting().accept(evil.answer, scene.code_at(evil, revealed))) ==
          fault(Errc::conflict, enrolment_second_answer));
    CHECK(error_of(scene.inviting().reveal(evil.answer)) ==
          fault(Errc::conflict, enrolment_second_answer));
    // The honest one loses nothing by it.
    CHECK(scene.inviting().accept(honest.answer, shown).has_value());
}

TEST_CASE("Inviting: a relay that grinds before the reveal guesses a nonce of 128 bits",
          "[enrolment][attack]") {
    InvitingScene scene;
    const Invitation invitation = scene.invite();
    const EnrolmentReply honest = scene.answer(invitation, scene.tablet);
    const Hasher& hasher = scene.world.hasher();
    // It grinds for the nonce that it would like the administrator to have.
    const RevealNonce guess{};
    const std::string wanted = code_of(honest.comparison.transcript, guess, hasher).substr(0, 3);
    EnrolmentReply evil;
    do {
        evil = scene.answer(invitation, scene.relay);
    } while (!code_of(evil.comparison.transcript, guess, hasher).starts_with(wanted));
    CHECK(commit_to(guess, invitation.id, hasher) != invitation.commitment);
    const AnsweredInvitation revealed = must(scene.inviting().reveal(evil.answer));
    CHECK(error_of(scene.inviting().accept(evil.answer, scene.code_at(honest, revealed))).code ==
          Errc::not_authentic);
}

TEST_CASE("Inviting: two invitations share neither nonce nor secret", "[enrolment][attack]") {
    InvitingScene scene;
    const Invitation a = scene.invite();
    const Invitation b = scene.invite();
    CHECK(a.id != b.id);
    CHECK(a.secret != b.secret);
    CHECK(a.commitment != b.commitment);
    // An answer to one is none to the other, though the secret were the same.
    Invitation mixed = a;
    mixed.id = b.id;
    CHECK(error_of(scene.inviting().reveal(scene.answer(mixed, scene.tablet).answer)).code ==
          Errc::not_authentic);
}

TEST_CASE("Inviting: a person's further device waits for a second person, and it is said",
          "[enrolment][two_persons]") {
    InvitingScene scene;
    NewInvitation wish;
    wish.user = scene.anna;
    const AnsweredInvitation first = must(scene.world.let_in(scene.tablet, wish));
    CHECK_FALSE(first.waits);
    CHECK(Provisioning{scene.admin()}.waiting().empty());

    const AnsweredInvitation second = must(scene.world.let_in(scene.relay, wish));
    CHECK(second.waits);
    const auto waiting = Provisioning{scene.admin()}.waiting();
    REQUIRE(waiting.size() == 1);
    CHECK(waiting.front().device == second.device);
    const auto devices = scene.admin().devices();
    CHECK(std::ranges::count(devices, *first.device, &DeviceView::id) == 1);
    CHECK(std::ranges::count(devices, *second.device, &DeviceView::id) == 0);
}

TEST_CASE("Inviting: a loaner has an end, and ends with it", "[enrolment][kinds]") {
    InvitingScene scene;
    NewInvitation wish;
    wish.user = scene.anna;
    wish.kind = DeviceKind::loaner;
    CHECK(error_of(scene.inviting().invite(wish)) == fault(Errc::invalid_argument, "until"));
    wish.until = scene.clock.now() - 1h;
    CHECK(error_of(scene.inviting().invite(wish)) == fault(Errc::invalid_argument, "until"));
    wish.until = scene.clock.now() + 240h;
    const AnsweredInvitation accepted = must(scene.world.let_in(scene.tablet, wish));
    const auto devices = scene.admin().devices();
    const auto found = std::ranges::find(devices, *accepted.device, &DeviceView::id);
    REQUIRE(found != devices.end());
    CHECK(found->kind == DeviceKind::loaner);
    CHECK(found->until == wish.until);
}

TEST_CASE("Inviting: a room's screen has no user, and its name lies in the sealed directory",
          "[enrolment][kinds]") {
    InvitingScene scene;
    NewInvitation wish;
    wish.kind = DeviceKind::room_screen;
    wish.room = "Rum Björken";
    CHECK(error_of(scene.inviting().invite(wish)) == fault(Errc::not_found, "unit"));
    wish.unit = scene.world.team;
    wish.user = scene.anna;
    CHECK(error_of(scene.inviting().invite(wish)) == fault(Errc::invalid_argument, "kind"));
    wish.user = {};
    const Invitation invitation = must(scene.inviting().invite(wish));
    CHECK(invitation.user.is_none());
    CHECK(invitation.name == "Rum Björken");

    const AnsweredInvitation accepted = must(scene.world.let_in(scene.tablet, wish));
    CHECK(accepted.name == "Rum Björken");
    const auto devices = scene.admin().devices();
    const auto found = std::ranges::find(devices, *accepted.device, &DeviceView::id);
    REQUIRE(found != devices.end());
    CHECK(found->kind == DeviceKind::room_screen);
    CHECK(found->user.is_none());
    CHECK(found->name == "Rum Björken");
    // In the federation log there is no name: what is sent of it in the clear is ids and keys.
    for (const Outgoing& each : must(scene.admin().outgoing_after(0, 1 << 20, scene.clock.now())))
        if (each.kind == EntryKind::statement)
            CHECK(as_text(each.bytes).find("Björken") == std::string_view::npos);
}

TEST_CASE("Inviting: nobody makes an administrator's machine, or a room without a name",
          "[enrolment][kinds][attack]") {
    InvitingScene scene;
    NewInvitation wish;
    wish.user = scene.anna;
    wish.kind = DeviceKind::administrator_machine;
    CHECK(error_of(scene.inviting().invite(wish)) == fault(Errc::invalid_argument, "kind"));
    wish.kind = DeviceKind::room_screen;
    wish.user = {};
    wish.unit = scene.world.team;
    CHECK(error_of(scene.inviting().invite(wish)) == fault(Errc::invalid_argument, "room"));
    NewInvitation nobody;
    nobody.user = random_id<UserId>(scene.world.random());
    CHECK(error_of(scene.inviting().invite(nobody)) == fault(Errc::not_found, "user"));
    nobody.user = scene.anna;
    nobody.valid_for = 0h;
    CHECK(error_of(scene.inviting().invite(nobody)) == fault(Errc::invalid_argument, "validity"));
}

TEST_CASE("Inviting: a clinician's own tablet invites nobody", "[enrolment][attack]") {
    InvitingScene scene;
    const auto person =
        scene.world.enrol("Siv Ljung", scene.world.clinic, Role::child_psychiatrist);
    for (const Outgoing& each : must(scene.admin().outgoing_after(0, 1 << 20, scene.clock.now())))
        if (each.kind == EntryKind::statement) (void)person->device->import_statement(each.bytes);
    NewInvitation wish;
    wish.user = person->user;
    CHECK(error_of(Inviting{*person->device}.invite(wish)).code == Errc::not_permitted);
    wish.user = {};
    wish.kind = DeviceKind::room_screen;
    wish.room = "Rum";
    wish.unit = scene.world.clinic;
    CHECK(error_of(Inviting{*person->device}.invite(wish)).code == Errc::not_permitted);
}

TEST_CASE("Inviting: a long name is cut between characters", "[enrolment]") {
    InvitingScene scene;
    std::string name;
    for (int i = 0; i < 60; ++i) name += "å";
    NewInvitation wish;
    wish.user = must(scene.admin().add_user(scene.world.team, Role::psychologist, "x" + name));
    const Invitation invitation = must(scene.inviting().invite(wish));
    CHECK(invitation.name.size() <= invitation_name_bytes_max);
    CHECK(invitation_from_text(to_text(invitation)).value().name == invitation.name);
    CHECK(invitation.name.size() >= invitation_name_bytes_max - 1);
}

}  // namespace samsyn
