#include "sync-server/app/backup_schedule.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours again_in{1};

// The clock may be set and the machine may sleep: what is due is asked for anew this often.
constexpr std::chrono::minutes asked_every{1};

constexpr std::string_view name_begin = "samsyn-";
constexpr std::string_view name_end = ".backup";

}  // namespace

std::string backup_name(Instant now) {
    std::string time = to_iso(std::chrono::floor<std::chrono::seconds>(now)).substr(0, 19);
    std::erase(time, ':');
    return std::string{name_begin} + time + "Z" + std::string{name_end};
}

std::optional<Instant> newest_backup(const fs::path& folder) {
    std::optional<Instant> newest;
    std::error_code ec;
    for (fs::directory_iterator at{folder, ec}, end; !ec && at != end; at.increment(ec)) {
        const std::string name = at->path().filename();
        std::error_code gone;
        if (!name.starts_with(name_begin) || !name.ends_with(name_end)) continue;
        const auto written = at->last_write_time(gone);
        if (gone) continue;
        const Instant time =
            std::chrono::floor<Instant::duration>(std::chrono::file_clock::to_sys(written));
        newest = std::max(newest.value_or(time), time);
    }
    return newest;
}

BackupSchedule::BackupSchedule(When when, Make make, const Clock& clock, Log log)
    : when_(std::move(when)),
      make_(std::move(make)),
      clock_(clock),
      log_(std::move(log)),
      due_(clock.now()) {
    // A file of the future was written when the clock was wrong.
    if (const auto last = newest_backup(when_.folder); last && *last <= due_)
        due_ = *last + when_.every;
    thread_ = std::thread{[this] { run(); }};
}

BackupSchedule::~BackupSchedule() {
    stop();
}

void BackupSchedule::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void BackupSchedule::run() {
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        const Instant now = clock_.now();
        // Later than that it was the clock that was wrong.
        if (now < due_ && due_ - now <= when_.every) {
            changed_.wait_for(lock, std::min<std::chrono::milliseconds>(asked_every, due_ - now));
            continue;
        }
        lock.unlock();
        make();
        lock.lock();
    }
}

void BackupSchedule::make() {
    const Instant begun = clock_.now();
    const auto made = make_(when_.folder / backup_name(begun));
    if (made) {
        due_ = begun + when_.every;
        log_({"backed_up", 0, made->made, 0});
        if (!made->warning.empty()) log_({"backup_warning", 0, made->warning, 0});
        return;
    }
    due_ = begun + std::min<std::chrono::milliseconds>(when_.every, again_in);
    const std::lock_guard lock{mutex_};
    if (stopping_) return;  // that is why
    log_({"backup_failed", 0, made.error().sentence, 0});
}

}  // namespace samsyn
