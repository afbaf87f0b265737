#pragma once

#include "core/text/text_document.hpp"
#include "tests/core/text/fugue_oracle.hpp"
#include "tests/support/dice.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace samsyn {

DeviceId text_device(unsigned number);

/// The value; the test fails where there is none.
template <class T>
T sure(Result<T> result) {
    if (!result) throw std::runtime_error{to_string(result.error())};
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::u32string points_of(std::string_view utf8);
std::string utf8_of(std::u32string_view points);

/// Several people writing one text, each on a device with a document and, beside it, a tree that is
/// told the same by another way. What they say reaches the others late, twice and out of order.
class TextWorld {
public:
    TextWorld(std::size_t people, std::uint64_t seed);

    /// Somebody edits, somebody sends, something arrives, a device is switched off and on.
    void step();

    /// Everything is sent and arrives everywhere.
    void settle();

    std::size_t people() const { return replicas_.size(); }

    TextDocument& document(std::size_t person) { return replicas_[person].document; }

    std::string oracle_text(std::size_t person) const;

    const std::vector<TextRun>& runs() const { return runs_; }

private:
    struct Told {
        bool erases = false;
        oracle::FugueTree::Insertion insertion;
        oracle::FugueTree::Id erased;
    };

    struct Replica {
        DeviceId device;
        TextDocument document;
        oracle::FugueTree tree;
        std::string writer;
        std::u32string screen;
        std::vector<std::size_t> arrived;  ///< how often each run
        std::uint32_t next = 0;
    };

    void edit(Replica& who);
    void type(Replica& who, std::uint32_t position, std::u32string_view letters);
    void send(Replica& who);
    bool deliver(Replica& to, std::size_t run);
    void switch_off_and_on(Replica& who);
    void check(Replica& who);

    Dice dice_;
    std::vector<Replica> replicas_;
    std::vector<TextRun> runs_;
    std::map<oracle::FugueTree::Id, Told> told_;
};

}  // namespace samsyn
