#include "core/text/integration.hpp"

#include <algorithm>

namespace samsyn::text {

namespace {

using Kind = TextStep::Kind;

/// Where something goes: after an element, or at the beginning.
using Gap = Element;

/// One piece of the text between an insertion's two neighbours.
struct Passed {
    Element first;
    Element left;
    Element right;
    WriterIndex writer;
    std::uint32_t number;
};

class Planner {
public:
    Planner(const History& history,
            const SpanTree& tree,
            std::optional<WriterIndex> writer,
            const TextRun& run)
        : history_(history),
          tree_(tree),
          writer_(writer),
          run_(run),
          begin_(run.first),
          next_(run.first),
          known_elements_(tree.elements()),
          elements_(tree.elements()),
          past_(history.writers()) {
        if (writer_)
            for (WriterIndex other = 0; other < history.writers(); ++other)
                past_[other] = history.seen(*writer_, run.first + 1, other);
        plan_.steps.reserve(run.steps.size());
    }

    Result<Plan> plan() && {
        SAMSYN_TRY(take_news());
        for (const TextStep& step : run_.steps) {
            if (step.kind == Kind::insert)
                SAMSYN_TRY(plan_insertion(step));
            else
                SAMSYN_TRY(plan_erasure(step));
            next_ += step.count;
        }
        std::ranges::sort(neighbours_);
        if (std::ranges::adjacent_find(neighbours_) != neighbours_.end())
            return fail(Errc::malformed, "two insertions between the same neighbours");
        return std::move(plan_);
    }

private:
    Result<void> take_news() {
        std::vector<Plan::News> told;
        for (const TextOther& other : run_.others) {
            const auto index = history_.find_writer(other.writer);
            if (!index || history_.count(*index) < other.seen)
                return fail(Errc::missing_parent, "what the writer of a text run had seen");
            others_.push_back(*index);
            if (other.seen == 0) continue;
            if (other.seen <= past_[*index])
                return fail(Errc::malformed, "what the writer of a text run saw again");
            told.push_back({*index, other.seen});
        }
        for (const Plan::News& news : told)
            for (const Plan::News& from : told)
                if (from.other != news.other &&
                    history_.seen(from.other, from.seen, news.other) >= news.seen)
                    return fail(Errc::malformed, "what the writer of a text run saw twice");
        follow(told);
        return {};
    }

    // Who has seen an operation has seen what its writer had seen.
    void follow(const std::vector<Plan::News>& told) {
        const std::vector<std::uint32_t> before = past_;
        for (const Plan::News& news : told) {
            past_[news.other] = std::max(past_[news.other], news.seen);
            for (WriterIndex third = 0; third < history_.writers(); ++third)
                if (third != writer_)
                    past_[third] =
                        std::max(past_[third], history_.seen(news.other, news.seen, third));
        }
        for (WriterIndex other = 0; other < history_.writers(); ++other)
            if (past_[other] > before[other]) plan_.news.push_back({other, past_[other]});
    }

    Result<void> plan_insertion(const TextStep& step) {
        PlannedStep planned{.kind = Kind::insert, .number = next_, .count = step.count};
        planned.element = elements_;
        std::uint32_t more = 0;
        planned.left = SAMSYN_TRY(find(step.first, more));
        planned.right = SAMSYN_TRY(find(step.second, more));
        planned.utf8 = std::string_view{run_.content}.substr(step.text_at, step.text_bytes);
        neighbours_.push_back(std::uint64_t{planned.left} << 32 | planned.right);
        if (is_new(planned.right) && (!is_new(planned.left) || planned.left < planned.right)) {
            if (new_left_of(planned.right) != planned.left) return not_neighbours();
            planned.neighbour = planned.right;
            planned.before = true;
        } else if (is_new(planned.left)) {
            const PlannedStep& from = step_of(planned.left);
            if (planned.left + 1 != from.element + from.count || from.right != planned.right)
                return not_neighbours();
            planned.neighbour = planned.left;
        } else {
            planned.neighbour = SAMSYN_TRY(place_between(planned.left, planned.right));
        }
        elements_ += step.count;
        new_.push_back(plan_.steps.size());
        plan_.steps.push_back(planned);
        return {};
    }

    static std::unexpected<Error> not_neighbours() {
        return fail(Errc::malformed, "neighbours of inserted text");
    }

    bool is_new(Element element) const {
        return element != no_element && element >= known_elements_;
    }

    const PlannedStep& step_of(Element element) const {
        const auto after = std::ranges::upper_bound(
            new_, element, {}, [&](std::size_t index) { return plan_.steps[index].element; });
        return plan_.steps[*std::prev(after)];
    }

    Element new_left_of(Element element) const {
        const PlannedStep& from = step_of(element);
        return element == from.element ? from.left : element - 1;
    }

    /// The element, and how many of its writer's next numbers name the elements after it.
    Result<Element> find_own(std::uint32_t number, std::uint32_t& neighbours) const;
    Result<Element> find_known(WriterIndex writer,
                               std::uint32_t number,
                               std::uint32_t& neighbours) const;
    Result<Element> find(const TextRef& ref, std::uint32_t& neighbours) const;
    Result<void> plan_erasure(const TextStep& step);
    Result<Gap> place_between(Element left, Element right) const;
    Passed passed(SpanTree::At at) const;
    bool stands_before(Element a, Element b) const;

