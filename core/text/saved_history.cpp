#include "core/text/document_state.hpp"
#include "core/text/varint.hpp"

#include <algorithm>

namespace samsyn::text {

namespace {

/// The columns of a saved history, each with its length before it.
struct Columns {
    Bytes writers;     ///< in the order of operations: index and how many in a row
    Bytes kinds;       ///< count · 2 + erases
    Bytes lefts;       ///< of insertions, from where their writer's cursor stood
    Bytes rights;      ///< of insertions: 0 as expected, 1 none, from the element after `lefts`
    Bytes targets;     ///< of erasures, their last as `lefts`
    Bytes span_kinds;  ///< count · 2 + erased
    Bytes span_jumps;  ///< from where the span before ended
    Bytes seen_at;       ///< how many operations of all were there, from the sight before
    Bytes seen_writers;  ///< who saw
    Bytes seen_numbers;  ///< before which of its operations, from its sight before
    Bytes seen_less;     ///< how many writers of whom it saw less than that; which, and how much less
    Bytes erased;        ///< UTF-8 of the erased, in the order of the text

    template <class Take>
    void each(Take take) {
        for (Bytes* column : {&writers,
                              &kinds,
                              &lefts,
                              &rights,
                              &targets,
                              &span_kinds,
                              &span_jumps,
                              &seen_at,
                              &seen_writers,
                              &seen_numbers,
                              &seen_less,
                              &erased})
            take(*column);
    }
};

constexpr std::size_t columns_count = 12;

/// What is likely of a writer's next operation: it goes on where the writer's cursor stands.
class Expectation {
public:
    explicit Expectation(std::size_t writers) : hands_(writers) {}

    /// The element before the cursor; -1 at the beginning.
    std::int64_t cursor(WriterIndex writer) const { return hands_[writer].cursor; }

    Element right(WriterIndex writer, std::int64_t left) const {
        const Hand& hand = hands_[writer];
        return hand.typing && left == hand.cursor ? hand.right : static_cast<Element>(left + 1);
    }

    void add(const Operation& operation) {
        const std::int64_t first = operation.element;
        Hand& hand = hands_[operation.writer];
        hand.cursor = operation.erases ? first - 1 : first + operation.count - 1;
        hand.right = operation.right;
        hand.typing = !operation.erases;
    }

private:
    struct Hand {
        std::int64_t cursor = -1;
        Element right = no_element;
        bool typing = true;
    };

