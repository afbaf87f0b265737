#include "core/base/codec.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;

TEST_CASE("Reader: reads back what Writer wrote, in order", "[base][codec]") {
    Writer out;
    out.number<std::uint16_t>(0x1234);
    out.boolean(true);
    out.text("åäö");
    out.instant(instant_max);

    Reader in{out.view()};
    CHECK(in.number<std::uint16_t>("n") == std::uint16_t{0x1234});
    CHECK(in.boolean("b") == true);
    CHECK(in.text(16, "t") == std::string{"åäö"});
    CHECK(in.instant("i") == instant_max);
    CHECK(in.finish("all").has_value());
}

TEST_CASE("Reader: every prefix of an input is truncated, never read past", "[base][codec]") {
    Writer out;
    out.number<std::uint64_t>(7);
    out.text("familj");
    const ByteView whole = out.view();

    for (std::size_t size = 0; size < whole.size(); ++size) {
        Reader in{whole.first(size)};
        const auto number = in.number<std::uint64_t>("n");
        const auto text = number ? in.text(64, "t") : Result<std::string>{fail(Errc::truncated)};
        CAPTURE(size);
        REQUIRE_FALSE(text.has_value());
        CHECK(text.error().code == Errc::truncated);
    }
}

TEST_CASE("Reader: a length of 4 GiB is refused by its limit before anything is allocated",
          "[base][codec]") {
    const std::array<std::byte, 4> huge{
        std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}};
    Reader in{huge};
    CHECK(in.blob(1024, "blob").error().code == Errc::limit_exceeded);
}

TEST_CASE("Reader: trailing bytes are an error", "[base][codec]") {
    const std::array<std::byte, 2> two{};
    Reader in{two};
    CHECK(in.boolean("b") == false);
    CHECK(in.finish("message").error().code == Errc::trailing_bytes);
}

TEST_CASE("is_utf8: refuses overlong forms, surrogates, and what lies above U+10FFFF",
          "[base][codec]") {
    CHECK(is_utf8(as_bytes("Örebro län, 漢字, 🙂")));
    CHECK_FALSE(is_utf8(as_bytes("\xc0\x80")));          // overlong NUL
    CHECK_FALSE(is_utf8(as_bytes("\xed\xa0\x80")));      // U+D800
    CHECK_FALSE(is_utf8(as_bytes("\xf4\x90\x80\x80")));  // U+110000
    CHECK_FALSE(is_utf8(as_bytes("\xe5")));              // cut short
}
