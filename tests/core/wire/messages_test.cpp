#include "core/wire/messages.hpp"

#include "tests/core/wire/golden_kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/message_generators.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;

namespace {

Errc error_of(const Message& message) {
    const auto decoded = decode_message(encode_message(message), message_bytes_max);
    return decoded ? Errc{} : decoded.error().code;
}

Errc error_of(ByteView bytes) {
    const auto decoded = decode_message(bytes, message_bytes_max);
    return decoded ? Errc{} : decoded.error().code;
}

Deliver deliver_of(std::vector<EntryNumber> numbers, EntryNumber up_to) {
    Deliver deliver{{CompartmentId{}}, {}, up_to};
    for (const EntryNumber number : numbers)
        deliver.entries.push_back({number, EntryKind::batch, {}});
    return deliver;
}

}  // namespace

TEST_CASE("Message: what was encoded decodes to the same, byte for byte", "[wire][message]") {
    CHECK(rc::check("round trip", [] {
        const Message message = *gen::message();
        const Bytes bytes = encode_message(message);
        const auto decoded = decode_message(bytes, message_bytes_max);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(*decoded == message);
        RC_ASSERT(encode_message(*decoded) == bytes);
    }));
}

TEST_CASE("Message: no prefix of one is one", "[wire][message]") {
    CHECK(rc::check("prefixes", [] {
        for_each_prefix(encode_message(*gen::message()), [](ByteView prefix) {
            RC_ASSERT(!decode_message(prefix, message_bytes_max).has_value());
        });
    }));
}

TEST_CASE("Message: a changed byte and random bytes never do harm", "[wire][message]") {
    CHECK(rc::check("flips", [] {
        for_each_flip(encode_message(*gen::message()), [](ByteView changed) {
            const auto decoded = decode_message(changed, message_bytes_max);
            if (decoded)
                RC_ASSERT(decode_message(encode_message(*decoded), message_bytes_max).value() ==
                          *decoded);
        });
    }));
    CHECK(rc::check("garbage", [] {
        Bytes bytes = *gen::bytes(200);
        (void)decode_message(bytes, message_bytes_max);  // an answer, whichever
        bytes.insert(bytes.begin(), {std::byte{1}, *gen::enumerator(std::byte{20})});
        (void)decode_message(bytes, message_bytes_max);
    }));
}

TEST_CASE("Message: kinds keep their numbers", "[wire][message]") {
    CHECK(encode_message(Hello{})[1] == std::byte{1});
    CHECK(encode_message(Resume{})[1] == std::byte{5});
    CHECK(encode_message(Deliver{})[1] == std::byte{8});
    CHECK(encode_message(Goodbye{})[1] == std::byte{11});
    CHECK(encode_message(UnlockRegister{})[1] == std::byte{12});
    CHECK(encode_message(RestrictedProof{})[1] == std::byte{16});
    CHECK(encode_message(OrderAnswer{})[1] == std::byte{19});
}

TEST_CASE("Hello: a locked device does not say who it is", "[wire][message][unlock]") {
    Hello hello;
    hello.purpose = SessionPurpose::restricted;
    CHECK(error_of(Message{hello}) == Errc{});
    hello.device.bytes.fill(std::byte{1});
    CHECK(error_of(Message{hello}) == Errc::malformed);
    hello.purpose = SessionPurpose::session;
    CHECK(error_of(Message{hello}) == Errc{});
}

TEST_CASE("RestrictedAnswer: holds a secret exactly where it says so", "[wire][message][unlock]") {
    const auto of = [](RestrictedOutcome outcome, bool gives, std::uint8_t tries_left = 0) {
        RestrictedAnswer answer{outcome, tries_left, {}};
        if (gives) answer.secret.emplace();
        return error_of(Message{answer});
    };
    CHECK(of(RestrictedOutcome::secret, true) == Errc{});
    CHECK(of(RestrictedOutcome::secret, false) == Errc::malformed);
    CHECK(of(RestrictedOutcome::wrong, false, 9) == Errc{});
    CHECK(of(RestrictedOutcome::wrong, true, 9) == Errc::malformed);
    CHECK(of(RestrictedOutcome::destroyed, true) == Errc::malformed);
    CHECK(of(RestrictedOutcome::destroyed, false, 1) == Errc::malformed);
    CHECK(of(RestrictedOutcome::accepted, true) == Errc::malformed);
    CHECK(error_of(Message{UnlockRegistered{Errc::conflict, PinSecret{}}}) == Errc::malformed);
    CHECK(error_of(Message{UnlockRegister{}}) == Errc::malformed);  // no token
}

