#pragma once

#include "core/base/ports.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace samsyn {

/// What whoever has the key reads in a database and its log: every page and frame, opened, the free
/// ones too. `unopened` counts pages of the database that do not open: there are none.
struct PlainPages {
    std::string bytes;
    std::size_t pages = 0;
    std::size_t frames = 0;
    std::size_t unopened = 0;
};

inline std::string bytes_of_file(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The layout is that of docs/STORAGE.md, written down here a second time on purpose.
inline PlainPages plain_pages(const std::filesystem::path& file, PageCipher& cipher) {
    constexpr std::size_t page_bytes = 4096;
    constexpr std::size_t log_header = 72;
    constexpr std::size_t frame_header = 64;
    constexpr std::uint64_t generations = 400;
    PlainPages result;
    std::string plain(page_bytes - PageCipher::overhead, '\0');
    const auto open = [&](const PagePlace& place, std::string_view sealed) {
        const std::span<std::byte> out{reinterpret_cast<std::byte*>(plain.data()), plain.size()};
        if (!cipher.open(place, as_bytes(sealed), out)) return false;
        result.bytes += plain;
        return true;
    };
    const std::string database = bytes_of_file(file);
    for (std::size_t at = 0; at + page_bytes <= database.size(); at += page_bytes) {
        const PagePlace place{PageClass::page, 0, at / page_bytes + 1};
        const bool opened = open(place, std::string_view{database}.substr(at, page_bytes));
        ++(opened ? result.pages : result.unopened);
    }
    const std::string log = bytes_of_file(file.string() + "-wal");
    std::size_t at = log_header + frame_header;
    for (std::uint64_t frame = 1; at + page_bytes <= log.size(); ++frame) {
        const auto sealed = std::string_view{log}.substr(at, page_bytes);
        for (std::uint64_t generation = 1; generation < generations; ++generation)
            if (open({PageClass::wal_page, generation, frame}, sealed)) {
                ++result.frames;
                break;
            }
        at += page_bytes + frame_header;
    }
    return result;
}

}  // namespace samsyn
