#include "core/model/signed_note.hpp"

#include "core/base/codec.hpp"
#include "tests/support/catch.hpp"

namespace samsyn {

namespace {

/// Signs nothing: the bytes of a signature are all alike.
class StampSigner final : public Signer {
public:
    const SigningPublicKey& public_key() const override { return key_; }

    Signature sign(Domain domain, ByteView message) override {
        CHECK(domain == Domain::signed_note);
        signed_ = Bytes{message.begin(), message.end()};
        Signature signature;
        signature.bytes.fill(std::byte{0xee});
        return signature;
    }

    const Bytes& seen() const { return signed_; }

private:
    SigningPublicKey key_{};
    Bytes signed_;
};

std::string value_of(const SignedNote& note, Signer& signer) {
    auto value = sign_note(note, signer);
    REQUIRE(value.has_value());
    return *std::move(value);
}

template <class IdType>
IdType filled(unsigned value) {
    IdType id;
    id.bytes.fill(static_cast<std::byte>(value));
    return id;
}

SignedNote example() {
    SignedNote note;
    note.item = filled<ItemId>(1);
    note.user = filled<UserId>(2);
    note.device = filled<DeviceId>(3);
    note.at = Instant{std::chrono::milliseconds{0x0102'0304'05}};
    note.fields = {{FieldNumber{7}, {Value{std::string{"Nora"}}}}};
    note.texts = {{FieldNumber{9}, filled<Hash>(4), {{filled<DeviceId>(5), 6}}}};
    return note;
}

}  // namespace

TEST_CASE("Signed note: what was signed is read as it was", "[model][signed]") {
    StampSigner signer;
    const std::string value = value_of(example(), signer);
    const NoteSignature read = *read_note_signature(value);
    CHECK(read.note == example());
    CHECK(read.message == signer.seen());
    CHECK(read.signature.bytes.front() == std::byte{0xee});
}

TEST_CASE("Signed note: the layout is for ever", "[model][signed]") {
    StampSigner signer;
    value_of(example(), signer);
    const std::string device(32, '3');
    std::string expected = "01";
    const auto repeat = [&](std::size_t times, std::string_view byte) {
        for (std::size_t i = 0; i < times; ++i) expected += byte;
    };
    repeat(ItemId::size, "01");
    repeat(UserId::size, "02");
    repeat(DeviceId::size, "03");
    expected += "0000000102030405";
    expected +=
        "0001"
        "0007"
        "0001"
        "00000009"
        "01"
        "00000004"
        "4e6f7261";
    expected +=
        "0001"
        "0009";
    repeat(Hash::size, "04");
    expected += "0001";
    repeat(DeviceId::size, "05");
    expected += "00000006";
    CHECK(to_hex(signer.seen()) == expected);
}

TEST_CASE("Signed note: no cut, no other letter, no end behind the end is read",
          "[model][signed][attack]") {
    StampSigner signer;
    const std::string value = value_of(example(), signer);
    for (std::size_t size = 0; size < value.size(); ++size)
        CHECK(!read_note_signature(value.substr(0, size)));
    CHECK(!read_note_signature(value + "00"));
    CHECK(!read_note_signature(std::string(value.size(), 'z')));
    CHECK(!read_note_signature(std::string(1 << 20, '0')));

    // A count of values that nobody sends allocates nothing.
    std::string many = value;
    const std::size_t count = 2 * (1 + ItemId::size + UserId::size + DeviceId::size + 8);
    many.replace(count, 4, "ffff");
    CHECK(!read_note_signature(many));
}

TEST_CASE("Signed note: writers come in order, each once", "[model][signed][attack]") {
    StampSigner signer;
    SignedNote note = example();
    note.texts.front().made_of = {{filled<DeviceId>(6), 1}, {filled<DeviceId>(5), 1}};
    CHECK(!read_note_signature(value_of(note, signer)));
    note.texts.front().made_of = {{filled<DeviceId>(5), 1}, {filled<DeviceId>(5), 2}};
    CHECK(!read_note_signature(value_of(note, signer)));
}

TEST_CASE("Signed note: each field comes once, in order", "[model][signed][attack]") {
    StampSigner signer;
    SignedNote note = example();
    note.texts.push_back(note.texts.front());
    CHECK(!read_note_signature(value_of(note, signer)));
    note = example();
    note.fields.push_back(note.fields.front());
    CHECK(!read_note_signature(value_of(note, signer)));
}

TEST_CASE("Signed note: too much to sign is said", "[model][signed]") {
    StampSigner signer;
    SignedNote note = example();
    note.fields.front().values = {Value{std::string(signed_note_bytes_max, 'a')}};
    const auto signature = sign_note(note, signer);
    REQUIRE(!signature);
    CHECK(signature.error().code == Errc::limit_exceeded);
}

TEST_CASE("Signed note: the same content is the same whoever signs it when", "[model][signed]") {
    SignedNote other = example();
    other.user = filled<UserId>(9);
    other.at += std::chrono::hours{1};
    other.texts.front().made_of.clear();  // only how to show it again
    CHECK(same_content(example(), other));
    other.fields.front().values = {Value{std::string{"Nora "}}};
    CHECK(!same_content(example(), other));
    other = example();
    other.texts.front().text = filled<Hash>(5);
    CHECK(!same_content(example(), other));
    other = example();
    other.item = filled<ItemId>(8);
    CHECK(!same_content(example(), other));
}

}  // namespace samsyn
