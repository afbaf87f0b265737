#include "core/text/saved_columns.hpp"

#include <tuple>

namespace samsyn::text {

namespace {

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

/// What a writer saw anew, all at once. Whoever gets everything by one way has seen, but for its
/// own and the latest, what had been written when the last of it was: that is one number.
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
        std::ranges::sort(own, {}, &Sight::number);
        // What it saw later may have come here earlier; but nobody unsees.
        std::uint32_t reached = 0;
        for (const Sight& sight : own) {
            const bool same = !sights.empty() && sights.back().writer == writer &&
                              sights.back().number == sight.number;
            if (!same) sights.push_back(sight);
            reached = std::max(reached, sight.at);
            sights.back().at = reached;
        }
    }
    std::ranges::sort(sights, {}, [](const Sight& sight) {
        return std::tuple{sight.at, sight.writer, sight.number};
    });
    return sights;
}

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

}  // namespace samsyn::text
