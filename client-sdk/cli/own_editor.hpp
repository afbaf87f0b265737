#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace samsyn {

/// A text in the person's own editor, `$VISUAL` or else `$EDITOR`. The file is in a folder of its
/// own that nobody else may enter, in memory and never on a disk; it goes with this object, unless
/// it is kept.
class OwnEditor {
public:
    /// Errors: `not_found` where no editor is named, or nowhere is memory to put a file;
    /// `system_failed`.
    static Result<OwnEditor> open(std::string_view text);

    OwnEditor(OwnEditor&& other) noexcept;
    OwnEditor& operator=(OwnEditor&&) = delete;
    ~OwnEditor();

    /// Blocks until the person closes the editor. Gives the text without a line end that was added
    /// at its end. Errors: `system_failed` where the editor says that it failed; `limit_exceeded`.
    Result<std::string> run();

    /// Leaves the file where it is, with what the person wrote.
    std::filesystem::path keep();

private:
    OwnEditor(std::filesystem::path folder, std::string editor, bool ended)
        : folder_(std::move(folder)),
          editor_(std::move(editor)),
          line_ended_(ended) {}

    std::filesystem::path file() const { return folder_ / "text.txt"; }

    std::filesystem::path folder_;  ///< empty where nothing is to be removed
    std::string editor_;
    bool line_ended_;
};

}  // namespace samsyn
