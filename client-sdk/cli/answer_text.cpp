#include "client-sdk/cli/answer_text.hpp"

namespace samsyn {

using nlohmann::json;

std::string reason_text(const Session& session, const json& decision) {
    const json reasons = decision.value("reasons", json::array());
    if (reasons.empty()) return {};
    return session.language == Language::swedish ? text_in(reasons.front(), "sv")
                                                 : text_in(reasons.front(), "en");
}

std::string denial_text(const Session& session, const json& decision) {
    std::string text = reason_text(session, decision);
    bool first = true;
    for (const json& missing : decision.value("missing", json::array())) {
        const std::string from = name_in(missing, "from");
        text.append(first ? ": " : ", ");
        text.append(from.empty() ? session.say("not known who", "okänt vem") : from);
        text.append(session.say(" for ", " för ")).append(name_in(missing, "subject"));
        first = false;
    }
    return text;
}

void print_compartment(const Session& session, const json& row) {
    const std::string items = text_in(row, "items");
    print(escaped(name_in(row, "unit")) + " · " +
          escaped(local_in(session, row, "category_title")) + " · " +
          escaped(names_in(row, "about")) + "  (" + items +
          (items == "1" ? session.say(" item)", " post)") : session.say(" items)", " poster)")) +
          "\n");
}

}  // namespace samsyn
