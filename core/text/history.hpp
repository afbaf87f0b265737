#pragma once

#include "core/text/span_tree.hpp"
#include "core/text/text_run.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace samsyn::text {

using WriterIndex = std::uint16_t;

/// Neighbouring numbers of one writer: elements inserted one after another, or erased elements that
/// follow each other in number.
struct Operation {
    std::uint32_t number = 0;  ///< the writer's, of the first
    std::uint32_t count = 0;
    Element element = 0;  ///< the first inserted, or the first erased
    Element left = no_element;
    Element right = no_element;
    WriterIndex writer = 0;
    bool erases = false;
};

/// Who did what, in the order in which it came to this replica, and what each writer had seen when.
/// Knows nothing of the order of the text.
///
/// Single-threaded.
class History {
public:
    WriterIndex writers() const { return static_cast<WriterIndex>(writers_.size()); }

    const DeviceId& writer(WriterIndex index) const { return writers_[index].id; }

    std::optional<WriterIndex> find_writer(const DeviceId& id) const;

    /// The writer's index, new if need be. There are at most `text_writers_max`.
    WriterIndex add_writer(const DeviceId& id);

    /// How many operations of a writer there are.
    std::uint32_t count(WriterIndex writer) const { return writers_[writer].count; }

    /// How many operations of `other` a writer had seen before its own `number`.
    std::uint32_t seen(WriterIndex writer, std::uint32_t number, WriterIndex other) const;

    void add_seen(WriterIndex writer, WriterIndex other, std::uint32_t count);

    struct Seen {
        std::uint32_t number;  ///< from this one of the writer's operations on
        std::uint32_t count;
    };

    /// As stored, joined to nothing; the caller has checked them. `number` is the writer's next.
    void restore(const Operation& operation);
    void restore_seen(WriterIndex writer, WriterIndex other, const Seen& seen);

    /// In ascending order of both.
    const std::vector<Seen>& all_seen(WriterIndex writer, WriterIndex other) const;

    const std::vector<Operation>& operations() const { return operations_; }

    /// The operations of a writer, in order, as indices into `operations()`.
    const std::vector<std::uint32_t>& operations_of(WriterIndex writer) const {
        return writers_[writer].operations;
    }

    /// New elements from `element` on, with the next numbers of their writer. Returns whether they
    /// go on with the insertion before, and are of it.
    bool add_insertion(
        WriterIndex writer, Element element, Element left, Element right, std::uint32_t count);

    /// `joins_from`: the operation before may be made longer downwards if it is not below this
    /// number of the writer.
    void add_erasure(WriterIndex writer,
                     Element first,
                     std::uint32_t count,
                     std::uint32_t joins_from = 0xffff'ffffU);

    /// The insertion that an element came from.
    const Operation& insertion(Element element) const;

    TextId id(Element element) const;

    /// The operation in which a writer's number lies, which is below `count(writer)`.
    const Operation& operation(WriterIndex writer, std::uint32_t number) const;

    /// Every number, all writers together.
    std::uint32_t total() const { return total_; }

    Element left_of(Element element) const;

    Element right_of(Element element) const { return insertion(element).right; }

    std::size_t memory_bytes() const;

private:
    struct Writer {
        DeviceId id;
        std::uint32_t count = 0;
        std::vector<std::uint32_t> operations;
        std::vector<std::vector<Seen>> seen;  ///< by writer
    };

    Operation* last_of(WriterIndex writer, bool erases);
    void add(const Operation& operation);

    std::vector<Operation> operations_;
    std::vector<Writer> writers_;
    std::vector<Element> insertion_starts_;  ///< ascending
    std::vector<std::uint32_t> insertions_;  ///< of `operations_`, as `insertion_starts_`
    std::uint32_t total_ = 0;
};

}  // namespace samsyn::text
