#pragma once

#include "client-sdk/agent/operations.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/seeded_random.hpp"

#include <samsyn/enrolment.hpp>

#include <nlohmann/json.hpp>

namespace samsyn {

using nlohmann::json;

/// One device in memory, with real keys, and its operations.
struct Machine {
    SigningKey signing;
    SodiumSealer sealer;
    SodiumPageCipher pages = test_pages();
    SealingPublicKey sealing;
    std::unique_ptr<Device> device;

    Machine(SigningKey signing_key, SealingKey sealing_key)
        : signing(std::move(signing_key)),
          sealer(std::move(sealing_key)),
          sealing(sealer.public_key()) {}
};

/// The first key that is made: libsodium must have been started.
inline SigningKey a_root() {
    REQUIRE(start_sodium().has_value());
    return SigningKey::generate();
}

/// A federation with an administrator and a psychologist who has opened a case.
class Story {
public:
    Story() {
        admin_ = std::make_unique<Machine>(SigningKey::generate(), SealingKey::generate());
        staff_ = std::make_unique<Machine>(SigningKey::generate(), SealingKey::generate());
        found();
        enrol();
        case_id = result(run("case.open", {{"title", "Familjen Alm"}}))["case"]["id"];
        for (const char* const name : {"Elin Alm", "Eva Alm", "Per Ålund"})
            result(run("person.add", {{"case", case_id}, {"name", name}}));
        result(run("custody.record",
                   {{"case", case_id},
                    {"child", "elin alm"},
                    {"guardians", {"Eva Alm", "PER ÅLUND"}},
                    {"born", "2017-03-05"}}));
    }

    json run(std::string_view operation, const json& args) {
        return Operations{*staff_->device, clock}.run(operation, args);
    }

    json admin(std::string_view operation, const json& args) {
        return Operations{*admin_->device, clock}.run(operation, args);
    }

    Device& staff() { return *staff_->device; }

    DeviceId staff_device() const { return staff_->device->device(); }

    static json result(const json& answer) {
        INFO(answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE(answer.value("ok", false));
        return answer["result"];
    }

    static json error(const json& answer) {
        INFO(answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE_FALSE(answer.value("ok", true));
        CHECK_FALSE(answer["error"]["hint"].get<std::string>().empty());
        CHECK_FALSE(answer["error"]["hint_sv"].get<std::string>().empty());
        return answer["error"];
    }

    json note(const json& more = json::object()) {
        json args = {{"case", case_id}, {"about", "Elin Alm"}, {"text", "Sover bättre."}};
        args.update(more);
        return result(run("note.add", args))["item"];
    }

    ManualClock clock;
    std::string case_id;
    std::string unit;
    std::string user;

private:
    Device::Ports ports(Machine& machine) {
        return {.clock = clock,
                .random = random_,
                .hasher = hasher_,
                .verifier = verifier_,
                .signer = machine.signing,
                .sealer = machine.sealer,
                .pages = machine.pages};
    }

    void open(Machine& machine, const UserId& user_id, DeviceKind kind) {
        const DeviceConfig config{.server = "127.0.0.1:1",
                                  .federation = founded_.federation,
                                  .root_key = root_.public_key(),
                                  .server_key = root_.public_key(),
                                  .user = user_id,
                                  .kind = kind};
        auto opened = Device::open_in_memory(config, ports(machine));
        REQUIRE(opened.has_value());
        machine.device = *std::move(opened);
        for (const Bytes& statement : founded_.statements)
            REQUIRE(machine.device->import_statement(statement).has_value());
    }

    void found() {
        const std::vector<std::string> names{"Nora", "Lindesberg"};
        founded_ = found_federation("Norra Örebro län",
                                    names,
                                    root_,
                                    admin_->signing.public_key(),
                                    admin_->sealing,
                                    random_,
                                    hasher_,
                                    clock.now());
        open(*admin_, founded_.administrator, DeviceKind::administrator_machine);
        for (const FoundedOrganisation& each : founded_.organisations)
            REQUIRE(admin_->device->name_organisation(each.id, each.name).has_value());
        unit = result(admin("admin.unit.add",
                            {{"organisation", "Nora"},
                             {"regime", "team"},
                             {"name", "Familjesamverkan"}}))["unit"]["id"];
        user = result(admin("admin.user.add",
                            {{"unit", "nora/familjesamverkan"},
                             {"role", "psychologist"},
                             {"name", "Åsa Ek"}}))["user"]["id"];
    }

    void enrol() {
        const std::string text = result(admin("admin.invite", {{"user", "åsa ek"}}))["invitation"];
        const auto invitation = invitation_from_text(text);
        REQUIRE(invitation.has_value());
        const EnrolmentReply reply = answer_invitation(
            *invitation, staff_->signing.public_key(), staff_->sealing, random_, hasher_);
        const json args = {{"answer", reply.answer}};
        const json revealed = result(admin("admin.accept", args));
        const auto code =
            comparison_code(reply.comparison, revealed.at("reveal").get<std::string>(), hasher_);
        REQUIRE(code.has_value());
        result(admin("admin.accept", {{"answer", reply.answer}, {"code", *code}}));
        CHECK(error(admin("admin.accept", args))["code"] == "already_exists");

        open(*staff_, invitation->user, DeviceKind::staff_tablet);
        const auto outgoing = admin_->device->outgoing_after(0, 1 << 20, clock.now());
        REQUIRE(outgoing.has_value());
        for (const Outgoing& each : *outgoing)
            if (each.kind == EntryKind::statement)
                REQUIRE(staff_->device->import_statement(each.bytes).has_value());
    }

    SodiumRandom random_;
    SodiumHasher hasher_;
    SodiumVerifier verifier_;
    SigningKey root_ = a_root();
    Founded founded_;
    std::unique_ptr<Machine> admin_;
    std::unique_ptr<Machine> staff_;
};

}  // namespace samsyn
