#include "core/text/rebase.hpp"

#include "core/text/varint.hpp"
#include "tests/support/catch.hpp"

#include <rapidcheck.h>

#include <algorithm>

using namespace samsyn;

namespace {

const DeviceId writer_device = DeviceId::from(Bytes(DeviceId::size, std::byte{1}));

/// What stands after somebody who had `before` made `after` of it, while it became `now`.
std::string rebased(const std::string& before, const std::string& after, const std::string& now) {
    TextDocument text{writer_device};
    REQUIRE(text.insert(0, now));
    REQUIRE(text.replace(before, after));
    return text.text();
}

std::string word(const std::vector<std::uint8_t>& letters) {
    constexpr std::array<std::string_view, 5> alphabet{"a", "å", "e", "\n", "😀"};
    std::string out;
    for (const std::uint8_t letter : letters) out += alphabet[letter % alphabet.size()];
    return out;
}

}  // namespace

TEST_CASE("Rebase: what others wrote while an editor was open stays", "[text]") {
    const std::string before = "Närvarande: Anna\nBeslut:\n";
    const std::string now = "Närvarande: Anna, Per\nBeslut: ring skolan\n";
    CHECK(rebased(before, "Närvarande: Anna\nBeslut:\nNästa möte: 3 maj\n", now) ==
          "Närvarande: Anna, Per\nBeslut: ring skolan\nNästa möte: 3 maj\n");
    CHECK(rebased(before, before, now) == now);
    CHECK(rebased(before, now, before) == now);
    CHECK(rebased("", "Ny text", "") == "Ny text");
}

TEST_CASE("Rebase: what both took out is gone once, and what one took out does not come back",
          "[text]") {
    CHECK(rebased("ett två tre fyra", "ett fyra", "ett tre fyra") == "ett fyra");
    CHECK(rebased("ett två tre", "ett tre", "ett två tre fyra") == "ett tre fyra");
    CHECK(rebased("ett två", "", "ett två tre") == " tre");
    // What was changed in a part that is gone is kept: nobody's words are thrown away.
    CHECK(rebased("ett tvo tre", "ett två tre", "ett tre").find("å") != std::string::npos);
}

TEST_CASE("Rebase: over nothing it is what was meant, and it is always a change of what stands",
          "[text][property]") {
    CHECK(rc::check([](const std::vector<std::uint8_t>& a,
                       const std::vector<std::uint8_t>& b,
                       const std::vector<std::uint8_t>& c) {
        const std::string before = word(a);
        const std::string after = word(b);
        const std::string now = word(c);
        RC_ASSERT(rebased(before, after, before) == after);
        RC_ASSERT(rebased(before, before, now) == now);
        RC_ASSERT(is_utf8(as_bytes(rebased(before, after, now))));
        std::uint32_t size = text::count_points(now);
        for (const TextPatch& patch : text::rebase(before, after, now)) {
            RC_ASSERT(patch.position + patch.erased <= size);
            size += text::count_points(patch.inserted) - patch.erased;
        }
    }));
}
