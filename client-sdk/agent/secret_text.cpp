#include "client-sdk/agent/secret_text.hpp"

#include "core/base/secret.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace samsyn {

namespace {

std::span<std::byte> bytes_of(char* text, std::size_t size) {
    return std::as_writable_bytes(std::span{text, size});
}

constexpr std::size_t stack_bytes = 128 * 1024;  // deeper than any call of ours goes

}  // namespace

void SecretText::Wipe::operator()(char* bytes) const noexcept {
    wipe(bytes_of(bytes, size_max));
    delete[] bytes;
}

SecretText::SecretText() : bytes_(new char[size_max]()) {}

SecretText::SecretText(std::string_view text) : SecretText() {
    size_ = std::min(text.size(), size_max);
    std::ranges::copy(text.substr(0, size_), bytes_.get());
}

SecretText::SecretText(SecretText&& other) noexcept
    : bytes_(std::move(other.bytes_)),
      size_(std::exchange(other.size_, 0)) {}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

bool SecretText::push_back(char byte) {
    if (size_ == size_max || !bytes_) return false;
    bytes_[size_++] = byte;
    return true;
}

void SecretText::pop_back() {
    if (size_ > 0) bytes_[--size_] = 0;
}

void SecretText::clear() {
    if (bytes_) wipe(bytes_of(bytes_.get(), size_max));
    size_ = 0;
}

void wipe_text(std::string& text) {
    text.resize(text.capacity());  // the unused rest may hold what was there before
    wipe(bytes_of(text.data(), text.size()));
    text.clear();
}

void wipe_front(std::string& text, std::size_t size) {
    const std::size_t gone = std::min(size, text.size());
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(gone), text.end(), text.begin());
    const std::size_t rest = text.size() - gone;
    wipe(bytes_of(text.data() + rest, gone));
    text.resize(rest);
}

void wipe_strings(nlohmann::json& value) {
    if (value.is_string()) wipe_text(value.get_ref<std::string&>());
    if (value.is_structured())
        for (nlohmann::json& each : value) wipe_strings(each);
}

[[gnu::noinline]] void wipe_stack() {
    std::array<std::byte, stack_bytes> below;  // NOLINT: only to be overwritten
    wipe(below);
}

}  // namespace samsyn
