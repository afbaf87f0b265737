#pragma once

#include "core/text/history.hpp"
#include "core/text/text_document.hpp"

namespace samsyn {

/// The inside of a document. While `packed` is not empty, `plain` is its text and the rest is
/// empty.
struct TextDocument::State {
    DeviceId self;
    text::History history;
    text::SpanTree tree;
    std::uint32_t taken = 0;  ///< own operations in runs
    bool heard = false;       ///< of others since the last own operation
    std::optional<text::WriterIndex> own;

    std::string plain;
    std::uint32_t plain_points = 0;
    Bytes packed;
    bool packed_edits = false;  ///< there are some that no run has taken

    /// Unpacks what was loaded. Errors: `malformed`, and it stays packed.
    Result<void> open();

    /// Own operations, those that no run has taken included.
    std::uint32_t own_count() const;

    /// Whether the first `known` operations of a run are those that are known under their numbers.
    /// Errors: `counter_reused`.
    Result<void> check_known(text::WriterIndex writer,
                             const TextRun& run,
                             std::uint32_t known) const;

    /// The own writer, before `operations` new ones: what it has seen by then is noted.
    /// Errors: `malformed`, `limit_exceeded`.
    Result<text::WriterIndex> begin_edit(std::uint32_t operations);
    void insert(text::WriterIndex writer,
                std::uint32_t position,
                std::string_view utf8,
                std::uint32_t count);
    void erase(text::WriterIndex writer, std::uint32_t position, std::uint32_t count);
};

namespace text {

/// UTF-8 of one edit or of a stored text.
inline constexpr std::size_t content_bytes_max = 64 * 1024 * 1024;

/// A writer's operations `[from, to)`.
struct Stretch {
    WriterIndex writer = 0;
    std::uint32_t from = 0;
    std::uint32_t to = 0;
};

/// They as runs of at most `bytes_max`, appended to `runs`.
void cut_runs(const History& history,
              const SpanTree& tree,
              const Stretch& stretch,
              std::vector<TextRun>& runs,
              std::size_t bytes_max = text_run_bytes_max);

/// Joins a change to the last of `patches` where the two are one.
void add_patch(std::vector<TextPatch>& patches,
               std::uint32_t position,
               std::uint32_t erased,
               std::string_view inserted);

/// The part of a saved document that stands for everything but the text. Its parts are of different
/// kinds, so that each is best compressed by itself.
struct SavedHistory {
    Bytes bytes;
    std::vector<std::size_t> parts;  ///< where they begin
};

SavedHistory write_history(const History& history,
                           const SpanTree& tree,
                           const DeviceId& self,
                           std::uint32_t taken);

struct OpenedHistory {
    History history;
    SpanTree tree;
    std::uint32_t taken = 0;
};

/// Errors: `malformed`; `invalid_argument` for the untaken edits of another device.
Result<OpenedHistory> read_history(ByteView bytes, std::string_view shown, const DeviceId& self);

}  // namespace text

}  // namespace samsyn