TEST_CASE("Order: at most 32 statements prove its signer, each of 8 KiB",
          "[wire][message][unlock]") {
    Order order{Bytes(100), std::vector<Bytes>(order_chain_max, Bytes(100))};
    CHECK(error_of(Message{order}) == Errc{});
    order.chain.emplace_back();
    CHECK(error_of(Message{order}) == Errc::limit_exceeded);
    order.chain = {Bytes(statement_bytes_max + 1)};
    CHECK(error_of(Message{order}) == Errc::limit_exceeded);
    order.chain = {};
    order.statement = Bytes(statement_bytes_max + 1);
    CHECK(error_of(Message{order}) == Errc::limit_exceeded);
}

TEST_CASE("Message: what holds secrets is known by its kind, and small",
          "[wire][message][unlock]") {
    PinVerifier of_pin;
    UnlockToken token;
    token.bytes.fill(std::byte{1});
    for (const Message& secret :
         {Message{UnlockRegister{token, of_pin}},
          Message{UnlockRegistered{{}, PinSecret{}}},
          Message{UnlockConfirm{of_pin}},
          Message{RestrictedProof{token, Hash{}}},
          Message{RestrictedAnswer{RestrictedOutcome::secret, 0, PinSecret{}}}}) {
        CHECK(may_hold_secrets(encode_message(secret)));
        CHECK(encode_message(secret).size() <= message_bytes_before_proof_max);
    }
    CHECK_FALSE(may_hold_secrets(encode_message(Goodbye{})));
    CHECK_FALSE(may_hold_secrets(encode_message(Order{})));
    CHECK_FALSE(may_hold_secrets(encode_message(OrderAnswer{})));
    CHECK_FALSE(may_hold_secrets(ByteView{}));
}

TEST_CASE("Message: wrong version, unknown kind, nothing, more and too much are refused",
          "[wire][message]") {
    Bytes bytes = encode_message(Hello{});
    CHECK(error_of(ByteView{}) == Errc::truncated);

    SECTION("version") {
        bytes[0] = std::byte{2};
        CHECK(error_of(bytes) == Errc::unsupported_version);
    }
    SECTION("kind 0") {
        bytes[1] = std::byte{0};
        CHECK(error_of(bytes) == Errc::malformed);
    }
    SECTION("a kind after the last") {
        bytes[1] = static_cast<std::byte>(std::variant_size_v<MessageKinds> + 1);
        CHECK(error_of(bytes) == Errc::malformed);
    }
    SECTION("a byte more") {
        bytes.push_back(std::byte{0});
        CHECK(error_of(bytes) == Errc::trailing_bytes);
    }
    SECTION("too large for the state of the session") {
        const auto decoded = decode_message(bytes, bytes.size() - 1);
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().code == Errc::limit_exceeded);
    }
}

TEST_CASE("Message: hello, and a proof with all its heads, fit in 1 KiB", "[wire][message]") {
    Proof proof;
    for (unsigned i = 0; i < statement_previous_max; ++i) {
        proof.federation_heads.emplace_back();
        proof.federation_heads.back().bytes.front() = static_cast<std::byte>(i);
    }
    CHECK(encode_message(proof).size() <= message_bytes_before_proof_max);
    CHECK(encode_message(Hello{}).size() <= message_bytes_before_proof_max);
    CHECK(error_of(Message{proof}) == Errc{});
}

TEST_CASE("Message: the largest batch fits, pushed and delivered", "[wire][message]") {
    const Bytes batch(batch_bytes_max);
    CHECK(error_of(Push{1, EntryKind::batch, batch}) == Errc{});
    Deliver deliver = deliver_of({1}, 1);
    deliver.entries[0].bytes = batch;
    CHECK(error_of(Message{deliver}) == Errc{});
}

TEST_CASE("Deliver: entries ascend from 1, end by up_to and belong to their channel",
          "[wire][message]") {
    CHECK(error_of(deliver_of({1, 4}, 9)) == Errc{});
    CHECK(error_of(deliver_of({}, 9)) == Errc{});
    CHECK(error_of(deliver_of({0}, 9)) == Errc::malformed);
    CHECK(error_of(deliver_of({4, 4}, 9)) == Errc::malformed);
    CHECK(error_of(deliver_of({4}, 3)) == Errc::malformed);

    Deliver wrong_channel = deliver_of({1}, 1);
    wrong_channel.entries[0].kind = EntryKind::statement;
    CHECK(error_of(Message{wrong_channel}) == Errc::malformed);
    wrong_channel.channel = Channel{Stream{}};
    CHECK(error_of(Message{wrong_channel}) == Errc{});
}