    const History& history_;
    const SpanTree& tree_;
    std::optional<WriterIndex> writer_;
    const TextRun& run_;
    std::uint32_t begin_;
    std::uint32_t next_;
    Element known_elements_;
    Element elements_;
    std::vector<std::uint32_t> past_;  ///< of each writer, what this one has seen by now
    std::vector<WriterIndex> others_;
    Plan plan_;
    std::vector<std::size_t> new_;  ///< the insertions of `plan_`
    std::vector<std::uint64_t> neighbours_;
};

Result<Element> Planner::find_known(WriterIndex writer,
                                    std::uint32_t number,
                                    std::uint32_t& neighbours) const {
    const Operation& operation = history_.operation(writer, number);
    if (operation.erases) return fail(Errc::malformed, "a text step refers to an erasure");
    const std::uint32_t within = number - operation.number;
    neighbours = operation.count - within;
    return operation.element + within;
}

Result<Element> Planner::find_own(std::uint32_t number, std::uint32_t& neighbours) const {
    if (number >= next_) return fail(Errc::malformed, "a text step refers to a later one");
    if (number < begin_) {
        const Element element = SAMSYN_TRY(find_known(*writer_, number, neighbours));
        neighbours = std::min(neighbours, begin_ - number);
        return element;
    }
    const auto after = std::ranges::upper_bound(
        new_, number, {}, [&](std::size_t index) { return plan_.steps[index].number; });
    if (after == new_.begin()) return fail(Errc::malformed, "a text step refers to an erasure");
    const PlannedStep& from = plan_.steps[*std::prev(after)];
    const std::uint32_t within = number - from.number;
    if (within >= from.count) return fail(Errc::malformed, "a text step refers to an erasure");
    neighbours = from.count - within;
    return from.element + within;
}

Result<Element> Planner::find(const TextRef& ref, std::uint32_t& neighbours) const {
    if (ref.index == TextRef::none) return no_element;
    if (ref.index == TextRef::own) return find_own(ref.number, neighbours);
    const WriterIndex other = others_[ref.index];
    if (ref.number >= past_[other])
        return fail(Errc::malformed, "a text step refers to what its writer had not seen");
    const Element element = SAMSYN_TRY(find_known(other, ref.number, neighbours));
    neighbours = std::min(neighbours, past_[other] - ref.number);
    return element;
}

Result<void> Planner::plan_erasure(const TextStep& step) {
    TextRef ref = step.first;
    for (std::uint32_t done = 0; done < step.count;) {
        std::uint32_t count = 0;
        PlannedStep planned{.kind = Kind::erase, .number = next_ + done};
        planned.element = SAMSYN_TRY(find(ref, count));
        planned.count = std::min(count, step.count - done);
        plan_.steps.push_back(planned);
        done += planned.count;
        ref.number += planned.count;
    }
    return {};
}

Passed Planner::passed(SpanTree::At at) const {
    const Element first = tree_.element(at);
    const Operation& from = history_.insertion(first);
    const std::uint32_t within = first - from.element;
    return {
        first, within == 0 ? from.left : first - 1, from.right, from.writer, from.number + within};
}

/// `no_element` is the end.
bool Planner::stands_before(Element a, Element b) const {
    if (a == b || a == no_element) return false;
    return b == no_element || tree_.before(tree_.at_element(a), tree_.at_element(b));
}

// Passes over what others put between the two neighbours without knowing of this insertion, as it
// does not know of them: the order of FugueMax, found as by Yjs' rule corrected (docs/TEXT.md).
Result<Gap> Planner::place_between(Element left, Element right) const {
    SpanTree::At at;
    bool more = tree_.first(at);
    if (left != no_element) {
        at = tree_.at_element(left);
        if (at.within + 1 < tree_.span(at).count)
            ++at.within;
        else
            more = tree_.step(at);
    }
    Gap gap = left;
    Gap last = left;
    bool settled = false;
    bool doubtful = false;  // passed something that it may yet have to stand before
    for (; more && tree_.element(at) != right; more = tree_.step(at)) {
        const Passed other = passed(at);
        if (other.writer == writer_ || other.number < past_[other.writer])
            return fail(Errc::malformed, "neighbours of inserted text");
        if (!settled) {
            if (!doubtful) gap = last;
            if (other.left == left) {
                if (stands_before(other.right, right))
                    doubtful = true;
                else if (other.right != right || run_.writer > history_.writer(other.writer))
                    doubtful = false;
                else
                    settled = true;
            } else if (left != no_element &&
                       (other.left == no_element || stands_before(other.left, left))) {
                settled = true;
            }
        }
        last = other.first + (tree_.span(at).count - at.within) - 1;
    }
    if (!more && right != no_element) return fail(Errc::malformed, "neighbours of inserted text");
    return settled || doubtful ? gap : last;
}

}  // namespace

Result<Plan> plan_run(const History& history,
                      const SpanTree& tree,
                      std::optional<WriterIndex> writer,
                      const TextRun& run) {
    return Planner{history, tree, writer, run}.plan();
}

}  // namespace samsyn::text
