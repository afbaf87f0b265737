#include "core/text/document_state.hpp"
#include "core/text/integration.hpp"
#include "core/text/varint.hpp"

namespace samsyn {

namespace {

using text::Element;
using text::SpanTree;
using text::WriterIndex;

/// Does what was planned. Cannot fail.
class Performer {
public:
    Performer(text::History& history, SpanTree& tree, WriterIndex writer)
        : history_(history),
          tree_(tree),
          writer_(writer) {}

    std::vector<TextPatch> perform(const text::Plan& plan) && {
        for (const auto& news : plan.news) history_.add_seen(writer_, news.other, news.seen);
        for (const text::PlannedStep& step : plan.steps) {
            if (step.kind == TextStep::Kind::insert)
                insert(step);
            else
                erase(step.element, step.count);
        }
        return std::move(patches_);
    }

private:
    void insert(const text::PlannedStep& step) {
        const bool goes_on =
            history_.add_insertion(writer_, step.element, step.left, step.right, step.count);
        SpanTree::At at;
        if (step.neighbour == text::no_element) {
            (void)tree_.first(at);
            at = tree_.insert(at, step.utf8, step.count, !goes_on);
        } else {
            at = tree_.at_element(step.neighbour);
            if (goes_on && !step.before && step.neighbour == step.left)
                at = tree_.append(at, step.utf8, step.count);
            else
                at = tree_.insert(
                    step.before ? at : SpanTree::after(at), step.utf8, step.count, !goes_on);
        }
        text::add_patch(patches_, tree_.position(at), 0, step.utf8);
    }

    void erase(Element first, std::uint32_t count) {
        history_.add_erasure(writer_, first, count);
        while (count > 0) {
            const SpanTree::At at = tree_.at_element(first);
            const text::Span& span = tree_.span(at);
            std::uint32_t passed = std::min<std::uint32_t>(count, span.count - at.within);
            if (!span.erased) {
                const std::uint32_t position = tree_.position(at);
                passed = tree_.erase(at, passed);
                text::add_patch(patches_, position, passed, {});
            }
            first += passed;
            count -= passed;
        }
    }

    text::History& history_;
    SpanTree& tree_;
    WriterIndex writer_;
    std::vector<TextPatch> patches_;
};

}  // namespace

Result<std::vector<TextPatch>> TextDocument::apply(const TextRun& whole) {
    SAMSYN_TRY(state_->open());
    const std::uint32_t operations = whole.operations();
    if (operations > text_operations_max - state_->history.total() ||
        whole.first > text_writer_operations_max ||
        operations > text_writer_operations_max - whole.first)
        return fail(Errc::limit_exceeded, "text");
    auto writer = state_->history.find_writer(whole.writer);
    if (!writer && state_->history.writers() == text_writers_max)
        return fail(Errc::limit_exceeded, "writers of a text");
    const std::uint32_t count = writer ? state_->history.count(*writer) : 0;
    if (whole.first > count) return fail(Errc::missing_parent, "earlier text run of this writer");

    const TextRun* run = &whole;
    TextRun rest;
    if (whole.first < count) {
        const std::uint32_t known = std::min(operations, count - whole.first);
        SAMSYN_TRY(state_->check_known(*writer, whole, known));
        if (known == operations) return std::vector<TextPatch>{};
        rest = slice(whole, known, operations);
        run = &rest;
    }
    const auto plan = SAMSYN_TRY(text::plan_run(state_->history, state_->tree, writer, *run));
    if (!writer) writer = state_->history.add_writer(run->writer);
    auto patches = Performer{state_->history, state_->tree, *writer}.perform(plan);
    if (run->writer == state_->self)
        state_->taken = state_->history.count(*writer);
    else
        state_->heard = true;
    return patches;
}

// A number of a writer stands for one operation for ever.
Result<void> TextDocument::State::check_known(WriterIndex writer,
                                              const TextRun& run,
                                              std::uint32_t known) const {
    std::vector<TextRun> ours;
    text::cut_runs(history, tree, {writer, run.first, run.first + known}, ours, SIZE_MAX);
    const bool equal = ours.size() == 1 && ours[0] == slice(run, 0, known);
    if (!equal) return fail(Errc::counter_reused, "text run");
    return {};
}

}  // namespace samsyn
