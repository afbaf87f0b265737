#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace story {

struct Hit {
    std::filesystem::path file;
    std::string text;
    std::string
        form;  ///< "UTF-8", "UTF-16LE", "base64", "hex", … and "inside zstd" where it was unpacked
};

/// Looks for texts in files as somebody would who has stolen them: as UTF-8, UTF-16 (both orders),
/// base64 (both alphabets, all three alignments) and hex (both cases), in the bytes as they are and
/// in every zstd frame found among them.
std::vector<Hit> search(const std::vector<std::filesystem::path>& files,
                        const std::vector<std::string>& texts);

/// All regular files below the folders.
std::vector<std::filesystem::path> files_below(const std::vector<std::filesystem::path>& folders);

}  // namespace story
