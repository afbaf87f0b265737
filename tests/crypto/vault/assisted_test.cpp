#include "core/base/checked_text.hpp"
#include "crypto/vault/assisted_boxes.hpp"
#include "crypto/vault/sealing.hpp"
#include "tests/crypto/vault/vault_world.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;

namespace {

struct Helper {
    std::vector<Secret<32>> secrets;

    Helper() { secrets.push_back(Secret<32>::random()); }

    SealingPublicKey key() const { return sealing_public_key(secrets[0]); }

    Result<std::string> answer(std::string_view request_text) const {
        const auto request = assisted_request_from_text(request_text);
        if (!request) return std::unexpected{request.error()};
        return answer_assisted(*request, secrets);
    }
};

/// A vault whose phrase and PIN are forgotten, two case leads and an administrator.
struct AssistedWorld : VaultWorld {
    AssistedWorld() {
        device.bytes[0] = std::byte{0xd1};
        Vault vault = create_with_pin();
        seal(vault);
    }

    void seal(Vault& vault) {
        const std::array leads{lead.key(), second_lead.key()};
        const std::array admins{admin.key()};
        REQUIRE(vault.seal_assisted(device, leads, admins).has_value());
    }

    static std::string text(const AssistedSession& session, HelperKind kind) {
        return to_text(session.request(kind));
    }

    DeviceId device;
    Helper lead;
    Helper second_lead;
    Helper admin;
};

constexpr auto by_lead = HelperKind::case_lead;
constexpr auto by_admin = HelperKind::administrator;

}  // namespace

TEST_CASE("Assisted: a case lead and an administrator together open the vault",
          "[vault][assisted]") {
    AssistedWorld world;
    REQUIRE(world.open().erase_unlocking_slots().has_value());  // wiped: the last slot that is left
    Vault vault = world.open();
    CHECK(vault.status().assisted_case_leads == 2);
    CHECK(vault.status().assisted_administrators == 1);
    CHECK(vault.assisted_recipients(by_admin) == std::vector{world.admin.key()});
    const auto session = vault.begin_assisted().value();
    const auto from_lead = world.second_lead.answer(world.text(session, by_lead)).value();
    const auto from_admin = world.admin.answer(world.text(session, by_admin)).value();
    SECTION("in one order") {
        CHECK(vault.unlock_assisted(session, from_lead, from_admin).has_value());
    }
    SECTION("in the other") {
        CHECK(vault.unlock_assisted(session, from_admin, from_lead).has_value());
    }
    CHECK(same(vault.contents(), world.contents));
    REQUIRE(vault.change_phrase(phrase_of(other_words)).has_value());
    CHECK(world.phrase_opens(other_words));
}

TEST_CASE("Assisted: two answers of one kind do not suffice", "[vault][assisted][attack]") {
    AssistedWorld world;
    Vault vault = world.open();
    const auto session = vault.begin_assisted().value();
    const auto one = world.lead.answer(world.text(session, by_lead)).value();
    const auto two = world.second_lead.answer(world.text(session, by_lead)).value();
    CHECK(vault.unlock_assisted(session, one, two).error().code == Errc::invalid_argument);
    CHECK(vault.unlock_assisted(session, one, one).error().code == Errc::invalid_argument);
    CHECK_FALSE(vault.is_open());

    // Nor with the second one's kind relabelled: the request's hash and the box name it.
    Bytes bytes = from_checked_text("samsyn1-help-", two, 8192).value();
    bytes[0] = std::byte{1};
    const auto relabelled = to_checked_text("samsyn1-help-", bytes);
    CHECK(vault.unlock_assisted(session, one, relabelled).error().code == Errc::not_authentic);
    const auto request_hash = SodiumHasher{}.hash(
        Domain::assisted_request,
        {from_checked_text("samsyn1-assist-", world.text(session, by_admin), 8192).value()});
    std::ranges::copy(request_hash.bytes, bytes.begin() + 1);
    CHECK(
        vault.unlock_assisted(session, one, to_checked_text("samsyn1-help-", bytes)).error().code ==
        Errc::not_authentic);
    CHECK_FALSE(vault.is_open());
}

