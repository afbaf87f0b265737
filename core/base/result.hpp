#pragma once

#include "core/base/errc.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace samsyn {

/// What went wrong, and where: a stable code and a short context ("frame body").
/// The context never holds secrets, plaintext, personal data or a peer's bytes unescaped.
struct Error {
    Errc code{};
    std::string context;

    friend bool operator==(const Error&, const Error&) = default;
};

/// "stale_epoch: key epoch is no longer open (batch 17)".
std::string to_string(const Error& error);

template <class T>
using Result = std::expected<T, Error>;

/// Marks the failing path at the `return`: `return fail(Errc::truncated, "frame header");`
[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string_view context = {}) {
    return std::unexpected{Error{code, std::string{context}}};
}

/// Ends the process with file and line. Reached only through a bug of our own, never by input.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace samsyn

/// Yields the value of a `Result`, or returns its error from the enclosing function.
/// No `co_await` inside: g++ 12 crashes on it.
#define SAMSYN_TRY(expr)                                                           \
    __extension__({                                                                \
        auto samsyn_try_result = (expr);                                           \
        if (!samsyn_try_result) return std::unexpected{samsyn_try_result.error()}; \
        *std::move(samsyn_try_result);                                             \
    })

/// A promise of our own code; on in every build. Never for what a peer, disk or user can cause.
#define SAMSYN_ASSERT(condition)        \
    ((condition) ? static_cast<void>(0) \
                 : ::samsyn::assertion_failed(#condition, __FILE__, __LINE__))
