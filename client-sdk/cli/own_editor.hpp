#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace samsyn {

/// A text in the person's own editor, `$VISUAL` or else `$EDITOR`. The file is in a folder of its
/// own that nobody else may enter, in memory and never on a disk. Once the editor has run it stays
/// there until it is discarded: whatever goes wrong, what was typed is not lost.
class OwnEditor {
public:
    /// Errors: `invalid_argument` where no editor is named, or nowhere is memory to put a file;
    /// `system_failed`.
    static Result<OwnEditor> open(std::string_view text);

    OwnEditor(OwnEditor&& other) noexcept;
    OwnEditor& operator=(OwnEditor&&) = delete;
    ~OwnEditor();

    /// Gets what the person has saved while the editor runs on.
    using OnSaved = std::function<void(const std::string& text)>;

    /// Blocks until the person closes the editor. Gives the text without a line end that was added
    /// at its end. Errors: `system_failed` where the editor says that it failed; `limit_exceeded`;
    /// `invalid_argument` where it is not UTF-8.
    Result<std::string> run(const OnSaved& on_saved);

    /// What is in the file now. Errors: as `run`.
    Result<std::string> saved() const;

    /// What was typed is somewhere else, or nothing was.
    void discard() { has_run_ = false; }

    std::filesystem::path file() const { return folder_ / "text.txt"; }

private:
    OwnEditor(std::filesystem::path folder, std::string editor, bool ended)
        : folder_(std::move(folder)),
          editor_(std::move(editor)),
          line_ended_(ended) {}

    void look_for_saved(const OnSaved& on_saved);

    std::filesystem::path folder_;
    std::string editor_;
    std::string last_seen_;  ///< what `on_saved` got, or was there at first
    bool line_ended_;
    bool has_run_ = false;
};

}  // namespace samsyn
