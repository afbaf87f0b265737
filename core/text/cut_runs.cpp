#include "core/text/document_state.hpp"
#include "core/text/varint.hpp"

#include <algorithm>

namespace samsyn::text {

namespace {

/// What a writer had seen anew before one of its operations.
struct SeenBefore {
    std::uint32_t number;
    WriterIndex other;
    std::uint32_t count;
};

std::vector<SeenBefore> seen_between(const History& history,
                                     WriterIndex writer,
                                     std::uint32_t from,
                                     std::uint32_t to) {
    std::vector<SeenBefore> found;
    for (WriterIndex other = 0; other < history.writers(); ++other) {
        const auto& all = history.all_seen(writer, other);
        for (auto at = std::ranges::lower_bound(all, from, {}, &History::Seen::number);
             at != all.end() && at->number < to;
             ++at)
            found.push_back({at->number, other, at->count});
    }
    std::ranges::stable_sort(found, {}, &SeenBefore::number);
    return found;
}

class RunCutter {
public:
    RunCutter(const History& history,
              const SpanTree& tree,
              WriterIndex writer,
              std::uint32_t from,
              std::size_t bytes_max,
              std::vector<TextRun>& runs)
        : history_(history),
          tree_(tree),
          writer_(writer),
          next_(from),
          bytes_max_(bytes_max),
          runs_(runs),
          run_(history.writer(writer), from) {}

    void saw(const SeenBefore& seen) { seen_.push_back(seen); }

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
    // Begins another run where the next step does not fit, and puts what was seen before it. A step
    // refers to at most two writers whom the run does not know yet.
    void begin_step(std::size_t bytes) {
        const std::size_t all = run_.bytes() + bytes + 64 + (2 + seen_.size()) * DeviceId::size +
                                seen_.size() * 32;
        if (all > bytes_max_ || run_.operations() == text_run_operations_max) flush();
        for (const SeenBefore& seen : seen_) run_.saw({history_.writer(seen.other), seen.count});
        seen_.clear();
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
    std::vector<SeenBefore> seen_;
};

}  // namespace

void cut_runs(const History& history,
              const SpanTree& tree,
              WriterIndex writer,
              std::uint32_t from,
              std::uint32_t to,
              std::vector<TextRun>& runs,
              std::size_t bytes_max) {
    const std::vector<SeenBefore> seen = seen_between(history, writer, from, to);
    auto next_seen = seen.begin();
    RunCutter cutter{history, tree, writer, from, bytes_max, runs};
    const std::vector<Operation>& all = history.operations();
    const std::vector<std::uint32_t>& own = history.operations_of(writer);
    auto at = std::prev(std::ranges::upper_bound(
        own, from, {}, [&](std::uint32_t index) { return all[index].number; }));
    for (std::uint32_t number = from; number < to; ++at) {
        const Operation& operation = all[*at];
        const std::uint32_t end = std::min(to, operation.number + operation.count);
        while (number < end) {
            for (; next_seen != seen.end() && next_seen->number == number; ++next_seen)
                cutter.saw(*next_seen);
            number = next_seen == seen.end() ? end : std::min(end, next_seen->number);
            cutter.take(operation, number);
        }
    }
    cutter.flush();
}

}  // namespace samsyn::text