TEST_CASE("Assisted: one share alone opens nothing", "[vault][assisted][attack]") {
    AssistedWorld world;
    const VaultImage image = decode_image(world.files.disk[VaultCopy::a], world.hash).value();
    const AssistedSlot& slot = *image.assisted;
    const auto share_of = [&](const Helper& helper, HelperKind kind) {
        for (const AssistedBox& box : slot.boxes(kind))
            if (box.recipient == helper.key())
                return open_box(
                           helper.secrets[0],
                           box.box,
                           share_context(image.file_id, world.device, slot.id, kind, helper.key()))
                    .value();
        throw std::logic_error("no box");
    };
    const auto lead_share = share_of(world.lead, by_lead);
    const auto admin_share = share_of(world.admin, by_admin);
    CHECK((lead_share == share_of(world.second_lead, by_lead)));
    const auto zero = join_shares(lead_share, lead_share);
    for (const Secret<32>* attempt : {&lead_share, &admin_share, &zero})
        CHECK(open_assisted_slot(slot, image.file_id, *attempt).error().code ==
              Errc::not_authentic);
    CHECK(
        open_assisted_slot(slot, image.file_id, join_shares(lead_share, admin_share)).has_value());
    // The administrator's key opens no case lead's box.
    CHECK(open_box(world.admin.secrets[0],
                   slot.case_leads[0].box,
                   share_context(image.file_id, world.device, slot.id, by_lead, world.lead.key()))
              .error()
              .code == Errc::not_authentic);
}

TEST_CASE("Assisted: an answer serves one request only", "[vault][assisted][attack]") {
    AssistedWorld world;
    Vault vault = world.open();
    const auto first = vault.begin_assisted().value();
    const auto second = vault.begin_assisted().value();
    const auto from_lead = world.lead.answer(world.text(first, by_lead)).value();
    const auto from_admin = world.admin.answer(world.text(second, by_admin)).value();
    CHECK(vault.unlock_assisted(second, from_lead, from_admin).error() ==
          Error{Errc::not_authentic, "this answers another request"});
    CHECK(vault.unlock_assisted(first, from_lead, from_admin).error().code == Errc::not_authentic);
    CHECK_FALSE(vault.is_open());
}

TEST_CASE("Assisted: a helper's share opens for its device, slot and vault only",
          "[vault][assisted][attack]") {
    AssistedWorld world;
    Vault vault = world.open();
    const auto session = vault.begin_assisted().value();
    const auto refused = [&](auto change) {
        AssistedRequest request = session.request(by_lead);
        change(request);
        return answer_assisted(request, world.lead.secrets).error().code;
    };
    // Somebody says it is a colleague's device, which the helper would trust.
    CHECK(refused([](auto& r) { r.device.bytes[0] ^= std::byte{1}; }) == Errc::not_authentic);
    CHECK(refused([](auto& r) { r.file_id.bytes[0] ^= std::byte{1}; }) == Errc::not_authentic);
    CHECK(refused([](auto& r) { r.slot.bytes[0] ^= std::byte{1}; }) == Errc::not_authentic);
    CHECK(refused([](auto& r) { r.kind = by_admin; }) == Errc::not_authentic);
    CHECK(refused([](auto& r) { r.boxes.clear(); }) == Errc::not_found);
    CHECK(refused([](auto& r) { r.one_time_key = SealingPublicKey{}; }) == Errc::weak_key);
    CHECK(world.admin.answer(world.text(session, by_lead)).error().code == Errc::not_found);
}

TEST_CASE("Assisted: a swapped one-time key changes the number that both compare",
          "[vault][assisted][attack]") {
    AssistedWorld world;
    const Vault vault = world.open();
    const auto session = vault.begin_assisted().value();
    const AssistedRequest& request = session.request(by_lead);
    const auto sent = assisted_request_from_text(to_text(request)).value();
    const std::string number = comparison_number(request, world.hash).value();
    CHECK(number.size() == 9);
    CHECK(number[4] == ' ');
    CHECK(comparison_number(sent, world.hash).value() == number);
    AssistedRequest swapped = request;
    swapped.one_time_key = Helper{}.key();
    CHECK(comparison_number(swapped, world.hash).value() != number);
    CHECK(comparison_number(session.request(by_admin), world.hash).value() != number);
    // Each guess of who swaps costs a stretching.
    const int calls = world.hash.calls;
    (void)comparison_number(request, world.hash);
    CHECK(world.hash.calls == calls + 1);
}