    std::vector<Hand> hands_;
};

void put_operations(const History& history, Columns& out) {
    const std::vector<Operation>& operations = history.operations();
    Expectation expected{history.writers()};
    for (std::size_t at = 0; at < operations.size(); ++at) {
        const Operation& operation = operations[at];
        if (at == 0 || operations[at - 1].writer != operation.writer) {
            std::size_t end = at;
            while (end < operations.size() && operations[end].writer == operation.writer) ++end;
            put_varint(out.writers, operation.writer);
            put_varint(out.writers, end - at);
        }
        put_varint(out.kinds, std::uint64_t{operation.count} << 1 | (operation.erases ? 1U : 0U));
        const std::int64_t cursor = expected.cursor(operation.writer);
        if (operation.erases) {
            const std::int64_t last = std::int64_t{operation.element} + operation.count - 1;
            put_varint(out.targets, zigzag(last - cursor));
        } else {
            const std::int64_t left =
                operation.left == no_element ? -1 : std::int64_t{operation.left};
            put_varint(out.lefts, zigzag(left - cursor));
            if (operation.right == expected.right(operation.writer, left))
                put_varint(out.rights, 0);
            else if (operation.right == no_element)
                put_varint(out.rights, 1);
            else
                put_varint(out.rights, zigzag(std::int64_t{operation.right} - left - 1) + 2);
        }
        expected.add(operation);
    }
}

void put_spans(const SpanTree& tree, Columns& out) {
    Span last;
    std::int64_t expected = 0;
    const auto put_last = [&] {
        if (last.count == 0) return;
        put_varint(out.span_kinds, std::uint64_t{last.count} << 1 | last.erased);
        put_varint(out.span_jumps, zigzag(std::int64_t{last.element} - expected));
        expected = std::int64_t{last.element} + last.count;
    };
    tree.each([&](const Span& span) {
        if (span.erased) {
            const ByteView utf8 = as_bytes(tree.utf8(span));
            out.erased.insert(out.erased.end(), utf8.begin(), utf8.end());
        }
        const bool goes_on = last.count > 0 && !span.head && span.erased == last.erased &&
                             span.element == last.element + last.count &&
                             std::uint32_t{last.bytes} + span.bytes <= Span::bytes_max;
        if (goes_on) {
            last.count = static_cast<std::uint16_t>(last.count + span.count);
            last.bytes = static_cast<std::uint16_t>(last.bytes + span.bytes) & 0x3fffU;
        } else {
            put_last();
            last = span;
        }
    });
    put_last();
}

/// What a writer saw anew, all at once. Whoever gets everything by one way has seen, but for its own
/// and the latest, what had been written when the last of it was: that is one number.
struct Sight {
    std::uint32_t at = 0;  ///< operations of all when the last was written that it saw
    WriterIndex writer = 0;
    std::uint32_t number = 0;
};

/// An operation of one writer, and how many of all writers came before it.
struct Came {
    std::uint32_t number;
    std::uint32_t count;
    std::uint32_t before;
};

std::vector<Sight> sights_of(const History& history) {
    std::vector<std::vector<Came>> came(history.writers());
    std::uint32_t sum = 0;
    for (const Operation& operation : history.operations()) {
        came[operation.writer].push_back({operation.number, operation.count, sum});
        sum += operation.count;
    }
    std::vector<Sight> sights;
    for (WriterIndex writer = 0; writer < history.writers(); ++writer) {
        std::vector<Sight> own;
        for (WriterIndex other = 0; other < history.writers(); ++other) {
            auto last = came[other].begin();
            for (const History::Seen& seen : history.all_seen(writer, other)) {
                while (last->number + last->count < seen.count) ++last;
                own.push_back({last->before + seen.count - last->number, writer, seen.number});
            }
        }
        std::ranges::stable_sort(own, {}, &Sight::number);
        for (const Sight& sight : own) {
            const bool same = !sights.empty() && sights.back().writer == writer &&
                              sights.back().number == sight.number;
            if (!same) sights.push_back(sight);
            sights.back().at = std::max(sights.back().at, sight.at);
        }
    }
    std::ranges::stable_sort(sights, {}, &Sight::at);
    return sights;
}

/// How many operations of each writer there were when there were so many of all, which only grows.
class Counts {
public:
    explicit Counts(const History& history)
        : operations_(history.operations()), counts_(history.writers()) {}

