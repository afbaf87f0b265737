#include "core/text/saved_columns.hpp"

namespace samsyn::text {

namespace {

/// Reads what `write_history` wrote. Every number is checked before it is used; that the order of
/// the spans is that of the operations is not: that is for whoever keeps the stored document to
/// guarantee.
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
        const bool ended =
            in_row == 0 && writers.rest() + lefts_.rest() + rights_.rest() + targets_.rest() == 0;
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
            for (WriterIndex other = 0; other < history_.writers(); ++other) {
                if (other == writer) continue;
                const auto& before = history_.all_seen(writer, other);
                const std::uint32_t last = before.empty() ? 0 : before.back().count;
                const bool again = !before.empty() && before.back().number == last_number[writer];
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
