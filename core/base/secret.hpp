#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace samsyn {

/// Overwrites memory in a way that the compiler may not leave out.
inline void wipe(std::span<std::byte> memory) {
    if (memory.empty()) return;  // a null pointer is not for memset
    std::memset(memory.data(), 0, memory.size());
    __asm__ __volatile__("" : : "r"(memory.data()) : "memory");
}

/// Compares without telling by its duration where two secrets differ. False for unequal sizes.
inline bool equal_secrets(std::span<const std::byte> a, std::span<const std::byte> b) {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference |= std::to_integer<unsigned>(a[i] ^ b[i]);
        __asm__ __volatile__("" : "+r"(difference));  // no early exit, no vector that finds one
    }
    return difference == 0;
}

/// 32 secret bytes on their way between two processes: wiped on destruction, compared in constant
/// time, never printed. Copyable, since messages are values; where it is *kept* is the vault's and
/// the server's storage's business.
template <class Tag>
struct SecretBytes {
    static constexpr std::size_t size = 32;

    std::array<std::byte, size> bytes{};

    SecretBytes() = default;
    SecretBytes(const SecretBytes&) = default;
    SecretBytes& operator=(const SecretBytes&) = default;

    /// Copies exactly 32 bytes.
    static SecretBytes from(std::span<const std::byte, size> view) {
        SecretBytes secret;
        std::memcpy(secret.bytes.data(), view.data(), size);
        return secret;
    }

    ~SecretBytes() { wipe(bytes); }

    std::span<const std::byte, size> view() const { return bytes; }

    friend bool operator==(const SecretBytes& a, const SecretBytes& b) {
        return equal_secrets(a.bytes, b.bytes);
    }
};

/// V = BLAKE2b(label, Argon2id(PIN)): what the server keeps of a PIN. Proves it, opens nothing.
using PinVerifier = SecretBytes<struct PinVerifierTag>;

/// S: the server's share of the key that a PIN opens. Random, 32 bytes; useless without the PIN.
using PinSecret = SecretBytes<struct PinSecretTag>;

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
