#pragma once

namespace samsyn {

// Address and thread sanitizer replace `mlock` by nothing at all.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool locks_are_real = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool locks_are_real = false;
#else
inline constexpr bool locks_are_real = true;
#endif
#else
inline constexpr bool locks_are_real = true;
#endif

}  // namespace samsyn
