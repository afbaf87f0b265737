#pragma once

#include "core/text/text_run.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// What a change did to the text that a screen shows: at `position`, `erased` code points went and
/// `inserted` came. Patches apply one after another.
struct TextPatch {
    std::uint32_t position = 0;
    std::uint32_t erased = 0;
    std::string inserted;  ///< UTF-8

    friend bool operator==(const TextPatch&, const TextPatch&) = default;
};

/// How many operations of a writer a document has: all with a smaller number. Sorted by writer,
/// each once, none with 0.
using TextVersion = std::vector<TextId>;

/// A place between two code points that stays with one of them whatever others write: a cursor, the
/// end of a selection, a remark. `to` is none at the beginning or the end of the text.
struct TextAnchor {
    enum class Side : std::uint8_t { after, before };

    std::optional<TextId> to;
    Side
        side{};  ///< of the code point `to`; without one `after` is the beginning, `before` the end

    friend bool operator==(const TextAnchor&, const TextAnchor&) = default;
};

/// Neighbouring shown code points of one writer.
struct TextPart {
    std::uint32_t count = 0;
    DeviceId writer;

    friend bool operator==(const TextPart&, const TextPart&) = default;
};

/// A text that several people write at once, on devices that are often offline. Whoever has the
/// same runs has the same text, in whatever order they came.
///
/// Positions and counts are in code points. What two people typed at one place at the same time
/// stands side by side, never mingled, forwards and backwards (the order FugueMax, docs/TEXT.md).
/// An erased code point stays in the document, unshown, with its writer.
///
/// A loaded document holds its text as it was stored; the rest is unpacked at the first call that
/// needs it, all but `text` and `size`. Such a call may fail with `malformed` where what was loaded
/// is damaged, and changes nothing then.
///
/// Thread-safety: none. Bounds: `text_operations_max`, of each writer `text_writer_operations_max`,
/// and `text_writers_max`, then `limit_exceeded`. See: docs/TEXT.md; M. Weidner and M. Kleppmann,
/// "The Art of the Fugue" (2023).
class TextDocument {
public:
    /// An empty text on the device `self`.
    explicit TextDocument(const DeviceId& self);
    ~TextDocument();
    TextDocument(TextDocument&& other) noexcept;
    TextDocument& operator=(TextDocument&& other) noexcept;

    /// What is shown. Costs a copy.
    std::string text() const;

    /// How many code points are shown.
    std::uint32_t size() const;

    /// Puts UTF-8 before the code point at `position`, at most at `size()`.
    ///
    /// Errors: `invalid_argument` for another position or what is not UTF-8; `limit_exceeded`;
    /// `malformed` as above. Nothing has changed then.
    Result<void> insert(std::uint32_t position, std::string_view utf8);

    /// Takes out `count` code points from `position` on. Errors: as `insert`.
    Result<void> erase(std::uint32_t position, std::uint32_t count);

    /// Makes the text `utf8` with few insertions and deletions, so that what others write meanwhile
    /// keeps its place: what a person's own editor gives back. Errors: as `insert`.
    Result<std::vector<TextPatch>> replace(std::string_view utf8);

    /// The same for somebody who had `before` in front of them and made `utf8` of it: what has come
    /// in since stays, and what has gone is not brought back.
    Result<std::vector<TextPatch>> replace(std::string_view before, std::string_view utf8);

    /// Whether there are edits that no run has taken yet.
    bool has_edits() const;

    /// The own edits since the last call, as few runs as their bounds allow, to be applied in this
    /// order. Errors: `malformed`.
    Result<std::vector<TextRun>> take_runs();

    /// Takes in what a writer did, oneself included. What is known already changes nothing; of a
    /// run that is partly known the rest is taken in.
    ///
    /// Takes only runs that some replica can have made, so that a hostile writer can do no more
    /// than write: a refused run changes nothing. Costs O(n log d + s): n steps, d and s the
    /// operations and spans of the document.
    ///
    /// Errors: `missing_parent` where an earlier run has not come (try again after it);
    /// `counter_reused` where the writer's numbers have other content here; `malformed`;
    /// `limit_exceeded`.
    Result<std::vector<TextPatch>> apply(const TextRun& run);

    /// What it holds, edits that no run has taken excepted. Errors: `malformed`.
    Result<TextVersion> version() const;

    /// What a replica with this version lacks, in an order in which it can be applied. Writers that
    /// this document does not know are left out. Errors: `malformed`.
    Result<std::vector<TextRun>> missing_since(const TextVersion& version) const;

    /// Again as one run what a writer did under these numbers, byte for byte as the run that
    /// brought just them. Errors: `not_found` where it is not all here, or was not one run;
    /// `malformed`.
    Result<TextRun> run(const DeviceId& writer, std::uint32_t first, std::uint32_t count) const;

    /// The whole document with its history, untaken edits included. Blocks for compression, about
    /// 5 ms for a long one. Errors: `malformed`.
    Result<Bytes> save() const;

    /// Undoes `save`, on the device that saved or another.
    ///
    /// Errors: `truncated`, `malformed`, `unsupported_version`, `limit_exceeded`;
    /// `invalid_argument` where it holds edits that another device has not taken.
    static Result<TextDocument> load(ByteView saved, const DeviceId& self);

    /// Who wrote what is shown, from its beginning to its end. Errors: `malformed`.
    Result<std::vector<TextPart>> parts() const;

    /// An anchor at a position, at most `size()`, that stays beside the code point on that side.
    /// Errors: `invalid_argument`, `malformed`.
    Result<TextAnchor> anchor(std::uint32_t position, TextAnchor::Side side) const;

    /// Where it is now: where its code point is or was. Errors: `not_found` where the code point
    /// has not come yet, `malformed`.
    Result<std::uint32_t> position(const TextAnchor& anchor) const;

    /// The nearest place not after and not before `position` where a person's cursor can stand,
    /// which is never inside a grapheme cluster. At most `size()`.
    std::uint32_t grapheme_floor(std::uint32_t position) const;
    std::uint32_t grapheme_ceiling(std::uint32_t position) const;

    /// The place one grapheme cluster further on or back; `size()` and 0 stay.
    std::uint32_t next_grapheme(std::uint32_t position) const;
    std::uint32_t previous_grapheme(std::uint32_t position) const;

    /// Of the unpacked document, for benchmarks.
    std::size_t memory_bytes() const;

private:
    struct State;
    explicit TextDocument(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace samsyn
