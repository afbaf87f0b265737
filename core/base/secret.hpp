#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace samsyn {

/// Overwrites memory in a way that the compiler may not leave out.
inline void wipe(std::span<std::byte> memory) {
    std::memset(memory.data(), 0, memory.size());
    __asm__ __volatile__("" : : "r"(memory.data()) : "memory");
}

/// The key of one compartment in one epoch: 32 bytes that are wiped on destruction.
/// Move-only, never compared, never printed. Where it is *stored* is the vault's business.
class ContentKey {
public:
    static constexpr std::size_t size = 32;

    ContentKey() = default;

    explicit ContentKey(std::span<const std::byte, size> bytes) {
        std::memcpy(bytes_.data(), bytes.data(), size);
    }

    ContentKey(ContentKey&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }

    ContentKey& operator=(ContentKey&& other) noexcept {
        if (this != &other) {
            bytes_ = other.bytes_;
            wipe(other.bytes_);
        }
        return *this;
    }

    ContentKey(const ContentKey&) = delete;
    ContentKey& operator=(const ContentKey&) = delete;

    ~ContentKey() { wipe(bytes_); }

    /// A second copy, asked for by name so that none is made by accident.
    ContentKey duplicate() const { return ContentKey{expose()}; }

    std::span<const std::byte, size> expose() const { return bytes_; }

private:
    std::array<std::byte, size> bytes_{};
};

}  // namespace samsyn
