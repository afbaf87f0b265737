#include "sync-server/app/month_keys.hpp"

#include "core/base/bytes.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/app/unfinished.hpp"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t month_text_size = 7;
constexpr std::size_t key_text_size = 65;  // in hexadecimal, with its line end

fs::path key_file(const fs::path& folder, const std::string& month) {
    return folder / (month + ".key");
}

/// When the month is over; `month` is one.
Instant end_of_month(std::string_view month) {
    const auto digits = [&](std::size_t from, std::size_t count) {
        unsigned number = 0;
        for (const char c : month.substr(from, count))
            number = number * 10 + static_cast<unsigned>(c - '0');
        return number;
    };
    const std::chrono::year_month of{std::chrono::year{static_cast<int>(digits(0, 4))},
                                     std::chrono::month{digits(5, 2)}};
    return std::chrono::sys_days{(of + std::chrono::months{1}) / std::chrono::day{1}};
}

/// What held the secret holds zeroes before its name goes.
bool destroy_key_file(const fs::path& file) {
    const Descriptor open{::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
    const std::string zeroes(key_text_size, '0');
    return open &&
           ::write(open.number(), zeroes.data(), zeroes.size()) ==
               static_cast<ssize_t>(zeroes.size()) &&
           ::fsync(open.number()) == 0 && ::unlink(file.c_str()) == 0;
}

/// How far into its month.
int days_of_month(Instant now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    return static_cast<int>(static_cast<unsigned>(day.day()));
}

}  // namespace

std::string month_of(Instant now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    char text[32];
    std::snprintf(text,
                  sizeof(text),
                  "%04d-%02u",
                  static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()));
    return text;
}

bool is_month(std::string_view text) {
    if (text.size() != month_text_size || text[4] != '-') return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i != 4 && (text[i] < '0' || text[i] > '9')) return false;
    const std::string_view month = text.substr(5);
    return month >= "01" && month <= "12";
}

Fallible<Secret<32>> read_month_key(const fs::path& folder, const std::string& month) {
    const fs::path file = key_file(folder, month);
    struct stat facts{};

    if (!is_month(month) || ::lstat(file.c_str(), &facts) != 0)
        return give_up(ServerExit::no_backup_key,
                       file.string() +
                           " is missing: without the key of its month a backup cannot be read. "
                           "Keys are destroyed when the period is over; else look for a copy.");
    if (!S_ISREG(facts.st_mode) || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return give_up(ServerExit::loose_permissions,
                       file.string() + " can be read by others. Then: chmod go= " + file.string());
    std::string text = SAMSYN_TRY(read_small_file(file));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    auto bytes = from_hex(text);
    wipe(std::as_writable_bytes(std::span{text}));
    if (!bytes || bytes->size() != 32)
        return give_up(ServerExit::damaged, file.string() + " does not hold a key.");
    auto key = Secret<32>::from(std::span<const std::byte, 32>{*bytes});
    wipe(*bytes);
    return key;
}

Fallible<Secret<32>> ensure_month_key(const fs::path& folder, const std::string& month) {
    std::error_code ec;
    if (!fs::exists(folder, ec) &&
        (::mkdir(folder.c_str(), 0700) != 0 || !sync_folder(fs::absolute(folder).parent_path())))
        return give_up(ServerExit::disk, folder.string() + " cannot be made.");
    const fs::path file = key_file(folder, month);
    if (fs::exists(file, ec)) return read_month_key(folder, month);
    auto key = Secret<32>::random();
    std::string text = to_hex(key.expose()) + "\n";
    UnfinishedFile out{file};
    const bool written = out.write(as_bytes(text));
    wipe(std::as_writable_bytes(std::span{text}));
    const auto kept = written ? out.keep_new() : UnfinishedFile::Kept::no;
    if (kept == UnfinishedFile::Kept::taken) return read_month_key(folder, month);
    if (kept == UnfinishedFile::Kept::no)
        return give_up(ServerExit::disk,
                       file.string() + " cannot be written. Is the disk full, or not yours?");
    return key;
}

DestroyedKeys destroy_month_keys(const fs::path& folder,
                                 Instant now,
                                 std::chrono::milliseconds period) {
    std::vector<std::string> over;
    std::error_code ec;
    for (fs::directory_iterator at{folder, ec}, end; !ec && at != end; at.increment(ec)) {
        const std::string month = at->path().stem();
        if (at->path().extension() != ".key" || !is_month(month)) continue;
        if (end_of_month(month) + period <= now) over.push_back(month);
    }
    std::ranges::sort(over);
    DestroyedKeys done;
    if (ec) done.why_kept = folder.string() + " cannot be read: " + ec.message() + ".";
    const std::string before = month_of(now - std::chrono::days{days_of_month(now)});
    if (!over.empty() && !fs::exists(key_file(folder, before), ec)) {
        done.kept = std::move(over);
        done.why_kept = "There is no key of " + before +
                        ", the month before: the clock may have jumped ahead. If it has not, they "
                        "go with the first backup of next month.";
        return done;
    }
    for (const std::string& month : over)
        (destroy_key_file(key_file(folder, month)) ? done.destroyed : done.kept).push_back(month);
    (void)sync_folder(folder);  // a name that came back would hold zeroes
    if (!done.kept.empty())
        done.why_kept = "They cannot be overwritten or removed: destroy their files in " +
                        folder.string() + " by hand.";
    return done;
}

}  // namespace samsyn
