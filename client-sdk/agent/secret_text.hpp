#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace samsyn {

/// What a person types to unlock: a PIN, a phrase. One block of fixed size that never moves and is
/// wiped when it goes; move-only, so that no copy is made by accident.
class SecretText {
public:
    static constexpr std::size_t size_max = 512;

    SecretText();

    /// Takes at most `size_max` bytes; `text` stays the caller's to wipe.
    explicit SecretText(std::string_view text);

    SecretText(SecretText&& other) noexcept;
    SecretText& operator=(SecretText&& other) noexcept;
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    ~SecretText() = default;

    /// False where it is full; then nothing has changed.
    bool push_back(char byte);
    void pop_back();
    void clear();

    std::string_view view() const { return {bytes_.get(), size_}; }

    bool empty() const { return size_ == 0; }

private:
    struct Wipe {
        void operator()(char* bytes) const noexcept;
    };

    std::unique_ptr<char[], Wipe> bytes_;
    std::size_t size_ = 0;
};

/// Overwrites a text that held a secret; it is empty afterwards.
void wipe_text(std::string& text);

/// Removes the first `size` bytes of a buffer and overwrites what the rest has left behind.
void wipe_front(std::string& text, std::size_t size);

/// Overwrites every string in it, keys aside.
void wipe_strings(nlohmann::json& value);

/// Overwrites the stack below the caller, where functions that have returned (a parser's short
/// strings) may have left a secret.
void wipe_stack();

}  // namespace samsyn
