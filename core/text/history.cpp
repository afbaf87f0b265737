#include "core/text/history.hpp"

#include <algorithm>

namespace samsyn::text {

std::optional<WriterIndex> History::find_writer(const DeviceId& id) const {
    const auto found = std::ranges::find(writers_, id, &Writer::id);
    if (found == writers_.end()) return std::nullopt;
    return static_cast<WriterIndex>(found - writers_.begin());
}

WriterIndex History::add_writer(const DeviceId& id) {
    if (const auto known = find_writer(id)) return *known;
    SAMSYN_ASSERT(writers_.size() < text_writers_max);
    writers_.push_back({id, 0, {}, {}});
    return static_cast<WriterIndex>(writers_.size() - 1);
}

const std::vector<History::Seen>& History::all_seen(WriterIndex writer, WriterIndex other) const {
    static const std::vector<Seen> nothing;
    const auto& seen = writers_[writer].seen;
    return other < seen.size() ? seen[other] : nothing;
}

std::uint32_t History::seen(WriterIndex writer, std::uint32_t number, WriterIndex other) const {
    const std::vector<Seen>& all = all_seen(writer, other);
    if (all.empty()) return 0;
    if (all.back().number < number) return all.back().count;
    const auto after = std::ranges::lower_bound(all, number, {}, &Seen::number);
    return after == all.begin() ? 0 : std::prev(after)->count;
}

void History::add_seen(WriterIndex writer, WriterIndex other, std::uint32_t count) {
    Writer& who = writers_[writer];
    if (who.seen.size() <= other) who.seen.resize(std::size_t{other} + 1);
    std::vector<Seen>& seen = who.seen[other];
    if (!seen.empty() && seen.back().number == who.count)
        seen.back().count = count;
    else
        seen.push_back({who.count, count});
}

void History::restore(const Operation& operation) {
    if (!operation.erases) {
        insertion_starts_.push_back(operation.element);
        insertions_.push_back(static_cast<std::uint32_t>(operations_.size()));
    }
    add(operation);
    writers_[operation.writer].count += operation.count;
    total_ += operation.count;
}

void History::restore_seen(WriterIndex writer, WriterIndex other, const Seen& seen) {
    auto& all = writers_[writer].seen;
    if (all.size() <= other) all.resize(std::size_t{other} + 1);
    all[other].push_back(seen);
}

Operation* History::last_of(WriterIndex writer, bool erases) {
    if (operations_.empty()) return nullptr;
    Operation& last = operations_.back();
    return last.writer == writer && last.erases == erases ? &last : nullptr;
}

void History::add(const Operation& operation) {
    writers_[operation.writer].operations.push_back(static_cast<std::uint32_t>(operations_.size()));
    operations_.push_back(operation);
}

bool History::add_insertion(
    WriterIndex writer, Element element, Element left, Element right, std::uint32_t count) {
    Writer& who = writers_[writer];
    Operation* last = last_of(writer, false);
    const bool goes_on = last && last->element + last->count == element && left == element - 1 &&
                         right == last->right;
    if (goes_on) {
        last->count += count;
    } else {
        insertion_starts_.push_back(element);
        insertions_.push_back(static_cast<std::uint32_t>(operations_.size()));
        add({who.count, count, element, left, right, writer, false});
    }
    who.count += count;
    total_ += count;
    return goes_on;
}

void History::add_erasure(WriterIndex writer,
                          Element first,
                          std::uint32_t count,
                          std::uint32_t joins_from) {
    Writer& who = writers_[writer];
    Operation* last = last_of(writer, true);
    if (last && last->element + last->count == first) {
        last->count += count;
    } else if (last && first + count == last->element && last->number >= joins_from) {
        last->element = first;
        last->count += count;
    } else {
        add({who.count, count, first, no_element, no_element, writer, true});
    }
    who.count += count;
    total_ += count;
}

const Operation& History::insertion(Element element) const {
    if (element >= insertion_starts_.back()) return operations_[insertions_.back()];
    const auto after = std::ranges::upper_bound(insertion_starts_, element);
    return operations_[insertions_[static_cast<std::size_t>(after - insertion_starts_.begin()) -
                                   1]];
}

TextId History::id(Element element) const {
    const Operation& from = insertion(element);
    return {writers_[from.writer].id, from.number + (element - from.element)};
}

const Operation& History::operation(WriterIndex writer, std::uint32_t number) const {
    const std::vector<std::uint32_t>& own = writers_[writer].operations;
    if (number >= operations_[own.back()].number) return operations_[own.back()];
    const auto after = std::ranges::upper_bound(
        own, number, {}, [&](std::uint32_t index) { return operations_[index].number; });
    return operations_[*std::prev(after)];
}

Element History::left_of(Element element) const {
    const Operation& from = insertion(element);
    return element == from.element ? from.left : element - 1;
}

std::size_t History::memory_bytes() const {
    std::size_t sum = operations_.capacity() * sizeof(Operation) +
                      (insertion_starts_.capacity() + insertions_.capacity()) * 4;
    for (const Writer& writer : writers_) {
        sum += sizeof(Writer) + writer.operations.capacity() * 4 +
               writer.seen.capacity() * sizeof(std::vector<Seen>);
        for (const auto& seen : writer.seen) sum += seen.capacity() * sizeof(Seen);
    }
    return sum;
}

}  // namespace samsyn::text
