#include "core/text/text_document.hpp"

#include "core/text/document_state.hpp"
#include "core/text/rebase.hpp"
#include "core/text/varint.hpp"

#include <algorithm>

namespace samsyn {

using text::Element;
using text::no_element;
using text::SpanTree;
using text::WriterIndex;

std::uint32_t TextDocument::State::own_count() const {
    const auto writer = history.find_writer(self);
    return writer ? history.count(*writer) : 0;
}

Result<WriterIndex> TextDocument::State::begin_edit(std::uint32_t operations) {
    SAMSYN_TRY(open());
    if (operations > text_operations_max - history.total() ||
        operations > text_writer_operations_max - own_count())
        return fail(Errc::limit_exceeded, "text");
    if (!own) {
        if (!history.find_writer(self) && history.writers() == text_writers_max)
            return fail(Errc::limit_exceeded, "writers of a text");
        own = history.add_writer(self);
    }
    if (heard) {
        const std::uint32_t next = history.count(*own);
        for (WriterIndex other = 0; other < history.writers(); ++other) {
            const std::uint32_t count = history.count(other);
            if (other != *own && count > history.seen(*own, next + 1, other))
                history.add_seen(*own, other, count);
        }
        heard = false;
    }
    return *own;
}

void TextDocument::State::insert(WriterIndex writer,
                                 std::uint32_t position,
                                 std::string_view utf8,
                                 std::uint32_t count) {
    const Element element = tree.elements();
    SpanTree::At at;
    if (position == 0) {
        const Element right = tree.first(at) ? tree.element(at) : no_element;
        history.add_insertion(writer, element, no_element, right, count);
        tree.insert(at, utf8, count, true);
        return;
    }
    at = tree.at_position(position - 1);
    if (history.add_insertion(writer, element, tree.element(at), tree.next_element(at), count))
        tree.append(at, utf8, count);
    else
        tree.insert(SpanTree::after(at), utf8, count, true);
}

void TextDocument::State::erase(WriterIndex writer, std::uint32_t position, std::uint32_t count) {
    while (count > 0) {
        const SpanTree::At at = tree.at_position(position);
        const Element first = tree.element(at);
        const std::uint32_t erased = tree.erase(at, count);
        history.add_erasure(writer, first, erased, taken);
        count -= erased;
    }
}

TextDocument::TextDocument(const DeviceId& self) : state_(std::make_unique<State>()) {
    state_->self = self;
}

TextDocument::TextDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}

TextDocument::~TextDocument() = default;
TextDocument::TextDocument(TextDocument&& other) noexcept = default;
TextDocument& TextDocument::operator=(TextDocument&& other) noexcept = default;

std::string TextDocument::text() const {
    if (!state_->packed.empty()) return state_->plain;
    std::string shown;
    shown.reserve(state_->tree.shown());
    state_->tree.each([&](const text::Span& span) {
        if (!span.erased) shown += state_->tree.utf8(span);
    });
    return shown;
}

std::uint32_t TextDocument::size() const {
    return state_->packed.empty() ? state_->tree.shown() : state_->plain_points;
}

Result<void> TextDocument::insert(std::uint32_t position, std::string_view utf8) {
    if (position > size()) return fail(Errc::invalid_argument, "position in a text");
    if (!is_utf8(as_bytes(utf8))) return fail(Errc::invalid_argument, "text: not UTF-8");
    if (utf8.empty()) return {};
    if (utf8.size() > text::content_bytes_max) return fail(Errc::limit_exceeded, "text");
    const std::uint32_t count = text::count_points(utf8);
    const WriterIndex own = SAMSYN_TRY(state_->begin_edit(count));
    state_->insert(own, position, utf8, count);
    return {};
}

Result<void> TextDocument::erase(std::uint32_t position, std::uint32_t count) {
    if (position > size() || count > size() - position)
        return fail(Errc::invalid_argument, "position in a text");
    if (count == 0) return {};
    const WriterIndex own = SAMSYN_TRY(state_->begin_edit(count));
    state_->erase(own, position, count);
    return {};
}

Result<std::vector<TextPatch>> TextDocument::replace(std::string_view utf8) {
    return replace(text(), utf8);
}

Result<std::vector<TextPatch>> TextDocument::replace(std::string_view before,
                                                     std::string_view utf8) {
    if (std::max(before.size(), utf8.size()) > text::content_bytes_max)
        return fail(Errc::limit_exceeded, "text");
    if (!is_utf8(as_bytes(before)) || !is_utf8(as_bytes(utf8)))
        return fail(Errc::invalid_argument, "text: not UTF-8");
    std::vector<TextPatch> patches = text::rebase(before, utf8, text());
    std::size_t operations = 0;
    for (const TextPatch& patch : patches)
        operations += patch.erased + text::count_points(patch.inserted);
    if (patches.empty()) return patches;
    if (operations > text_operations_max) return fail(Errc::limit_exceeded, "text");
    const WriterIndex own = SAMSYN_TRY(state_->begin_edit(static_cast<std::uint32_t>(operations)));
    for (const TextPatch& patch : patches) {
        state_->erase(own, patch.position, patch.erased);
        if (!patch.inserted.empty())
            state_->insert(own, patch.position, patch.inserted, text::count_points(patch.inserted));
    }
    return patches;
}

bool TextDocument::has_edits() const {
    return state_->packed.empty() ? state_->own_count() > state_->taken : state_->packed_edits;
}