    const std::vector<std::uint32_t>& at(std::uint32_t all) {
        while (all_ < all && next_ < operations_.size()) {
            const Operation& operation = operations_[next_];
            const std::uint32_t step = std::min(all - all_, operation.count - within_);
            counts_[operation.writer] += step;
            all_ += step;
            within_ += step;
            if (within_ == operation.count) {
                within_ = 0;
                ++next_;
            }
        }
        return counts_;
    }

private:
    const std::vector<Operation>& operations_;
    std::vector<std::uint32_t> counts_;
    std::size_t next_ = 0;
    std::uint32_t within_ = 0;
    std::uint32_t all_ = 0;
};

void put_seen(const History& history, Columns& out) {
    Counts counts{history};
    std::uint32_t last_at = 0;
    std::vector<std::uint32_t> last_number(history.writers());
    for (const Sight& sight : sights_of(history)) {
        put_varint(out.seen_at, sight.at - last_at);
        put_varint(out.seen_writers, sight.writer);
        put_varint(out.seen_numbers, sight.number - last_number[sight.writer]);
        last_at = sight.at;
        last_number[sight.writer] = sight.number;
        std::vector<std::pair<WriterIndex, std::uint32_t>> less;
        const std::vector<std::uint32_t>& all = counts.at(sight.at);
        for (WriterIndex other = 0; other < history.writers(); ++other) {
            const std::uint32_t seen = history.seen(sight.writer, sight.number + 1, other);
            if (other != sight.writer && seen < all[other])
                less.emplace_back(other, all[other] - seen);
        }
        put_varint(out.seen_less, less.size());
        for (const auto& [other, by] : less) {
            put_varint(out.seen_less, other);
            put_varint(out.seen_less, by);
        }
    }
}

}  // namespace

SavedHistory write_history(const History& history,
                           const SpanTree& tree,
                           const DeviceId& self,
                           std::uint32_t taken) {
    Columns columns;
    put_operations(history, columns);
    put_spans(tree, columns);
    put_seen(history, columns);
    SavedHistory saved;
    Bytes& out = saved.bytes;
    put_varint(out, history.writers());
    for (WriterIndex writer = 0; writer < history.writers(); ++writer) {
        const ByteView id = history.writer(writer).view();
        out.insert(out.end(), id.begin(), id.end());
    }
    const auto own = history.find_writer(self);
    put_varint(out, own ? *own + 1U : 0U);
    put_varint(out, own ? history.count(*own) - taken : 0U);
    put_varint(out, tree.elements());
    columns.each([&](const Bytes& column) { put_varint(out, column.size()); });
    columns.each([&](const Bytes& column) {
        saved.parts.push_back(out.size());
        out.insert(out.end(), column.begin(), column.end());
    });
    return saved;
}

namespace {

/// Reads the above. Every number is checked before it is used; that the order of the spans is that
/// of the operations is not: that is for whoever keeps the stored document to guarantee.
class HistoryReader {
public:
    HistoryReader(ByteView bytes, std::string_view shown) : in_(bytes), shown_(shown) {}

    Result<OpenedHistory> read(const DeviceId& self) && {
        SAMSYN_TRY(read_head(self));
        SAMSYN_TRY(read_operations());
        SAMSYN_TRY(read_seen());
        SAMSYN_TRY(read_spans());
        OpenedHistory opened;
        const auto own = history_.find_writer(self);
        const std::uint32_t count = own ? history_.count(*own) : 0;
        if (untaken_ > count) return damaged();
        opened.taken = count - untaken_;
        opened.tree = SpanTree::build(spans_, std::move(content_), elements_);
        opened.history = std::move(history_);
        return opened;
    }

private:
    static std::unexpected<Error> damaged() { return fail(Errc::malformed, "saved text"); }

    Result<void> read_head(const DeviceId& self) {
        const std::size_t writers = in_.number(text_writers_max);
        for (std::size_t i = 0; i < writers; ++i) {
            const ByteView id = in_.raw(DeviceId::size);
            if (!in_.ok()) return damaged();
            if (history_.add_writer(DeviceId::from(id)) != i) return damaged();
        }
        const std::uint64_t own = in_.number(writers);
        untaken_ = static_cast<std::uint32_t>(in_.number(text_operations_max));
        if (!in_.ok()) return damaged();
        if (untaken_ > 0 &&
            (own == 0 || history_.writer(static_cast<WriterIndex>(own - 1)) != self))
            return fail(Errc::invalid_argument, "saved text with edits of another device");
        elements_ = static_cast<Element>(in_.number(text_operations_max));
        std::size_t sizes[columns_count];
        for (std::size_t& size : sizes) size = in_.number(content_bytes_max);
        for (std::size_t i = 0; i < columns_count; ++i) columns_[i] = in_.raw(sizes[i]);
        if (!in_.ok() || in_.rest() > 0) return damaged();
        return {};
    }

