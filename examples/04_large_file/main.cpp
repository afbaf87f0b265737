#include "examples/support/town.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <thread>

// Usage: story_large_file --bin BUILD_FOLDER [MEGABYTES [SECONDS]]
//
// A film of a meeting between child and parent goes from one tablet to another over a network that
// breaks every few seconds; one of them dies on the way.

namespace story {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto longest = std::chrono::minutes{20};

/// Bytes that nothing compresses.
void write_film(const std::filesystem::path& path, std::size_t bytes) {
    std::ofstream out{path, std::ios::binary};
    std::uint64_t state = 7;
    std::string block;
    for (std::size_t written = 0; written < bytes; written += block.size()) {
        block.clear();
        while (block.size() < std::min<std::size_t>(1 << 20U, bytes - written)) {
            state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
            block.push_back(static_cast<char>(state >> 56U));
        }
        out.write(block.data(), static_cast<std::streamsize>(block.size()));
    }
}

bool same_content(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::ifstream first{a, std::ios::binary};
    std::ifstream second{b, std::ios::binary};
    using Bytes = std::istreambuf_iterator<char>;
    return first && second && std::equal(Bytes{first}, Bytes{}, Bytes{second}, Bytes{});
}

/// Cuts the network again and again while it lives.
class BadNetwork {
public:
    BadNetwork(Relay& relay, std::chrono::milliseconds every)
        : thread_([&relay, every, this] {
              while (!stop_) {
                  std::this_thread::sleep_for(every);
                  relay.cut();
                  ++cuts_;
                  std::this_thread::sleep_for(200ms);
                  relay.mend();
              }
          }) {}

    ~BadNetwork() {
        stop_ = true;
        thread_.join();
    }

    BadNetwork(const BadNetwork&) = delete;
    BadNetwork& operator=(const BadNetwork&) = delete;

    int cuts() const { return cuts_; }

private:
    std::atomic<bool> stop_ = false;
    std::atomic<int> cuts_ = 0;
    std::thread thread_;
};

class LargeFile : private Town {
public:
    LargeFile(Programs programs, std::size_t bytes, std::chrono::milliseconds every)
        : Town(std::move(programs), 11),
          bytes_(bytes),
          every_(every) {}

    void tell_all() {
        found();
        open_case();
        chapter(3, "A film is attached offline");
        relay_->cut();
        write_film(folder("film.mp4"), bytes_);
        const auto begun = Clock::now();
        const json written = psychologist_->run(
            {"attach", case_, folder("film.mp4").string(), "--about", family_.child});
        item_ = written["item"]["id"].get<std::string>();
        tell("Sealed " + std::to_string(bytes_ / 1'000'000) + " MB in " + since(begun) + ".");
        relay_->mend();
        travel();
        compare();
    }

private:
    static std::string since(Clock::time_point begun) {
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
        char text[32];
        std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(took.count()) / 1000);
        return text;
    }

    std::unique_ptr<Background> follow(const Tablet& tablet) {
        return std::make_unique<Background>(
            programs_.samsyn,
            std::vector<std::string>{"--data", tablet.folder().string(), "sync", "--follow"},
            folder(tablet.role() + ".follow.log"));
    }

    json file_on(const Tablet& tablet) const {
        const json files = tablet.run({"attachments", case_});
        for (const json& file : files["attachments"])
            if (file["id"] == item_) return file;
        return json::object();
    }

    template <class Condition>
    void await(const std::string& what, Condition condition) const {
        const auto begun = Clock::now();
        while (!condition()) {
            if (Clock::now() - begun > longest) throw std::runtime_error(what + ": it never came");
            std::this_thread::sleep_for(250ms);
        }
    }

    void travel() {
        chapter(4, "It travels over a network that breaks every few seconds");
        BadNetwork network{*relay_, every_};
        auto begun = Clock::now();
        auto sending = follow(*psychologist_);
        await("to the server", [&] { return file_on(*psychologist_)["state"] == "here"; });
        tell("At the server after " + since(begun) + " and " + std::to_string(network.cuts()) +
             " cuts.");
        sending.reset();
        begun = Clock::now();
        const int cuts = network.cuts();
        auto receiving = follow(*social_worker_);
        await("its item", [&] { return file_on(*social_worker_).contains("id"); });
        const Background fetching{
            programs_.samsyn,
            {"--data", social_worker_->folder().string(), "attachment", "fetch", item_},
            folder("fetch.log")};
        await("a third of it", [&] {
            const json file = file_on(*social_worker_);
            return file["here"].get<std::size_t>() * 3 > file["sealed"].get<std::size_t>();
        });
        receiving.reset();
        social_worker_->power_off();
        (void)social_worker_->unlock_by_phrase();
        tell("The other tablet died with a third of it, and is on again.");
        receiving = follow(*social_worker_);
        await("the rest", [&] { return file_on(*social_worker_)["state"] == "here"; });
        tell("On the other tablet after " + since(begun) + " and " +
             std::to_string(network.cuts() - cuts) + " cuts.");
    }

    void compare() {
        chapter(5, "It is the same file");
        (void)social_worker_->run(
            {"attachment", "save", item_, "--out", folder("saved.mp4").string()});
        if (!same_content(folder("film.mp4"), folder("saved.mp4")))
            throw std::runtime_error("the file is another");
        tell("Every byte of it.");
    }

    std::size_t bytes_;
    std::chrono::milliseconds every_;
    std::string item_;
};

}  // namespace

}  // namespace story

int main(int argc, char** argv) {
    if (argc < 3 || argc > 5 || std::string_view{argv[1]} != "--bin") {
        std::fprintf(stderr, "usage: story_large_file --bin BUILD_FOLDER [MEGABYTES [SECONDS]]\n");
        return 2;
    }
    const std::filesystem::path bin{argv[2]};
    const long megabytes = argc > 3 ? std::strtol(argv[3], nullptr, 10) : 12;
    const double seconds = argc > 4 ? std::strtod(argv[4], nullptr) : 2;
    if (megabytes < 1 || megabytes > 250 || !(seconds >= 0.2 && seconds <= 60)) {
        std::fprintf(stderr, "1 to 250 megabytes; 0.2 to 60 seconds between two cuts\n");
        return 2;
    }
    std::printf("An invented family. Every step runs the real programs.\n");
    try {
        story::LargeFile{{bin / "client-sdk" / "samsyn", bin / "sync-server" / "samsyn-server"},
                         static_cast<std::size_t>(megabytes) * 1'000'000,
                         std::chrono::milliseconds{static_cast<long>(seconds * 1000)}}
            .tell_all();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "\nThe file did not arrive: %s\n", error.what());
        return 1;
    }
    std::printf("\nThe file has arrived: five chapters, all as promised.\n");
    return 0;
}