TEST_CASE("Assisted: answers to a slot that was sealed anew say so, and its old shares are dead",
          "[vault][assisted]") {
    AssistedWorld world;
    Vault vault = world.open();
    const auto session = vault.begin_assisted().value();
    const auto from_lead = world.lead.answer(world.text(session, by_lead)).value();
    const auto from_admin = world.admin.answer(world.text(session, by_admin)).value();
    const auto joined = session.join(from_lead, from_admin).value();
    {
        Vault other = world.unlocked();
        world.seal(other);
    }
    CHECK(vault.unlock_assisted(session, from_lead, from_admin).error().code == Errc::conflict);
    const VaultImage image = decode_image(world.files.disk[VaultCopy::a], world.hash).value();
    CHECK(open_assisted_slot(*image.assisted, image.file_id, joined).error().code ==
          Errc::not_authentic);
}

TEST_CASE("Assisted: recipients are one to eight of a kind, and nobody holds both shares",
          "[vault][assisted]") {
    AssistedWorld world;
    Vault vault = world.unlocked();
    const std::array one{world.lead.key()};
    const std::array both{world.admin.key(), world.lead.key()};
    std::vector<SealingPublicKey> many(9);
    for (auto& key : many) key = Helper{}.key();
    const auto error = [&](auto leads, auto admins) {
        return vault.seal_assisted(world.device, leads, admins).error().code;
    };
    const std::span<const SealingPublicKey> none;
    CHECK(error(one, both) == Errc::invalid_argument);
    CHECK(error(one, none) == Errc::invalid_argument);
    CHECK(error(none, one) == Errc::invalid_argument);
    CHECK(error(many, one) == Errc::invalid_argument);
    const std::array weak{SealingPublicKey{}};
    CHECK(error(one, weak) == Errc::weak_key);
    CHECK(vault.assisted_recipients(by_lead).size() == 2);  // nothing has changed
    const std::span<const SealingPublicKey> eight{many.data(), 8};
    REQUIRE(vault.seal_assisted(world.device, eight, one).has_value());
    const auto session = vault.begin_assisted().value();
    CHECK(assisted_request_from_text(world.text(session, by_lead)).value().boxes.size() == 8);
}

TEST_CASE("Assisted: a rotated sealing key still answers, a vault without the slot says so",
          "[vault][assisted]") {
    AssistedWorld world;
    Vault vault = world.open();
    world.lead.secrets.insert(world.lead.secrets.begin(), Secret<32>::random());
    const auto session = vault.begin_assisted().value();
    CHECK(world.lead.answer(world.text(session, by_lead)).has_value());
    VaultWorld bare;
    CHECK(bare.create().begin_assisted().error().code == Errc::not_found);
}

TEST_CASE("Assisted: every flipped bit and truncation of the texts is noticed",
          "[vault][assisted]") {
    AssistedWorld world;
    Vault vault = world.open();
    const auto session = vault.begin_assisted().value();
    const std::string request = world.text(session, by_lead);
    const auto from_lead = world.lead.answer(request).value();
    const auto from_admin = world.admin.answer(world.text(session, by_admin)).value();
    CHECK(request.size() < 700);
    int accepted = 0;
    for_each_prefix(as_bytes(request), [&](ByteView cut) {
        accepted += assisted_request_from_text(as_text(cut)).has_value() ? 1 : 0;
    });
    for_each_prefix(as_bytes(from_lead), [&](ByteView cut) {
        accepted += session.join(as_text(cut), from_admin).has_value() ? 1 : 0;
    });
    CHECK(accepted == 0);

    // With a right checksum, so that the seal is what notices.
    const Bytes answer = from_checked_text("samsyn1-help-", from_lead, 8192).value();
    for_each_flip(answer, [&](ByteView changed) {
        const auto text = to_checked_text("samsyn1-help-", changed);
        accepted += session.join(text, from_admin).has_value() ? 1 : 0;
    });
    CHECK(accepted == 0);
    CHECK(session.join(from_lead, from_admin).has_value());
    CHECK(session.join(request, from_admin).error().code == Errc::malformed);
}
