#include "core/base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace samsyn {

std::string to_string(const Error& error) {
    std::string text{name_of(error.code)};
    text.append(": ").append(message_of(error.code));
    if (!error.context.empty()) text.append(" (").append(error.context).append(")");
    return text;
}

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "samsyn: bug: %s is false at %s:%d\n", expression, file, line);
    std::abort();
}

}  // namespace samsyn
