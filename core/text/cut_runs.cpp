#include "core/text/document_state.hpp"
#include "core/text/varint.hpp"

#include <algorithm>

namespace samsyn::text {

namespace {

/// Where a writer's runs begin: at each operation before which it saw something anew, and at
/// `from`.
std::vector<std::uint32_t> beginnings(const History& history, const Stretch& stretch) {
    const auto& [writer, from, to] = stretch;
    std::vector<std::uint32_t> numbers{from};
    for (WriterIndex other = 0; other < history.writers(); ++other) {
        const auto& all = history.all_seen(writer, other);
        for (auto at = std::ranges::upper_bound(all, from, {}, &History::Seen::number);
             at != all.end() && at->number < to;
             ++at)
            numbers.push_back(at->number);
    }
    std::ranges::sort(numbers);
    const auto repeated = std::ranges::unique(numbers);
    numbers.erase(repeated.begin(), repeated.end());
    return numbers;
}

class RunCutter {
public:
    RunCutter(const History& history,
              const SpanTree& tree,
              const Stretch& stretch,
              std::size_t bytes_max,
              std::vector<TextRun>& runs)
        : history_(history),
          tree_(tree),
          writer_(stretch.writer),
          next_(stretch.from),
          bytes_max_(bytes_max),
          runs_(runs),
          run_(history.writer(stretch.writer), stretch.from) {}

    /// At the beginning of a run: what its writer saw anew before it, less what follows from that.
    void begin() {
        flush();
        std::vector<std::pair<WriterIndex, std::uint32_t>> news;
        for (WriterIndex other = 0; other < history_.writers(); ++other) {
            const std::uint32_t seen = history_.seen(writer_, next_ + 1, other);
            if (seen > history_.seen(writer_, next_, other)) news.emplace_back(other, seen);
        }
        for (const auto& [other, seen] : news) {
            const bool follows = std::ranges::any_of(news, [&](const auto& from) {
                return from.first != other && history_.seen(from.first, from.second, other) >= seen;
            });
            if (!follows) run_.saw(history_.writer(other), seen);
        }
    }

    /// Operations up to number `to`, which are of one kind.
    void take(const Operation& operation, std::uint32_t to) {
        while (next_ < to) {
            const Element element = operation.element + (next_ - operation.number);
            const std::uint32_t taken = operation.erases
                                            ? take_erasure(element, to - next_)
                                            : take_insertion(operation, element, to - next_);
            next_ += taken;
        }
    }

    void flush() {
        if (run_.operations() > 0) runs_.push_back(std::move(run_).take());
        run_ = TextRunBuilder{history_.writer(writer_), next_};
    }

private:
    // Begins another run where the next step does not fit. A step refers to at most two writers
    // whom the run does not know yet.
    void begin_step(std::size_t bytes) {
        if (run_.bytes() + bytes + 128 > bytes_max_ || run_.operations() == text_run_operations_max)
            flush();
    }

    std::uint32_t room() const { return text_run_operations_max - run_.operations(); }

    std::uint32_t take_erasure(Element first, std::uint32_t count) {
        begin_step(0);
        const Operation& from = history_.insertion(first);
        count = std::min({count, from.element + from.count - first, room()});
        run_.erase(history_.id(first), count);
        return count;
    }

    std::uint32_t take_insertion(const Operation& operation, Element first, std::uint32_t count) {
        const SpanTree::At at = tree_.at_element(first);
        const Span& span = tree_.span(at);
        std::string_view utf8 = tree_.utf8(span);
        begin_step(utf8.size());
        count = std::min({count, span.count - at.within, room()});
        utf8.remove_prefix(bytes_of_points(utf8, at.within));
        if (at.within + count < span.count) utf8 = utf8.substr(0, bytes_of_points(utf8, count));
        run_.insert(id_of(first == operation.element ? operation.left : first - 1),
                    id_of(operation.right),
                    utf8,
                    count);
        return count;
    }

    std::optional<TextId> id_of(Element element) const {
        if (element == no_element) return std::nullopt;
        return history_.id(element);
    }

    const History& history_;
    const SpanTree& tree_;
    WriterIndex writer_;
    std::uint32_t next_;
    std::size_t bytes_max_;
    std::vector<TextRun>& runs_;
    TextRunBuilder run_;
};

}  // namespace

void cut_runs(const History& history,
              const SpanTree& tree,
              const Stretch& stretch,
              std::vector<TextRun>& runs,
              std::size_t bytes_max) {
    const auto& [writer, from, to] = stretch;
    RunCutter cutter{history, tree, stretch, bytes_max, runs};
    const std::vector<Operation>& all = history.operations();
    const std::vector<std::uint32_t>& own = history.operations_of(writer);
    auto at = std::prev(std::ranges::upper_bound(
        own, from, {}, [&](std::uint32_t index) { return all[index].number; }));
    const std::vector<std::uint32_t> begin = beginnings(history, stretch);
    for (std::size_t i = 0; i < begin.size(); ++i) {
        const std::uint32_t end = i + 1 < begin.size() ? begin[i + 1] : to;
        cutter.begin();
        for (std::uint32_t number = begin[i]; number < end;) {
            const std::uint32_t operation_end = all[*at].number + all[*at].count;
            number = std::min(end, operation_end);
            cutter.take(all[*at], number);
            if (number == operation_end) ++at;
        }
    }
    cutter.flush();
}

}  // namespace samsyn::text
