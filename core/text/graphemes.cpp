#include "core/text/graphemes.hpp"

#include "core/text/text_document.hpp"
#include "core/text/varint.hpp"

#include <utf8proc.h>

namespace samsyn {

namespace text {

namespace {

struct Point {
    utf8proc_int32_t value = 0;
    std::size_t bytes = 0;
};

Point point_at(std::string_view utf8, std::size_t at) {
    Point point;
    point.bytes = static_cast<std::size_t>(
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()) + at,
                         static_cast<utf8proc_ssize_t>(utf8.size() - at),
                         &point.value));
    return point;
}

/// The cluster around a place: from `begin` to `end`, both `position` where it is between two.
struct Around {
    std::uint32_t begin;
    std::uint32_t end;
};

Around around(std::string_view utf8, std::uint32_t position) {
    // After a line's end there is always a boundary, and none is looked for before it.
    const std::size_t target = bytes_of_points(utf8, position);
    const std::size_t line_end = utf8.substr(0, target).rfind('\n');
    std::size_t at = line_end == std::string_view::npos ? 0 : line_end + 1;
    std::uint32_t begin = position - count_points(utf8.substr(at, target - at));
    while (at < target) {
        const std::size_t bytes = first_grapheme(utf8.substr(at));
        const std::uint32_t end = begin + count_points(utf8.substr(at, bytes));
        if (at + bytes > target) return {begin, end};
        at += bytes;
        begin = end;
    }
    return {position, position};
}

}  // namespace

std::size_t first_grapheme(std::string_view utf8) {
    const auto is_plain = [](char c) { return c > '\r' && c < 0x7f; };
    if (utf8.size() > 1 && is_plain(utf8[0]) && is_plain(utf8[1])) return 1;
    utf8proc_int32_t state = 0;
    Point last = point_at(utf8, 0);
    std::size_t at = last.bytes;
    while (at < utf8.size()) {
        const Point next = point_at(utf8, at);
        if (utf8proc_grapheme_break_stateful(last.value, next.value, &state)) break;
        last = next;
        at += next.bytes;
    }
    return at;
}

std::uint32_t grapheme_floor(std::string_view utf8, std::uint32_t position) {
    return around(utf8, position).begin;
}

std::uint32_t grapheme_ceiling(std::string_view utf8, std::uint32_t position) {
    return around(utf8, position).end;
}

}  // namespace text

std::uint32_t TextDocument::grapheme_floor(std::uint32_t position) const {
    return text::grapheme_floor(text(), std::min(position, size()));
}

std::uint32_t TextDocument::grapheme_ceiling(std::uint32_t position) const {
    return text::grapheme_ceiling(text(), std::min(position, size()));
}

std::uint32_t TextDocument::next_grapheme(std::uint32_t position) const {
    return position >= size() ? size() : grapheme_ceiling(position + 1);
}

std::uint32_t TextDocument::previous_grapheme(std::uint32_t position) const {
    return position == 0 ? 0 : grapheme_floor(std::min(position, size()) - 1);
}

}  // namespace samsyn
