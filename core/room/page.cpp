#include "core/room/page.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

namespace {

constexpr std::size_t line_bytes_max = 1024;
constexpr std::size_t title_bytes_max = 512;
constexpr std::size_t lines_max = 1024;
constexpr std::size_t items_max = 256;

// What a page takes in its encoding: a count of items; for each its compartment, two lengths and a
// count of lines; for each line a length. Its size is in front of it.
constexpr std::size_t page_overhead = 4 + 2;
constexpr std::size_t item_overhead = CompartmentId::size + 4 + 2;
constexpr std::size_t line_overhead = 4;
constexpr std::size_t page_bytes_max =
    room_view_bytes - room_compartments_max * CompartmentId::size - page_overhead;

/// The first part of a text of at most `size_max` bytes, cut between characters.
std::string_view head_of(std::string_view text, std::size_t size_max) {
    if (text.size() <= size_max) return text;
    std::size_t end = size_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    return text.substr(0, end == 0 ? size_max : end);
}

std::vector<std::string> cut(const std::string& line) {
    std::vector<std::string> parts;
    std::string_view rest = line;
    do {
        const std::string_view part = head_of(rest, line_bytes_max);
        parts.emplace_back(part);
        rest.remove_prefix(part.size());
    } while (!rest.empty());
    return parts;
}

/// Puts one line after the other on pages, and begins a new page where one is full.
class Layout {
public:
    void add(const PageItem& item) {
        compartment_ = item.compartment;
        title_ = head_of(item.title, title_bytes_max);
        begin_item();
        for (const std::string& line : item.lines)
            for (std::string& part : cut(line)) add_line(std::move(part));
    }

    std::vector<Page> take() && { return std::move(pages_); }

private:
    bool has_room_for(std::size_t size, bool new_item) const {
        const Page& page = pages_.back();
        const bool names_more =
            new_item && std::ranges::none_of(page.items, [&](const PageItem& item) {
                return item.compartment == compartment_;
            });
        return used_ + size <= page_bytes_max && page.items.size() < items_max &&
               (!names_more || compartments_of(page).size() < room_compartments_max);
    }

    void begin_page() {
        pages_.emplace_back();
        used_ = 0;
    }

    void begin_item() {
        const std::size_t size = item_overhead + title_.size();
        if (!has_room_for(size, true)) begin_page();
        pages_.back().items.push_back({compartment_, title_, {}});
        used_ += size;
    }

    void add_line(std::string line) {
        const std::size_t size = line_overhead + line.size();
        const bool full = pages_.back().items.back().lines.size() >= lines_max;
        if (full || !has_room_for(size, false)) {
            begin_page();
            begin_item();
        }
        pages_.back().items.back().lines.push_back(std::move(line));
        used_ += size;
    }

    std::vector<Page> pages_ = std::vector<Page>(1);
    std::size_t used_ = 0;
    CompartmentId compartment_;
    std::string title_;
};

}  // namespace

std::vector<CompartmentId> compartments_of(const Page& page) {
    std::vector<CompartmentId> compartments;
    for (const PageItem& item : page.items) compartments.push_back(item.compartment);
    std::ranges::sort(compartments);
    const auto doubles = std::ranges::unique(compartments);
    compartments.erase(doubles.begin(), doubles.end());
    return compartments;
}

std::vector<Page> pages_of(std::span<const PageItem> items) {
    Layout layout;
    for (const PageItem& item : items) layout.add(item);
    return std::move(layout).take();
}

Result<Bytes> encode_page(const Page& page) {
    const std::size_t named = compartments_of(page).size();
    if (named > room_compartments_max || page.items.size() > items_max)
        return fail(Errc::limit_exceeded, "page");
    Writer content;
    for (const PageItem& item : page.items)
        if (item.lines.size() > lines_max) return fail(Errc::limit_exceeded, "page");
    content.list(page.items, [&](const PageItem& item) {
        content.id(item.compartment);
        content.text(item.title);
        content.list(item.lines, [&](const std::string& line) { content.text(line); });
    });
    const std::size_t size = room_view_bytes - named * CompartmentId::size;
    Writer body;
    body.blob(content.view());
    if (body.size() > size) return fail(Errc::limit_exceeded, "page");
    Bytes padded = std::move(body).take();
    padded.resize(size);
    return padded;
}

Result<Page> decode_page(ByteView body) {
    Reader padded{body};
    Reader in{SAMSYN_TRY(padded.blob(room_view_bytes, "page"))};
    if (std::ranges::any_of(padded.rest(), [](std::byte byte) { return byte != std::byte{}; }))
        return fail(Errc::malformed, "padding of a page");
    Page page;
    const auto count = SAMSYN_TRY(in.count(items_max, "items of a page"));
    for (std::size_t i = 0; i < count; ++i) {
        PageItem item;
        item.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment"));
        item.title = SAMSYN_TRY(in.text(title_bytes_max, "title"));
        const auto lines = SAMSYN_TRY(in.count(lines_max, "lines of an item"));
        for (std::size_t line = 0; line < lines; ++line)
            item.lines.push_back(SAMSYN_TRY(in.text(line_bytes_max, "line")));
        page.items.push_back(std::move(item));
    }
    SAMSYN_TRY(in.finish("page"));
    return page;
}

Page only_named(Page page, std::span<const CompartmentId> named) {
    std::erase_if(page.items, [&](const PageItem& item) {
        return !std::ranges::binary_search(named, item.compartment);
    });
    return page;
}

}  // namespace samsyn
