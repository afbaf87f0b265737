#pragma once

#include "core/base/codec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samsyn {

/// One operation of one writer: each inserted code point and each erased one takes the writer's
/// next number, from 0. The number of an insertion names that code point for ever.
struct TextId {
    DeviceId writer;
    std::uint32_t number = 0;

    friend auto operator<=>(const TextId&, const TextId&) = default;
};

inline constexpr std::size_t text_run_bytes_max = 24 * 1024;       ///< encoded
inline constexpr std::uint32_t text_run_operations_max = 1 << 16;  ///< code points in and out
inline constexpr std::size_t text_writers_max = 256;               ///< of one document
inline constexpr std::uint32_t text_operations_max = 1 << 24;      ///< of one document, ever

/// Of one writer in it: one alone cannot fill it up for the others.
inline constexpr std::uint32_t text_writer_operations_max = 1 << 20;

/// A code point in a run: the writer's own, one of `TextRun::others[index]`, or none.
struct TextRef {
    static constexpr std::uint16_t none = 0xffff;  ///< the beginning or the end of the text
    static constexpr std::uint16_t own = 0xfffe;

    std::uint16_t index = none;
    std::uint32_t number = 0;

    friend bool operator==(const TextRef&, const TextRef&) = default;
};

/// What one writer did, one after another.
///
/// - `insert`: `count` code points between `first` and `second`, which were neighbours then among
///   all code points that the writer knew, erased ones included. Each further one follows the one
///   before it.
/// - `erase`: `count` code points of one writer from `first` on.
struct TextStep {
    enum class Kind : std::uint8_t { insert, erase };

    Kind kind{};
    TextRef first;
    TextRef second;
    std::uint32_t count = 0;       ///< code points
    std::uint32_t text_at = 0;     ///< in `TextRun::content`
    std::uint32_t text_bytes = 0;  ///< of UTF-8

    friend bool operator==(const TextStep&, const TextStep&) = default;
};

/// Another writer in a run.
struct TextOther {
    DeviceId writer;

    /// The run's writer had its operations below this number, and whatever its writer had by then.
    /// 0: no more than before, or than follows from the others'.
    std::uint32_t seen = 0;

    friend bool operator==(const TextOther&, const TextOther&) = default;
};

/// A stretch of one writer's edits, as it travels: sealed as one value, never stroke by stroke. The
/// writer took in nothing of others between its first and its last operation.
///
/// Two runs of the same operations are equal, byte for byte, whoever made them: steps are as long
/// as they can be and writers are sorted.
struct TextRun {
    DeviceId writer;
    std::uint32_t first = 0;        ///< the number of its first operation
    std::vector<TextOther> others;  ///< sorted by writer, each seen anew or mentioned
    std::vector<TextStep> steps;
    std::string content;  ///< of all insertions, one after another

    /// How many numbers of its writer it takes.
    std::uint32_t operations() const;

    friend bool operator==(const TextRun&, const TextRun&) = default;
};

/// Layout, in varints unless said otherwise: format 1 (one byte) · writer 16 bytes · first ·
/// operations · count of others · each 16 bytes · what was seen of each · steps. A step:
/// count · 2 + kind; references; for an insertion the number of bytes and UTF-8. See: docs/TEXT.md.
Bytes encode(const TextRun& run);

/// Takes any bytes. What it returns encodes to exactly these bytes; whether it fits a document is
/// for `TextDocument::apply` to say. Linear in the input, at most some 20 bytes of memory a byte.
///
/// Errors: `unsupported_version`, `truncated`, `malformed` (also for a run that is not in its one
/// shortest form), `limit_exceeded`.
Result<TextRun> decode_text_run(ByteView bytes);

/// Puts a run together, one step after another, in its one form.
class TextRunBuilder {
public:
    TextRunBuilder(const DeviceId& writer, std::uint32_t first);

    /// At most once for each writer.
    void saw(const DeviceId& other, std::uint32_t below);
    void insert(const std::optional<TextId>& left,
                const std::optional<TextId>& right,
                std::string_view utf8,
                std::uint32_t count);
    void erase(const TextId& first, std::uint32_t count);

    /// An upper bound of what `encode` will give.
    std::size_t bytes() const { return bytes_; }

    std::uint32_t operations() const { return next_ - run_.first; }

    TextRun take() &&;

private:
    std::uint16_t index_of(const DeviceId& other);
    TextRef refer(const std::optional<TextId>& id);

    TextRun run_;
    std::uint32_t next_;
    std::size_t bytes_;
};

/// The operations `[from, to)` of a run, counted from its first, as a run of their own.
TextRun slice(const TextRun& run, std::uint32_t from, std::uint32_t to);

}  // namespace samsyn
