#include "core/policy/decide.hpp"

namespace samsyn {

std::string_view key_of(Reason reason) {
    switch (reason) {
#define SAMSYN_ROW(name, en, sv) \
    case Reason::name:           \
        return #name;
        SAMSYN_REASON_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
    }
    return "unknown";
}

ReasonWords words_of(Reason reason) {
    switch (reason) {
#define SAMSYN_ROW(name, en, sv) \
    case Reason::name:           \
        return {en, sv};
        SAMSYN_REASON_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
    }
    return {"unknown", "okänt"};
}

}  // namespace samsyn