    Result<void> read_operations() {
        VarintReader writers{columns_[0]};
        VarintReader kinds{columns_[1]};
        lefts_ = VarintReader{columns_[2]};
        rights_ = VarintReader{columns_[3]};
        targets_ = VarintReader{columns_[4]};
        Expectation expected{history_.writers()};
        std::uint64_t in_row = 0;
        WriterIndex writer = 0;
        while (kinds.rest() > 0) {
            if (in_row == 0) {
                writer = static_cast<WriterIndex>(writers.number(text_writers_max));
                in_row = writers.number();
                if (in_row == 0 || writer >= history_.writers()) return damaged();
            }
            --in_row;
            const std::uint64_t kind = kinds.number();
            const auto count = static_cast<std::uint32_t>(kind >> 1);
            if (count == 0 || count > text_operations_max - history_.total()) return damaged();
            const bool erases = (kind & 1U) != 0;
            if (!(erases ? add_erasure(writer, count, expected)
                         : add_insertion(writer, count, expected)))
                return damaged();
            expected.add(history_.operations().back());
        }
        const bool ended = in_row == 0 && writers.rest() + lefts_.rest() + rights_.rest() +
                                                  targets_.rest() ==
                                              0;
        if (!ended || next_ != elements_ || !kinds.ok() || !writers.ok()) return damaged();
        return {};
    }

    bool add_insertion(WriterIndex writer, std::uint32_t count, const Expectation& expected) {
        const std::int64_t left = expected.cursor(writer) + unzigzag(lefts_.number());
        const std::uint64_t code = rights_.number();
        if (!lefts_.ok() || !rights_.ok() || left < -1 || left >= next_) return false;
        std::int64_t right = no_element;
        if (code == 0) right = expected.right(writer, left);
        if (code > 1) right = left + 1 + unzigzag(code - 2);
        const bool sound = right == no_element || (right >= 0 && right < next_);
        if (!sound || count > elements_ - next_) return false;
        history_.restore({history_.count(writer),
                          count,
                          next_,
                          left < 0 ? no_element : static_cast<Element>(left),
                          static_cast<Element>(right),
                          writer,
                          false});
        next_ += count;
        return true;
    }

    bool add_erasure(WriterIndex writer, std::uint32_t count, const Expectation& expected) {
        const std::int64_t last = expected.cursor(writer) + unzigzag(targets_.number());
        const std::int64_t first = last - count + 1;
        if (!targets_.ok() || first < 0 || last >= next_) return false;
        history_.restore({history_.count(writer),
                          count,
                          static_cast<Element>(first),
                          no_element,
                          no_element,
                          writer,
                          true});
        return true;
    }

    Result<void> read_seen() {
        VarintReader at{columns_[7]};
        VarintReader writers{columns_[8]};
        VarintReader numbers{columns_[9]};
        VarintReader less{columns_[10]};
        Counts counts{history_};
        std::uint64_t all = 0;
        std::vector<std::uint32_t> last_number(history_.writers());
        std::vector<std::uint32_t> seen(history_.writers());
        while (at.rest() > 0) {
            all += at.number(text_operations_max);
            const auto writer = static_cast<WriterIndex>(writers.number(text_writers_max));
            const std::uint64_t number = numbers.number(text_operations_max);
            if (all > history_.total() || writer >= history_.writers()) return damaged();
            seen = counts.at(static_cast<std::uint32_t>(all));
            const std::uint64_t exceptions = less.number(text_writers_max);
            for (std::uint64_t i = 0; i < exceptions; ++i) {
                const std::uint64_t other = less.number(text_writers_max);
                const std::uint64_t by = less.number(text_operations_max);
                if (other >= seen.size() || by > seen[other]) return damaged();
                seen[other] -= static_cast<std::uint32_t>(by);
            }
            last_number[writer] += static_cast<std::uint32_t>(number);
            if (last_number[writer] > history_.count(writer)) return damaged();
            for (WriterIndex other = 0; other < seen.size(); ++other) {
                if (other == writer) continue;
                const auto& before = history_.all_seen(writer, other);
                const std::uint32_t last = before.empty() ? 0 : before.back().count;
                const bool again =
                    !before.empty() && before.back().number == last_number[writer];
                if (seen[other] < last || (again && seen[other] > last)) return damaged();
                if (seen[other] > last)
                    history_.restore_seen(writer, other, {last_number[writer], seen[other]});
            }
        }
        const bool ended = at.ok() && writers.ok() && numbers.ok() && less.ok() &&
                           writers.rest() + numbers.rest() + less.rest() == 0;
        if (!ended) return damaged();
        return {};
    }

