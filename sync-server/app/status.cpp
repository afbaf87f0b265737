#include "sync-server/app/admin_shell.hpp"

namespace samsyn {

Fallible<void> run_status(const AdminOptions& options) {
    const auto answer = SAMSYN_TRY(
        ask_or_open(options, nlohmann::ordered_json{{"command", "status"}}, &status_answer));
    show_answer(answer, options.json);
    return {};
}

}  // namespace samsyn
