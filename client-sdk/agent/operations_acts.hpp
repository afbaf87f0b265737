#pragma once

#include "client-sdk/agent/operations_call.hpp"

namespace samsyn {

// What the operations that state something of a case share (operations_acts, operations_custody).

/// The part that every act has: its case, and a text where there is one.
Result<Saying> saying_of(Call& call);

/// States it; `{"statement": id}`.
Result<nlohmann::json> said(Call& call, Saying saying);

/// From now to the end of the day in `until`, which must not be over.
struct Period {
    Instant from;
    Instant until;
};

Result<Period> period_of(Call& call);

/// The users that `users` names, sorted, each once.
Result<std::vector<UserId>> users_of(Call& call);

/// A word of a small table of its own; the error names the words.
template <class Enum, std::size_t Size>
Result<Enum> word_of(Call& call,
                     std::string_view argument,
                     const std::pair<std::string_view, Enum> (&words)[Size]) {
    const std::string text = SAMSYN_TRY(call.args.text(argument));
    for (const auto& [word, value] : words)
        if (word == text) return value;
    std::string known{argument};
    for (const auto& [word, value] : words)
        known.append(known.size() == argument.size() ? ": " : ", ").append(word);
    return fail(Errc::invalid_argument, known);
}

}  // namespace samsyn
