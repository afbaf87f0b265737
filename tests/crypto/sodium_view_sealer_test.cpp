#include "crypto/envelope/sodium_view_sealer.hpp"

#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;

namespace {

struct Views {
    Result<void> started = start_sodium();
    SodiumSealer items{SealingKey::generate()};
    SodiumViewSealer views;
    ContentKey key = items.random_key();
    Bytes header = to_bytes(as_bytes("header"));
    Bytes body = Bytes(1000, std::byte{0x61});
};

}  // namespace

TEST_CASE("View sealer: what is sealed opens under the same key and header only",
          "[envelope][room][attack]") {
    Views world;
    const Bytes sealed = world.views.seal_view(world.key, world.header, world.body);
    CHECK(sealed.size() == world.body.size() + ViewSealer::overhead);
    CHECK(world.views.open_view(world.key, world.header, sealed) == world.body);

    CHECK(world.views.open_view(world.items.random_key(), world.header, sealed).error().code ==
          Errc::not_authentic);
    CHECK_FALSE(world.views.open_view(world.key, as_bytes("Header"), sealed).has_value());
    for (std::size_t at = 0; at < sealed.size(); at += 13) {
        Bytes changed = sealed;
        changed[at] ^= std::byte{1};
        CHECK_FALSE(world.views.open_view(world.key, world.header, changed).has_value());
    }
    for (std::size_t size = 0; size < sealed.size(); size += 29)
        CHECK_FALSE(world.views.open_view(world.key, world.header, ByteView{sealed}.first(size)));
}

TEST_CASE("View sealer: nothing is sealed twice alike, and an empty body is sealed too",
          "[envelope][room]") {
    Views world;
    CHECK(world.views.seal_view(world.key, world.header, world.body) !=
          world.views.seal_view(world.key, world.header, world.body));
    const Bytes proof = world.views.seal_view(world.key, world.header, {});
    CHECK(proof.size() == ViewSealer::overhead);
    CHECK(world.views.open_view(world.key, world.header, proof)->empty());
}

TEST_CASE("View sealer: an item does not open as a view, nor a view as an item",
          "[envelope][room][attack]") {
    Views world;
    const Bytes item = world.items.seal_item(world.key, world.header, world.body);
    CHECK_FALSE(world.views.open_view(world.key, world.header, item).has_value());
    const Bytes view = world.views.seal_view(world.key, world.header, world.body);
    CHECK_FALSE(world.items.open_item(world.key, world.header, view, 1 << 20).has_value());
}
