#include "core/base/errc.hpp"

namespace samsyn {

std::string_view name_of(Errc code) {
    switch (code) {
#define SAMSYN_ROW(name, number, message, retryable) \
    case Errc::name:                                 \
        return #name;
        SAMSYN_ERRC_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
    }
    return "unknown";
}

std::string_view message_of(Errc code) {
    switch (code) {
#define SAMSYN_ROW(name, number, message, retryable) \
    case Errc::name:                                 \
        return message;
        SAMSYN_ERRC_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
    }
    return "unknown error";
}

bool is_retryable(Errc code) {
    switch (code) {
#define SAMSYN_ROW(name, number, message, retryable) \
    case Errc::name:                                 \
        return retryable;
        SAMSYN_ERRC_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
    }
    return false;
}

Errc errc_from_wire(std::uint16_t code) {
    switch (static_cast<Errc>(code)) {
#define SAMSYN_ROW(name, number, message, retryable) \
    case Errc::name:                                 \
        return Errc::name;
        SAMSYN_ERRC_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
    }
    return Errc::malformed;
}

}  // namespace samsyn
