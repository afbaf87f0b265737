#pragma once

#include "core/wire/room_messages.hpp"

#include <span>
#include <string>
#include <vector>

namespace samsyn {

/// One thing on the screen, with the compartment that it is drawn from.
struct PageItem {
    CompartmentId compartment;
    std::string title;
    std::vector<std::string> lines;
    friend bool operator==(const PageItem&, const PageItem&) = default;
};

/// What a screen shows at one time. Without items it is the *neutral page*, which is also what is
/// shown where there is nothing to show: nobody can tell the one from the other.
struct Page {
    std::vector<PageItem> items;

    bool neutral() const { return items.empty(); }

    friend bool operator==(const Page&, const Page&) = default;
};

/// The neutral page's words.
struct NeutralText {
    std::string_view en = "One moment, please.";
    std::string_view sv = "Ett ögonblick.";
};

inline constexpr NeutralText neutral_text;

/// The compartments that the page draws on. Sorted, each once.
std::vector<CompartmentId> compartments_of(const Page& page);

/// Lays items out on pages that each fit a frame, in order; what does not fit goes on on the next
/// page under the same title. Texts longer than a line's limit are cut into several lines. Never
/// empty: without items there is the neutral page.
std::vector<Page> pages_of(std::span<const PageItem> items);

/// The page as a frame's body: `room_view_bytes` less the bytes of the compartments' names in its
/// header, whatever is on it. Errors: `limit_exceeded` for a page that `pages_of` did not make.
Result<Bytes> encode_page(const Page& page);

/// Errors: `malformed`, `truncated`, `limit_exceeded`, `trailing_bytes`.
Result<Page> decode_page(ByteView body);

/// The page without the items whose compartment is not among `named` (sorted): a frame shows what
/// it says that it shows.
Page only_named(Page page, std::span<const CompartmentId> named);

}  // namespace samsyn
