#include "crypto/keys/secret.hpp"

#include <sodium.h>

#include <bitset>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace samsyn {

namespace {

constexpr std::size_t slot_size = 64;          // the largest secret that we have
constexpr std::size_t arena_size = 64 * 1024;  // an eighth of the usual RLIMIT_MEMLOCK at most
constexpr std::size_t slot_count = arena_size / slot_size;

/// Locked pages between two inaccessible ones, cut into equal slots. Made once, never unmapped, so
/// that secrets with static storage may be released at any time.
class Arena {
public:
    static Arena& only() {
        static Arena* const arena = new Arena;  // never destroyed, on purpose
        return *arena;
    }

    Result<void> prepare() {
        const std::lock_guard lock{mutex_};
        return map();
    }

    std::byte* acquire(std::size_t size) {
        SAMSYN_ASSERT(size > 0 && size <= slot_size);
        const std::lock_guard lock{mutex_};
        SAMSYN_ASSERT(map().has_value());
        for (std::size_t i = 0; i < slot_count; ++i) {
            const std::size_t slot = (next_ + i) % slot_count;
            if (used_[slot]) continue;
            used_[slot] = true;
            next_ = slot + 1;
            return slots_ + slot * slot_size;
        }
        assertion_failed("the arena for secrets has room", __FILE__, __LINE__);
    }

    void release(std::byte* block, std::size_t size) noexcept {
        sodium_memzero(block, size);
        const std::lock_guard lock{mutex_};
        const auto slot = static_cast<std::size_t>(block - slots_) / slot_size;
        SAMSYN_ASSERT(slot < slot_count && used_[slot]);
        used_[slot] = false;
    }

    std::size_t in_use() {
        const std::lock_guard lock{mutex_};
        return used_.count();
    }

private:
    Result<void> map();

    std::mutex mutex_;
    std::byte* slots_ = nullptr;
    std::bitset<slot_count> used_;
    std::size_t next_ = 0;
};

Error system_error(const char* what) {
    const std::string reason = std::error_code{errno, std::generic_category()}.message();
    return {Errc::system_failed, std::string{what} + ": " + reason};
}

Result<void> Arena::map() {
    if (slots_ != nullptr) return {};
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    if (page == 0 || arena_size % page != 0) return fail(Errc::system_failed, "unusual page size");

    // Inaccessible first, then opened in the middle: the guards are there from the start.
    const std::size_t whole = arena_size + 2 * page;
    void* const mapped = ::mmap(nullptr, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return std::unexpected{system_error("cannot map memory for keys")};
    std::byte* const slots = static_cast<std::byte*>(mapped) + page;

    Result<void> ready;
    if (::mprotect(slots, arena_size, PROT_READ | PROT_WRITE) != 0)
        ready = std::unexpected{system_error("cannot open memory for keys")};
    else if (::mlock(slots, arena_size) != 0)
        ready = std::unexpected{system_error(
            "keys cannot be kept out of swap, 64 KiB must be lockable: raise `ulimit -l` or, for a "
            "service, LimitMEMLOCK")};
    else if (::madvise(slots, arena_size, MADV_DONTDUMP) != 0)
        ready = std::unexpected{system_error("cannot keep keys out of core dumps")};
    // A fork must not carry keys along; where the kernel cannot promise it, none of ours forks.
    else if (::madvise(slots, arena_size, MADV_WIPEONFORK) != 0 && errno != EINVAL)
        ready = std::unexpected{system_error("cannot keep keys out of child processes")};

    if (!ready) {
        ::munmap(mapped, whole);
        return ready;
    }
    slots_ = slots;
    return {};
}

}  // namespace

Result<void> SecretArena::prepare() {
    return Arena::only().prepare();
}

std::byte* SecretArena::acquire(std::size_t size) {
    return Arena::only().acquire(size);
}

void SecretArena::release(std::byte* block, std::size_t size) noexcept {
    Arena::only().release(block, size);
}

std::size_t SecretArena::in_use() {
    return Arena::only().in_use();
}

template <std::size_t Size>
Secret<Size> Secret<Size>::from(std::span<const std::byte, Size> bytes) {
    Secret secret;
    std::memcpy(secret.bytes_.get(), bytes.data(), Size);
    return secret;
}

template <std::size_t Size>
Secret<Size> Secret<Size>::random() {
    Secret secret;
    randombytes_buf(secret.bytes_.get(), Size);
    return secret;
}

bool secret_equal(std::span<const std::byte> a, std::span<const std::byte> b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

template class Secret<16>;
template class Secret<32>;
template class Secret<48>;  // key and file id of a database
template class Secret<64>;

}  // namespace samsyn
