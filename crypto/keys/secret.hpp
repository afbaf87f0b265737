#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace samsyn {

/// The one piece of locked memory in which long-lived keys live: allocated once, guarded by
/// inaccessible pages, kept out of core dumps, and *checked* to be locked in RAM, which
/// `sodium_malloc` does not do. Thread-safe.
class SecretArena {
public:
    /// Maps and locks; a second call does nothing. Errors: `system_failed`, which says what to set
    /// where locking is refused.
    static Result<void> prepare();

    /// A block of exactly `size` bytes, wiped when released. Ends the process where the arena
    /// cannot be locked or is full: `start_sodium` has checked the first and reports it as an
    /// error.
    static std::byte* acquire(std::size_t size);
    static void release(std::byte* block, std::size_t size) noexcept;

    /// Blocks that are acquired now; there is room for 1024.
    static std::size_t in_use();
};

/// Compares in constant time; sizes are no secret.
bool secret_equal(std::span<const std::byte> a, std::span<const std::byte> b);

/// Bytes that must not linger: in the arena, wiped on destruction. Move-only; comparing is constant
/// time; has no stream operator, so it cannot be logged.
template <std::size_t Size>
class Secret {
public:
    /// Copies `bytes`; the caller wipes its own copy.
    static Secret from(std::span<const std::byte, Size> bytes);
    static Secret random();

    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret&&) noexcept = default;

    std::span<const std::byte, Size> expose() const {
        return std::span<const std::byte, Size>{bytes_.get(), Size};
    }

    std::span<std::byte, Size> fill() { return std::span<std::byte, Size>{bytes_.get(), Size}; }

    Secret duplicate() const { return from(expose()); }

    friend bool operator==(const Secret& a, const Secret& b) {
        return secret_equal(a.expose(), b.expose());
    }

private:
    struct Free {
        void operator()(std::byte* bytes) const noexcept { SecretArena::release(bytes, Size); }
    };

    Secret() : bytes_(SecretArena::acquire(Size)) {}

    std::unique_ptr<std::byte[], Free> bytes_;
};

}  // namespace samsyn