TEST_CASE("FleetRows: devices ascend, each once", "[wire][message]") {
    FleetRows rows;
    rows.rows.resize(2);
    CHECK(error_of(Message{rows}) == Errc::malformed);
    rows.rows[1].device = test::filled<DeviceId>(0x11);
    CHECK(error_of(Message{rows}) == Errc{});
    std::ranges::reverse(rows.rows);
    CHECK(error_of(Message{rows}) == Errc::malformed);
}

TEST_CASE("Log: a path is in its own order, and bounded", "[wire][message]") {
    const std::vector<Hash> longest(tree_path_max);  // equal hashes: nothing sorts them
    std::vector<Hash> longer = longest;
    longer.emplace_back();

    LogProof proof;
    proof.path = longest;
    CHECK(error_of(Message{proof}) == Errc{});
    proof.path = longer;
    CHECK(error_of(Message{proof}) == Errc::limit_exceeded);

    LogRows rows;
    rows.checkpoint.emplace();
    rows.growth = longest;
    rows.rows = {{1, {}, longest}};
    CHECK(error_of(Message{rows}) == Errc{});
    rows.rows[0].path = longer;
    CHECK(error_of(Message{rows}) == Errc::limit_exceeded);
    rows.rows.clear();
    rows.growth = longer;
    CHECK(error_of(Message{rows}) == Errc::limit_exceeded);
}

TEST_CASE("Receipt: its path has the documented layout and bound, and so have entries",
          "[wire][message]") {
    LogReceipt receipt;
    receipt.number = 9;
    receipt.path = {test::filled<Hash>(0x12), test::filled<Hash>(0x11)};
    const Bytes start = test::bytes_of("00*7 09 00*4 00 02 12*32 11*32");
    CHECK(equal(ByteView{encode_receipt(receipt)}.first(start.size()), start));
    receipt.path.assign(receipt_path_max, Hash{});
    CHECK(decode_receipt(encode_receipt(receipt)).has_value());
    receipt.path.emplace_back();
    CHECK_FALSE(decode_receipt(encode_receipt(receipt)).has_value());

    Receipts receipts;
    receipts.rows = {{{}, 1, {}, std::vector<Hash>(receipt_path_max)}};
    CHECK(error_of(Message{receipts}) == Errc{});
    receipts.rows[0].path.emplace_back();
    CHECK(error_of(Message{receipts}) == Errc::limit_exceeded);

    ReceiptRequest request{std::vector<Hash>(receipts_max)};
    CHECK(error_of(Message{request}) == Errc{});
    request.entries.emplace_back();
    CHECK(error_of(Message{request}) == Errc::limit_exceeded);
}

TEST_CASE("Resume: at most 512 cursors", "[wire][message]") {
    Resume resume;
    resume.cursors.resize(resume_cursors_max);
    CHECK(error_of(Message{resume}) == Errc{});
    resume.cursors.emplace_back();
    CHECK(error_of(Message{resume}) == Errc::limit_exceeded);
}

TEST_CASE("Context: what we write is cut and cleaned, what a peer writes is refused",
          "[wire][message]") {
    const std::string hostile = "rad\n\x1b[31m \xc2\x9b" + std::string(300, 'x') + "ö";
    const Bytes cleaned = encode_message(Goodbye{Errc::malformed, hostile});
    const auto decoded = decode_message(cleaned, message_bytes_max);
    REQUIRE(decoded.has_value());
    const std::string& context = std::get<Goodbye>(*decoded).context;
    CHECK(context.starts_with("rad??[31m ?x"));
    CHECK(context.size() <= 200);

    Bytes bytes = encode_message(Goodbye{Errc::malformed, "ab"});
    bytes.back() = std::byte{'\n'};
    CHECK(error_of(bytes) == Errc::malformed);
    bytes.back() = std::byte{0x7f};
    CHECK(error_of(bytes) == Errc::malformed);
}

TEST_CASE("Goodbye: an error code that only a newer peer knows reads as malformed",
          "[wire][message]") {
    Bytes bytes = encode_message(Goodbye{Errc::malformed, ""});
    bytes[2] = std::byte{0x7f};
    const auto decoded = decode_message(bytes, message_bytes_max);
    REQUIRE(decoded.has_value());
    CHECK(std::get<Goodbye>(*decoded).why == Errc::malformed);
}

TEST_CASE("Channel: its key decodes to it", "[wire][message]") {
    CHECK(rc::check("round trip", [] {
        const Channel channel = *gen::channel();
        const Bytes bytes = encode_channel(channel);
        Reader in{bytes};
        RC_ASSERT(decode_channel(in).value() == channel);
        RC_ASSERT(in.at_end());
    }));
}
