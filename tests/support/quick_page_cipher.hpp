#pragma once

#include "core/base/ports.hpp"
#include "tests/support/dice.hpp"

#include <cstring>

namespace samsyn {

/// A `PageCipher` for sweeps that seal millions of pages: everything of a real one but the
/// strength. A fresh nonce each time, ciphertext that differs, a tag over place, nonce and text
/// that chance does not forge. Never outside tests.
class QuickPageCipher final : public PageCipher {
public:
    explicit QuickPageCipher(std::uint64_t key, std::uint64_t nonces = 1)
        : key_(key),
          nonces_(nonces) {}

    void seal(const PagePlace& place, ByteView plain, std::span<std::byte> sealed) override {
        ++sealed_;
        std::byte* nonce = sealed.data() + plain.size();
        nonces_.fill({nonce, nonce_size});
        const std::uint64_t tag = pass(place, nonce, plain, sealed.first(plain.size()), true);
        write_tag(tag, nonce + nonce_size);
    }

    bool open(const PagePlace& place, ByteView sealed, std::span<std::byte> plain) override {
        ++opened_;
        const std::byte* nonce = sealed.data() + plain.size();
        const std::uint64_t tag = pass(place, nonce, sealed.first(plain.size()), plain, false);
        std::byte expected[tag_size];
        write_tag(tag, expected);
        if (std::memcmp(expected, nonce + nonce_size, tag_size) == 0) return true;
        std::memset(plain.data(), 0, plain.size());
        return false;
    }

    std::uint64_t sealed() const { return sealed_; }

    std::uint64_t opened() const { return opened_; }

private:
    static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
        a = (a ^ b) * 0x9E3779B97F4A7C15U;
        return a ^ (a >> 32U);
    }

    /// XOR with a keystream, and a running hash of the plain words.
    std::uint64_t pass(const PagePlace& place,
                       const std::byte* nonce,
                       ByteView in,
                       std::span<std::byte> out,
                       bool in_is_plain) const {
        std::uint64_t words[nonce_size / 8];
        std::memcpy(words, nonce, nonce_size);
        std::uint64_t seed = mix(key_, static_cast<std::uint64_t>(place.page_class));
        seed = mix(mix(mix(seed, place.generation), place.number), in.size());
        for (const std::uint64_t word : words) seed = mix(seed, word);
        Dice keystream{seed};
        std::uint64_t tag = seed;
        for (std::size_t at = 0; at < in.size(); at += 8) {
            const std::size_t count = std::min<std::size_t>(8, in.size() - at);
            std::uint64_t before = 0;
            std::memcpy(&before, in.data() + at, count);
            std::uint64_t after = before ^ keystream.roll();
            std::memcpy(out.data() + at, &after, count);
            if (count < 8) {  // hash only the bytes that are there
                after = 0;
                std::memcpy(&after, out.data() + at, count);
            }
            tag = mix(tag, in_is_plain ? before : after);
        }
        return mix(tag, key_);
    }

    static void write_tag(std::uint64_t tag, std::byte* target) {
        const std::uint64_t halves[] = {tag, mix(tag, 1)};
        std::memcpy(target, halves, tag_size);
    }

    std::uint64_t key_;
    Dice nonces_;
    std::uint64_t sealed_ = 0;
    std::uint64_t opened_ = 0;
};

}  // namespace samsyn
