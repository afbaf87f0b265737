#include "client-sdk/agent/lock_keeper.hpp"

#include "client-sdk/agent/idle_timer.hpp"
#include "client-sdk/agent/json_lines.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::chrono::milliseconds courier_pause = 60s;  // before one that fell is started again
constexpr std::chrono::milliseconds look_again_by_clock = 60s;  // timers stand still in sleep

json child_fell_answer() {
    json answer = error_answer({Errc::system_failed, "the agent's child ended; see agent.log"});
    answer["error"]["hint"] = "Nothing is lost. Run `samsyn unlock` again.";
    answer["error"]["hint_sv"] = "Inget är förlorat. Kör `samsyn unlock` igen.";
    return answer;
}

}  // namespace

json locked_answer() {
    json answer = error_answer({Errc::locked, "the agent is locked"});
    answer["error"]["hint"] = "Run `samsyn unlock` first.";
    answer["error"]["hint_sv"] = "Kör `samsyn unlock` först.";
    return answer;
}

LockKeeper::LockKeeper(const std::filesystem::path& folder, const SupervisorOptions& options)
    : folder_(options.locked_folder),
      child_(folder, options.executable, options.child_subcommand),
      courier_(folder, options.executable, options.courier_subcommand),
      has_courier_(!options.courier_subcommand.empty()),
      locked_at_(time_since_boot()) {}

Result<void> LockKeeper::unlock(UnlockMessage message) {
    if (state_ == State::unlocked || state_ == State::unlocking)
        return fail(Errc::conflict, "unlock");
    if (state_ == State::assisting) fall_back(why_);
    drop_old_share();
    SAMSYN_TRY(child_.start());
    if (message.with == UnlockWith::pin && share_) message.share = share_->duplicate();
    if (!send_unlock(child_.channel(), message)) {
        child_.stop();
        return fail(Errc::system_failed, "the agent's child did not start; see agent.log");
    }
    state_ = State::unlocking;
    return {};
}

Result<void> LockKeeper::answer_assisted(const json& answers) {
    if (state_ != State::assisting) return fail(Errc::unexpected_message, "assist.finish");
    if (!send_with_fd(child_.channel(), to_line(answers), -1))
        return fail(Errc::limit_exceeded, "answers");
    state_ = State::unlocking;
    return {};
}

/// The child is gone, or goes now; from here on the device is locked.
void LockKeeper::fall_back(std::string_view why) {
    child_.stop();
    if (state_ == State::unlocked) locked_at_ = time_since_boot();
    state_ = State::locked;
    why_ = why;
    start_courier();
}

void LockKeeper::lock(std::string_view why) {
    if (state_ != State::locked || why_ == "started") fall_back(why);
}

void LockKeeper::stop() {
    child_.stop();
    courier_.stop();
    share_.reset();
    state_ = State::locked;
    has_courier_ = false;
}

std::optional<json> LockKeeper::on_child_readable() {
    auto message = child_.receive();
    if (!message) return std::nullopt;
    if (message->closed) return on_child_ended();
    if (auto share = take_share(message->bytes)) {
        share_ = std::move(share);
        return std::nullopt;
    }
    const auto told = parse_json(message->bytes);
    if (!told || !told->is_object()) return std::nullopt;
    return on_child_told(*told);
}

json LockKeeper::on_child_ended() {
    log_line("supervisor", "the child ended by itself: locked");
    fall_back("ended");
    return child_fell_answer();
}

std::optional<json> LockKeeper::on_child_told(const json& told) {
    if (told.contains("drop_share")) share_.reset();
    if (told.contains("all_sent")) all_sent_ = told["all_sent"] == true;
    if (told.contains("serving")) {
        state_ = State::unlocked;
        why_.clear();
        courier_.stop();
        return ok_answer({{"locked", false}, {"opened", told.value("opened", json::object())}});
    }
    if (told.contains("assisting")) {
        state_ = State::assisting;
        return ok_answer(told["assisting"]);
    }
    if (told.contains("retry")) {  // an answer of a helper that did not fit
        state_ = State::assisting;
        return json::object({{"ok", false}, {"error", told["retry"]}});
    }
    if (told.contains("error")) {  // in order: it could not unlock, and says why
        fall_back(why_);
        return json::object({{"ok", false}, {"error", told["error"]}});
    }
    if (told.contains("lock")) fall_back(told["lock"].is_string() ? told.value("lock", "") : "");
    return std::nullopt;
}

void LockKeeper::start_courier() {
    courier_due_ = 0ms;
    connection_ = nullptr;
    if (!has_courier_ || courier_.is_running() || state_ == State::unlocked) return;
    const auto started = courier_.start();
    if (started) return;
    log_line("supervisor", to_string(started.error()));
    courier_due_ = time_since_boot() + courier_pause;
}

bool LockKeeper::on_courier_readable() {
    const auto message = courier_.receive();
    if (!message) return false;
    if (message->closed) {
        courier_due_ = time_since_boot() + courier_pause;
        return false;
    }
    const auto told = parse_json(message->bytes);
    if (!told || !told->is_object()) return false;
    if (told->contains("connection")) connection_ = told->at("connection");
    return told->contains("order") && obey(*told);
}

/// The courier has verified it; what is left here is to do it, once.
bool LockKeeper::obey(const json& order) {
    const std::string kind = order.value("order", "");
    const std::string statement = order.value("statement", "");
    const bool done_before = folder_.is_done && folder_.is_done(statement);
    if (!done_before) {
        if (kind != "lock") share_.reset();
        fall_back("order: " + kind);
    }
    const std::string outcome =
        folder_.obey ? folder_.obey(kind, statement, all_sent_) : std::string{"failed"};
    log_line("supervisor", "order " + kind + ": " + outcome);
    if (courier_.is_running())
        (void)send_with_fd(courier_.channel(),
                           to_line({{"outcome", outcome}, {"statement", statement}}),
                           -1);  // one that is gone asks again
    return !done_before;
}

void LockKeeper::drop_old_share() {
    const bool old = state_ != State::unlocked && time_since_boot() - locked_at_ >= share_max;
    if (!old || !share_) return;
    share_.reset();
    log_line("supervisor", "locked for a day: the server's share is gone");
}

void LockKeeper::on_time() {
    drop_old_share();
    const bool due = courier_due_ == 0ms || courier_due_ <= time_since_boot();
    if (state_ != State::unlocked && !courier_.is_running() && due) start_courier();
}

std::chrono::milliseconds LockKeeper::next_time() const {
    return look_again_by_clock;
}

json LockKeeper::serve_proxy(std::string_view operation, const json& args) const {
    if (folder_.proxy) return folder_.proxy(operation, args);
    return error_answer({Errc::invalid_argument, "op: unknown operation"});
}

json LockKeeper::status() const {
    json result;
    result["state"] = state_ == State::unlocked ? "unlocked" : "locked";
    result["child"] = state_ == State::unlocked    ? "serving"
                      : state_ == State::unlocking ? "unlocking"
                      : state_ == State::assisting ? "assisting"
                                                   : "stopped";
    if (child_.is_running()) result["child_pid"] = child_.pid();
    if (courier_.is_running()) result["courier_pid"] = courier_.pid();
    if (state_ != State::unlocked) result["why"] = why_;
    if (state_ != State::unlocked && connection_.is_object()) result["connection"] = connection_;
    result["has_share"] = share_.has_value();
    if (folder_.facts) result["vault"] = folder_.facts();
    return result;
}

}  // namespace samsyn