    Result<void> read_spans() {
        VarintReader kinds{columns_[5]};
        VarintReader jumps{columns_[6]};
        const std::string_view erased = as_text(columns_[11]);
        content_.reserve(shown_.size() + erased.size());
        content_ += shown_;
        content_ += erased;
        std::size_t next_shown = 0;
        std::size_t next_erased = shown_.size();
        std::int64_t expected = 0;
        spans_.reserve(columns_[5].size());
        while (kinds.rest() > 0) {
            const std::uint64_t kind = kinds.number(Span::bytes_max * 2 + 1);
            const std::int64_t element = expected + unzigzag(jumps.number());
            const auto count = static_cast<std::uint16_t>(kind >> 1);
            if (!jumps.ok() || count == 0 || element < 0 || element + count > elements_)
                return damaged();
            Span span;
            span.element = static_cast<Element>(element);
            span.count = count;
            span.erased = kind & 1U;
            std::size_t& at = span.erased ? next_erased : next_shown;
            const std::size_t end = span.erased ? content_.size() : shown_.size();
            const std::size_t bytes =
                bytes_of_points_in(std::string_view{content_}.substr(at, end - at), count);
            if (bytes == 0 || bytes > Span::bytes_max) return damaged();
            span.offset = static_cast<std::uint32_t>(at);
            span.bytes = static_cast<std::uint16_t>(bytes) & 0x3fffU;
            at += bytes;
            spans_.push_back(span);
            expected = element + count;
        }
        const bool ended = kinds.ok() && jumps.ok() && jumps.rest() == 0 &&
                           next_shown == shown_.size() && next_erased == content_.size();
        if (!ended || !is_utf8(columns_[11]) || !cover_all()) return damaged();
        return {};
    }

    /// 0 where there are fewer.
    static std::size_t bytes_of_points_in(std::string_view utf8, std::uint32_t points) {
        std::size_t at = 0;
        for (; points > 0; --points) {
            if (at >= utf8.size()) return 0;
            const auto lead = static_cast<unsigned char>(utf8[at]);
            at += lead < 0x80 ? 1U : lead < 0xe0 ? 2U : lead < 0xf0 ? 3U : 4U;
        }
        return at <= utf8.size() ? at : 0;
    }

    /// Whether each element is in one span, and no span in two insertions; finds the heads.
    bool cover_all() {
        std::vector<std::uint32_t> span_at(elements_, 0);
        for (std::uint32_t i = 0; i < spans_.size(); ++i) {
            if (span_at[spans_[i].element] != 0) return false;
            span_at[spans_[i].element] = i + 1;
        }
        auto insertion = history_.operations().begin();
        Element insertion_end = 0;
        for (Element element = 0; element < elements_;) {
            if (span_at[element] == 0) return false;
            Span& span = spans_[span_at[element] - 1];
            span.head = element == insertion_end ? 1 : 0;
            if (element == insertion_end) {
                while (insertion->erases) ++insertion;
                insertion_end += insertion++->count;
            }
            element += span.count;
            if (element > insertion_end) return false;
            for (Element inside = span.element + 1; inside < element; ++inside)
                if (span_at[inside] != 0) return false;
        }
        return true;
    }

    VarintReader in_;
    std::string_view shown_;
    ByteView columns_[columns_count];
    VarintReader lefts_{ByteView{}};
    VarintReader rights_{ByteView{}};
    VarintReader targets_{ByteView{}};
    History history_;
    std::uint32_t untaken_ = 0;
    Element elements_ = 0;
    Element next_ = 0;
    std::vector<Span> spans_;
    std::string content_;
};

}  // namespace

Result<OpenedHistory> read_history(ByteView bytes, std::string_view shown, const DeviceId& self) {
    return HistoryReader{bytes, shown}.read(self);
}

}  // namespace samsyn::text
