// Linked into the `samsyn` program only: memory is wiped before it is freed, so that no PIN, key or
// note outlives its object on the heap, whichever library made it. What C code frees by itself
// (OpenSSL, SQLite's own allocator) is those libraries' business: both wipe their secrets, and
// SQLite has an allocator of ours. An embedding host that wants the same links this file too.

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>

namespace {

void* take(std::size_t size) {
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}

void* take_aligned(std::size_t size, std::align_val_t alignment) {
    const auto align = static_cast<std::size_t>(alignment);
    const std::size_t whole = (size + align - 1) / align * align;
    if (void* const memory = std::aligned_alloc(align, whole == 0 ? align : whole)) return memory;
    throw std::bad_alloc{};
}

void wipe_and_free(void* memory) noexcept {
    if (memory == nullptr) return;
    // The whole block, not only what was asked for: a vector may have grown into the rest.
    ::explicit_bzero(memory, ::malloc_usable_size(memory));
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
    return take(size);
}

void* operator new[](std::size_t size) {
    return take(size);
}

void* operator new(std::size_t size, std::align_val_t align) {
    return take_aligned(size, align);
}

void* operator new[](std::size_t size, std::align_val_t align) {
    return take_aligned(size, align);
}

// As the library's own do; said here, so that no other is taken for memory that ends below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size == 0 ? 1 : size);
}

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size == 0 ? 1 : size);
}

void operator delete(void* memory) noexcept {
    wipe_and_free(memory);
}

void operator delete[](void* memory) noexcept {
    wipe_and_free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    wipe_and_free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
    wipe_and_free(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
    wipe_and_free(memory);
}

void operator delete[](void* memory, std::align_val_t) noexcept {
    wipe_and_free(memory);
}

void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(memory);
}

void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(memory);
}
