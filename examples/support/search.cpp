#include "examples/support/search.hpp"

#include <zstd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <unordered_map>

namespace story {

namespace {

struct Pattern {
    std::string bytes;
    const std::string* text = nullptr;
    std::string form;
};

std::string utf16(const std::string& text, bool little) {
    std::string out;
    const auto unit = [&](std::uint32_t value) {
        const char high = static_cast<char>(value >> 8);
        const char low = static_cast<char>(value & 0xffU);
        out.push_back(little ? low : high);
        out.push_back(little ? high : low);
    };
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        std::uint32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
        i += length;
        if (point < 0x10000) {
            unit(point);
        } else {
            unit(0xd800 + ((point - 0x10000) >> 10));
            unit(0xdc00 + ((point - 0x10000) & 0x3ffU));
        }
    }
    return out;
}

std::string hex(const std::string& text, const char* digits) {
    std::string out;
    for (const char c : text) {
        out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
        out.push_back(digits[static_cast<unsigned char>(c) & 15U]);
    }
    return out;
}

/// The characters that a text has in base64 wherever it stands: those that neighbours do not touch.
std::string base64_core(const std::string& text, std::size_t alignment, std::string_view alphabet) {
    const std::string padded = std::string(alignment, '\0') + text;
    std::string out;
    for (std::size_t bit = (alignment * 8 + 5) / 6 * 6; bit + 6 <= padded.size() * 8; bit += 6) {
        const auto at = [&](std::size_t byte) {
            return byte < padded.size() ? static_cast<unsigned char>(padded[byte]) : 0U;
        };
        const std::uint32_t two = at(bit / 8) << 8 | at(bit / 8 + 1);
        out.push_back(alphabet[two >> (10 - bit % 8) & 0x3fU]);
    }
    return out;
}

std::vector<Pattern> patterns_of(const std::vector<std::string>& texts) {
    static constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static constexpr std::string_view url =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::vector<Pattern> patterns;
    for (const std::string& text : texts) {
        patterns.push_back({text, &text, "UTF-8"});
        patterns.push_back({utf16(text, true), &text, "UTF-16LE"});
        patterns.push_back({utf16(text, false), &text, "UTF-16BE"});
        patterns.push_back({hex(text, "0123456789abcdef"), &text, "hex"});
        patterns.push_back({hex(text, "0123456789ABCDEF"), &text, "HEX"});
        for (std::size_t alignment = 0; alignment < 3; ++alignment) {
            patterns.push_back({base64_core(text, alignment, plain), &text, "base64"});
            patterns.push_back({base64_core(text, alignment, url), &text, "base64url"});
        }
    }
    return patterns;
}

/// Many patterns, found in one pass over the bytes: by their first eight, then as wholes.
class Patterns {
public:
    explicit Patterns(std::vector<Pattern> all) : all_(std::move(all)) {
        for (const Pattern& pattern : all_)
            if (pattern.bytes.size() < key_size)
                short_.push_back(&pattern);
            else
                by_key_.emplace(key_at(pattern.bytes, 0), &pattern);
    }

    void look(std::string_view haystack,
              const std::filesystem::path& file,
              const std::string& where,
              std::vector<Hit>& hits) const {
        std::set<const Pattern*> found;
        for (const Pattern* pattern : short_)
            if (haystack.find(pattern->bytes) != std::string_view::npos) found.insert(pattern);
        for (std::size_t at = 0; at + key_size <= haystack.size(); ++at) {
            const auto [begin, end] = by_key_.equal_range(key_at(haystack, at));
            for (auto each = begin; each != end; ++each)
                if (haystack.substr(at).starts_with(each->second->bytes))
                    found.insert(each->second);
        }
        for (const Pattern* pattern : found)
            hits.push_back({file, *pattern->text, pattern->form + where});
    }

private:
    static constexpr std::size_t key_size = 8;

    static std::uint64_t key_at(std::string_view bytes, std::size_t at) {
        std::uint64_t key = 0;
        std::memcpy(&key, bytes.data() + at, key_size);
        return key;
    }

    std::vector<Pattern> all_;
    std::vector<const Pattern*> short_;
    std::unordered_multimap<std::uint64_t, const Pattern*> by_key_;
};

void look_inside_zstd(std::string_view bytes,
                      const Patterns& patterns,
                      const std::filesystem::path& file,
                      std::vector<Hit>& hits) {
    static constexpr std::string_view magic{"\x28\xb5\x2f\xfd", 4};
    std::string unpacked(std::size_t{1} << 20, '\0');
    for (auto at = bytes.find(magic); at != std::string_view::npos;
         at = bytes.find(magic, at + 1)) {
        ZSTD_DCtx* context = ZSTD_createDCtx();
        ZSTD_inBuffer in{bytes.data() + at, bytes.size() - at, 0};
        ZSTD_outBuffer out{unpacked.data(), unpacked.size(), 0};
        // A stream, not a frame of known end: whatever unpacks before an error is looked at too.
        while (out.pos < out.size && in.pos < in.size) {
            const std::size_t left = ZSTD_decompressStream(context, &out, &in);
            if (ZSTD_isError(left) != 0 || left == 0) break;
        }
        ZSTD_freeDCtx(context);
        patterns.look(std::string_view{unpacked}.substr(0, out.pos), file, " inside zstd", hits);
    }
}

}  // namespace

std::vector<Hit> search(const std::vector<std::filesystem::path>& files,
                        const std::vector<std::string>& texts) {
    const Patterns patterns{patterns_of(texts)};
    std::vector<Hit> hits;
    for (const auto& file : files) {
        std::ifstream in{file, std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
        patterns.look(bytes, file, "", hits);
        look_inside_zstd(bytes, patterns, file, hits);
    }
    return hits;
}

std::vector<std::filesystem::path> files_below(const std::vector<std::filesystem::path>& folders) {
    std::vector<std::filesystem::path> files;
    for (const auto& folder : folders)
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
}

}  // namespace story