Result<std::vector<TextRun>> TextDocument::take_runs() {
    std::vector<TextRun> runs;
    if (!has_edits()) return runs;
    SAMSYN_TRY(state_->open());
    const std::uint32_t count = state_->own_count();
    const WriterIndex own = *state_->history.find_writer(state_->self);
    text::cut_runs(state_->history, state_->tree, {own, state_->taken, count}, runs);
    state_->taken = count;
    return runs;
}

Result<TextRun> TextDocument::run(const DeviceId& writer,
                                  std::uint32_t first,
                                  std::uint32_t count) const {
    SAMSYN_TRY(state_->open());
    const auto known = state_->history.find_writer(writer);
    const std::uint32_t all = known ? state_->history.count(*known) : 0;
    if (count == 0 || first > all || count > all - first) return fail(Errc::not_found, "text run");
    std::vector<TextRun> runs;
    text::cut_runs(state_->history, state_->tree, {*known, first, first + count}, runs, SIZE_MAX);
    if (runs.size() != 1) return fail(Errc::not_found, "text run");
    return std::move(runs.front());
}

Result<TextVersion> TextDocument::version() const {
    SAMSYN_TRY(state_->open());
    TextVersion version;
    for (WriterIndex writer = 0; writer < state_->history.writers(); ++writer) {
        const DeviceId& id = state_->history.writer(writer);
        const std::uint32_t count =
            id == state_->self ? state_->taken : state_->history.count(writer);
        if (count > 0) version.push_back({id, count});
    }
    std::ranges::sort(version);
    return version;
}

Result<std::vector<TextRun>> TextDocument::missing_since(const TextVersion& version) const {
    SAMSYN_TRY(state_->open());
    const text::History& history = state_->history;
    std::vector<std::uint32_t> has(history.writers());
    for (const TextId& known : version)
        if (const auto writer = history.find_writer(known.writer)) has[*writer] = known.number;
    std::vector<TextRun> runs;
    const std::vector<text::Operation>& all = history.operations();
    for (std::size_t at = 0; at < all.size();) {
        // One writer's neighbouring operations are cut together.
        const WriterIndex writer = all[at].writer;
        const std::uint32_t from = std::max(all[at].number, has[writer]);
        std::uint32_t to = 0;
        for (; at < all.size() && all[at].writer == writer; ++at)
            to = all[at].number + all[at].count;
        if (history.writer(writer) == state_->self) to = std::min(to, state_->taken);
        if (from < to) text::cut_runs(history, state_->tree, {writer, from, to}, runs);
    }
    return runs;
}

Result<std::vector<TextPart>> TextDocument::parts() const {
    SAMSYN_TRY(state_->open());
    std::vector<TextPart> parts;
    state_->tree.each([&](const text::Span& span) {
        if (span.erased) return;
        const DeviceId& writer =
            state_->history.writer(state_->history.insertion(span.element).writer);
        if (!parts.empty() && parts.back().writer == writer)
            parts.back().count += span.count;
        else
            parts.push_back({span.count, writer});
    });
    return parts;
}

Result<TextAnchor> TextDocument::anchor(std::uint32_t position, TextAnchor::Side side) const {
    if (position > size()) return fail(Errc::invalid_argument, "position in a text");
    SAMSYN_TRY(state_->open());
    const bool after = side == TextAnchor::Side::after;
    if (after ? position == 0 : position == size()) return TextAnchor{std::nullopt, side};
    const SpanTree& tree = state_->tree;
    const SpanTree::At at = tree.at_position(after ? position - 1 : position);
    return TextAnchor{state_->history.id(tree.element(at)), side};
}

Result<std::uint32_t> TextDocument::position(const TextAnchor& anchor) const {
    SAMSYN_TRY(state_->open());
    const bool after = anchor.side == TextAnchor::Side::after;
    if (!anchor.to) return after ? 0 : size();
    const text::History& history = state_->history;
    const auto writer = history.find_writer(anchor.to->writer);
    if (!writer || anchor.to->number >= history.count(*writer))
        return fail(Errc::not_found, "place in a text");
    const text::Operation& operation = history.operation(*writer, anchor.to->number);
    if (operation.erases) return fail(Errc::not_found, "place in a text");
    const SpanTree::At at =
        state_->tree.at_element(operation.element + (anchor.to->number - operation.number));
    const bool shown = !state_->tree.span(at).erased;
    return state_->tree.position(at) + (after && shown ? 1U : 0U);
}

std::size_t TextDocument::memory_bytes() const {
    return sizeof(State) + state_->plain.capacity() + state_->packed.capacity() +
           state_->history.memory_bytes() + state_->tree.memory_bytes();
}

namespace text {

void add_patch(std::vector<TextPatch>& patches,
               std::uint32_t position,
               std::uint32_t erased,
               std::string_view inserted) {
    if (!patches.empty()) {
        TextPatch& last = patches.back();
        const bool typed_on = erased == 0 && !last.inserted.empty() &&
                              position == last.position + count_points(last.inserted);
        if (typed_on) {
            last.inserted += inserted;
            return;
        }
        if (inserted.empty() && last.inserted.empty() && position == last.position) {
            last.erased += erased;
            return;
        }
    }
    patches.push_back({position, erased, std::string{inserted}});
}

}  // namespace text

}  // namespace samsyn
