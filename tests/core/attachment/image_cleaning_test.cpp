#include "core/attachment/image_cleaning.hpp"

#include "tests/core/attachment/pictures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/mutations.hpp"

#include <algorithm>
#include <set>

using namespace samsyn;
using namespace std::string_view_literals;

namespace {

/// An error, or a picture that is free of canaries and that cleaning leaves as it is.
bool is_refused_or_clean(ByteView file) {
    const auto cleaned = clean_image(file);
    if (!cleaned) return true;
    if (!*cleaned || has_canary((*cleaned)->bytes)) return false;
    const auto again = clean_image((*cleaned)->bytes);
    return again && *again && (*again)->bytes == (*cleaned)->bytes &&
           (*again)->media_type == (*cleaned)->media_type;
}

/// Where the picture says how far its samples go: nothing is decompressed, so who changes these
/// makes samples of what comes behind them.
std::set<std::size_t> ends_of_samples(const Picture& picture) {
    std::set<std::size_t> ends;
    const std::string_view file = as_text(picture.dirty);
    if (picture.media_type == "image/webp")
        for (std::size_t at = file.find("VP8"); at != file.npos; at = file.find("VP8", at + 1))
            if (file[at + 3] != 'X') ends.insert({at + 4, at + 5, at + 6, at + 7});
    if (const std::size_t at = file.find("CANARY-BETWEEN"); at != file.npos)
        ends.insert({at - 4, at - 3});  // the marker after a scan
    return ends;
}

void damage(Bytes& bytes, Dice& dice) {
    const std::uint64_t most = std::min<std::uint64_t>(bytes.size() / 2, 32);
    const auto at = static_cast<std::ptrdiff_t>(dice.below(bytes.size() - most));
    const auto length = static_cast<std::ptrdiff_t>(dice.between(1, most));
    const auto from = bytes.begin() + at;
    switch (dice.below(4)) {
        case 0:
            *from = static_cast<std::byte>(dice.below(256));
            break;
        case 1:
            bytes.erase(from, from + length);
            break;
        case 2: {
            const Bytes copy(from, from + length);
            const auto to = static_cast<std::ptrdiff_t>(dice.below(bytes.size()));
            bytes.insert(bytes.begin() + to, copy.begin(), copy.end());
            break;
        }
        default:
            *from ^= static_cast<std::byte>(1U << dice.below(8));
            break;
    }
}

}  // namespace

TEST_CASE("clean_image: keeps what shows the picture, byte for byte, and nothing else",
          "[attachment]") {
    for (const Picture& picture : pictures()) {
        CAPTURE(picture.name);
        const auto cleaned = clean_image(picture.dirty);
        REQUIRE(cleaned);
        REQUIRE(*cleaned);
        CHECK((*cleaned)->media_type == picture.media_type);
        CHECK(to_hex((*cleaned)->bytes) == to_hex(picture.clean));
        CHECK_FALSE(has_canary((*cleaned)->bytes));
        CHECK(media_type_of(picture.dirty) == picture.media_type);
    }
}

TEST_CASE("clean_image: leaves what is clean as it is", "[attachment]") {
    for (const Picture& picture : pictures()) {
        CAPTURE(picture.name);
        const auto cleaned = clean_image(picture.clean);
        REQUIRE(cleaned);
        REQUIRE(*cleaned);
        CHECK((*cleaned)->bytes == picture.clean);
    }
}

TEST_CASE("clean_image: refuses every picture that ends too early", "[attachment][hostile]") {
    for (const Picture& picture : pictures()) {
        CAPTURE(picture.name);
        for_each_prefix(picture.clean, [](ByteView prefix) {
            // The first bytes of a signature may be anything.
            if (prefix.size() < 12) return;
            CAPTURE(prefix.size());
            const auto cleaned = clean_image(prefix);
            REQUIRE_FALSE(cleaned);
            CHECK((cleaned.error().code == Errc::truncated));
        });
        for_each_prefix(picture.dirty, [](ByteView prefix) {
            CAPTURE(prefix.size());
            if (prefix.size() >= 12) REQUIRE(is_refused_or_clean(prefix));
        });
    }
}

TEST_CASE("clean_image: a bit that is wrong makes an error or another clean picture",
          "[attachment][hostile]") {
    for (const Picture& picture : pictures()) {
        CAPTURE(picture.name);
        const std::set<std::size_t> believed = ends_of_samples(picture);
        Bytes changed = picture.dirty;
        for (std::size_t at = 0; at < changed.size(); ++at) {
            if (believed.contains(at)) continue;
            const std::byte was = changed[at];
            for (unsigned bit = 0; bit < 8; ++bit) {
                changed[at] = was ^ static_cast<std::byte>(1U << bit);
                if (is_refused_or_clean(changed)) continue;
                CAPTURE(at, bit);
                FAIL_CHECK("no error, and not clean");
            }
            changed[at] = was;
        }
    }
}

TEST_CASE("clean_image: whatever many wrong bytes make, cleaning it twice is cleaning it once",
          "[attachment][hostile]") {
    const std::uint64_t seed = 20261127;
    CAPTURE(seed);
    Dice dice{seed};
    std::size_t cleaned_count = 0;
    for (const Picture& picture : pictures()) {
        for (int round = 0; round < 2000; ++round) {
            CAPTURE(picture.name, round);
            Bytes changed = picture.dirty;
            for (std::uint64_t i = dice.between(1, 4); i > 0; --i) damage(changed, dice);
            const auto cleaned = clean_image(changed);
            if (!cleaned || !*cleaned) continue;
            ++cleaned_count;
            const auto again = clean_image((*cleaned)->bytes);
            REQUIRE(again);
            REQUIRE(*again);
            REQUIRE((*again)->bytes == (*cleaned)->bytes);
        }
    }
    CHECK(cleaned_count > 1000);
}

TEST_CASE("clean_image: refuses a picture that is too large", "[attachment]") {
    for (const Picture& picture : pictures()) {
        CAPTURE(picture.name);
        Bytes file = picture.dirty;
        file.resize(image_bytes_max);
        CHECK(clean_image(file));
        file.push_back(std::byte{0});
        const auto cleaned = clean_image(file);
        REQUIRE_FALSE(cleaned);
        CHECK((cleaned.error().code == Errc::limit_exceeded));
    }
}
