#include "tests/bench/text_traces.hpp"

#include "core/text/text_document.hpp"
#include "core/text/varint.hpp"
#include "tests/support/dice.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace samsyn::bench {
namespace {

constexpr std::string_view words[] = {
    "familjen", "mötet", "skolan", "och",      "att",    "det",         "har", "inte",
    "en",       "som",   "barnet", "på",       "med",    "till",        "för", "vi",
    "om",       "var",   "enligt", "mamma",    "åtgärd", "veckan",      "när", "stöd",
    "är",       "hon",   "han",    "kallelse", "beslut", "återkoppling"};

/// A person at a keyboard: bursts of words, slips taken back, the cursor moved about.
class Typist {
public:
    explicit Typist(std::uint64_t seed) : dice_(seed) {}

    /// The next stroke on a text of `size` code points.
    TextTrace::Patch stroke(std::uint32_t size) {
        cursor_ = std::min(cursor_, size);
        if (burst_ == 0) begin_burst(size);
        --burst_;
        if (erasing_ && cursor_ > 0) return {--cursor_, 1, {}};
        erasing_ = false;
        return {cursor_++, 0, next_letter()};
    }

    /// Others wrote before the cursor.
    void moved(std::int64_t by) {
        cursor_ = static_cast<std::uint32_t>(std::max<std::int64_t>(0, cursor_ + by));
    }

    std::uint32_t cursor() const { return cursor_; }

private:
    void begin_burst(std::uint32_t size) {
        const bool jumps = dice_.percent(22);
        if (jumps && size > 0)
            cursor_ = dice_.percent(70)
                          ? near(size)
                          : static_cast<std::uint32_t>(dice_.below(std::uint64_t{size} + 1));
        erasing_ = dice_.percent(44);
        burst_ = erasing_ ? dice_.between(1, dice_.percent(8) ? 120 : 9) : dice_.between(4, 40);
    }

    std::uint32_t near(std::uint32_t size) {
        const auto far = static_cast<std::int64_t>(dice_.below(400)) - 200;
        return static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(std::int64_t{cursor_} + far, 0, size));
    }

    std::string next_letter() {
        if (at_ >= word_.size()) {
            word_ = words[dice_.below(std::size(words))];
            at_ = 0;
            return dice_.percent(3) ? "\n" : dice_.percent(8) ? "." : " ";
        }
        const std::size_t bytes = text::bytes_of_points(word_.substr(at_), 1);
        at_ += bytes;
        return std::string{word_.substr(at_ - bytes, bytes)};
    }

    Dice dice_;
    std::uint32_t cursor_ = 0;
    std::uint64_t burst_ = 0;
    bool erasing_ = false;
    std::string_view word_;
    std::size_t at_ = 0;
};

DeviceId agent_device(std::uint32_t agent) {
    DeviceId id;
    id.bytes[0] = static_cast<std::byte>(agent + 1);
    return id;
}

void must(const Result<void>& result) {
    if (!result) throw std::runtime_error{to_string(result.error())};
}

void edit(TextDocument& document, const TextTrace::Patch& patch) {
    must(document.erase(patch.position, patch.erased));
    must(document.insert(patch.position, patch.inserted));
}

TextTrace sequential(std::string name, std::size_t strokes, std::uint64_t seed) {
    TextTrace trace{.name = std::move(name), .transactions = {}, .end = {}};
    Typist typist{seed};
    TextDocument document{agent_device(0)};
    for (std::uint32_t i = 0; i < strokes; ++i) {
        const TextTrace::Patch patch = typist.stroke(document.size());
        edit(document, patch);
        trace.transactions.push_back({{}, 0, {patch}});
        if (i > 0) trace.transactions.back().parents = {i - 1};
    }
    trace.end = document.text();
    return trace;
}

/// Several people, each with a document, who hear of each other's transactions when told to.
class Writers {
public:
    Writers(std::string name, std::uint32_t agents, std::uint64_t seed) {
        trace_.name = std::move(name);
        trace_.agents = agents;
        trace_.sequential = false;
        for (std::uint32_t i = 0; i < agents; ++i)
            people_.push_back({TextDocument{agent_device(i)},
                               Typist{seed * 100 + i},
                               std::vector<std::uint32_t>(agents),
                               {}});
        // Everybody begins from one text, as the public traces do.
        write(0, 1);
        for (std::uint32_t i = 1; i < agents; ++i) hear(i, 0, 1);
    }

    void write(std::uint32_t who, std::uint32_t strokes) {
        Person& person = people_[who];
        TextTrace::Transaction transaction{parents_of(who), who, {}};
        for (std::uint32_t i = 0; i < strokes; ++i) {
            transaction.patches.push_back(person.typist.stroke(person.document.size()));
            edit(person.document, transaction.patches.back());
        }
        person.own.push_back({static_cast<std::uint32_t>(trace_.transactions.size()),
                              person.document.take_runs().value(),
                              person.known});
        trace_.transactions.push_back(std::move(transaction));
        ++person.known[who];
        person.own.back().known = person.known;
    }

    /// The first `count` transactions of another, and whatever was known then.
    void hear(std::uint32_t who, std::uint32_t other, std::uint32_t count) {
        Person& person = people_[who];
        count =
            std::min<std::uint32_t>(count, static_cast<std::uint32_t>(people_[other].own.size()));
        while (person.known[other] < count) {
            const Sent& sent = people_[other].own[person.known[other]];
            for (std::uint32_t third = 0; third < people_.size(); ++third)
                if (third != other && third != who && sent.known[third] > person.known[third])
                    hear(who, third, sent.known[third]);
            for (const TextRun& run : sent.runs) {
                const std::vector<TextPatch> patches = person.document.apply(run).value();
                for (const TextPatch& patch : patches)
                    if (patch.position <= person.typist.cursor())
                        person.typist.moved(std::int64_t{text::count_points(patch.inserted)} -
                                            patch.erased);
            }
            ++person.known[other];
        }
    }

    std::uint32_t sent(std::uint32_t who) const {
        return static_cast<std::uint32_t>(people_[who].own.size());
    }

    TextTrace finish() {
        for (std::uint32_t i = 1; i < people_.size(); ++i) hear(0, i, sent(i));
        write(0, 1);
        trace_.end = people_[0].document.text();
        return std::move(trace_);
    }

private:
    struct Sent {
        std::uint32_t index;
        std::vector<TextRun> runs;
        std::vector<std::uint32_t> known;
    };

    struct Person {
        TextDocument document;
        Typist typist;
        std::vector<std::uint32_t> known;  ///< how many transactions of each
        std::vector<Sent> own;
    };

    std::vector<std::uint32_t> parents_of(std::uint32_t who) const {
        std::vector<std::uint32_t> parents;
        const auto& known = people_[who].known;
        for (std::uint32_t i = 0; i < people_.size(); ++i) {
            if (known[i] == 0) continue;
            bool dominated = false;
            for (std::uint32_t j = 0; j < people_.size(); ++j)
                dominated |=
                    j != i && known[j] > 0 && people_[j].own[known[j] - 1].known[i] >= known[i];
            if (!dominated) parents.push_back(people_[i].own[known[i] - 1].index);
        }
        std::ranges::sort(parents);
        return parents;
    }

    TextTrace trace_;
    std::vector<Person> people_;
};

/// All online, some strokes a turn, which the others have after `late` further turns.
TextTrace live(std::string name, std::uint32_t agents, std::uint32_t turns, std::uint32_t late) {
    Writers writers{std::move(name), agents, agents};
    Dice dice{agents};
    std::vector<std::vector<std::uint32_t>> sent;
    for (std::uint32_t i = 0; i < turns; ++i) {
        const auto who = static_cast<std::uint32_t>(dice.below(agents));
        if (sent.size() >= late)
            for (std::uint32_t other = 0; other < agents; ++other)
                if (other != who) writers.hear(who, other, sent[sent.size() - late][other]);
        writers.write(who, static_cast<std::uint32_t>(dice.between(1, 12)));
        std::vector<std::uint32_t> counts(agents);
        for (std::uint32_t other = 0; other < agents; ++other) counts[other] = writers.sent(other);
        sent.push_back(std::move(counts));
    }
    return writers.finish();
}

/// Each alone for a long while, then they meet.
TextTrace branches(std::string name,
                   std::uint32_t agents,
                   std::uint32_t rounds,
                   std::uint32_t most) {
    Writers writers{std::move(name), agents, agents + 50};
    Dice dice{rounds};
    for (std::uint32_t round = 0; round < rounds; ++round) {
        for (std::uint32_t who = 0; who < agents; ++who) {
            const auto strokes = dice.between(most / 4, most);
            for (std::uint64_t done = 0; done < strokes; done += 20) writers.write(who, 20);
        }
        for (std::uint32_t who = 0; who < agents; ++who)
            for (std::uint32_t other = 0; other < agents; ++other)
                if (other != who && dice.percent(60)) writers.hear(who, other, writers.sent(other));
    }
    return writers.finish();
}

}  // namespace

std::size_t TextTrace::patches() const {
    std::size_t sum = 0;
    for (const Transaction& transaction : transactions) sum += transaction.patches.size();
    return sum;
}

std::size_t TextTrace::keystrokes() const {
    std::size_t sum = 0;
    for (const Transaction& transaction : transactions)
        for (const Patch& patch : transaction.patches)
            sum += patch.erased + text::count_points(patch.inserted);
    return sum;
}

std::vector<TextTrace> synthetic_traces() {
    std::vector<TextTrace> traces;
    traces.push_back(sequential("synthetic-paper", 260'000, 1));
    traces.push_back(sequential("synthetic-minutes", 25'000, 2));
    traces.push_back(live("synthetic-two-live", 2, 4'000, 2));
    traces.push_back(live("synthetic-ten-live", 10, 4'000, 12));
    traces.push_back(branches("synthetic-offline", 4, 12, 1'000));
    traces.push_back(branches("synthetic-long-branches", 6, 4, 8'000));
    return traces;
}

std::vector<TextTrace> read_traces(const std::filesystem::path& folder) {
    std::vector<TextTrace> traces;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream file{entry.path()};
        const auto json = nlohmann::json::parse(file);
        if (!json.contains("txns")) continue;
        TextTrace trace{.name = entry.path().stem().string(), .transactions = {}, .end = {}};
        trace.agents = json.value("numAgents", 1U);
        trace.end = json.at("endContent").get<std::string>();
        for (const auto& txn : json.at("txns")) {
            TextTrace::Transaction transaction;
            const auto index = static_cast<std::uint32_t>(trace.transactions.size());
            if (txn.contains("parents"))
                transaction.parents = txn["parents"].get<std::vector<std::uint32_t>>();
            else if (index > 0)
                transaction.parents = {index - 1};
            transaction.agent = txn.value("agent", 0U);
            for (const auto& patch : txn.at("patches"))
                transaction.patches.push_back({patch[0], patch[1], patch[2]});
            trace.sequential &= index == 0 || transaction.parents == std::vector{index - 1};
            trace.transactions.push_back(std::move(transaction));
        }
        traces.push_back(std::move(trace));
    }
    std::ranges::sort(traces, {}, &TextTrace::name);
    return traces;
}

void write_traces(const std::vector<TextTrace>& traces, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const TextTrace& trace : traces) {
        nlohmann::json txns = nlohmann::json::array();
        for (const TextTrace::Transaction& transaction : trace.transactions) {
            nlohmann::json patches = nlohmann::json::array();
            for (const TextTrace::Patch& patch : transaction.patches)
                patches.push_back({patch.position, patch.erased, patch.inserted});
            txns.push_back({{"parents", transaction.parents},
                            {"agent", transaction.agent},
                            {"patches", std::move(patches)}});
        }
        std::ofstream{folder / (trace.name + ".json")}
            << nlohmann::json{{"kind", trace.sequential ? "sequential" : "concurrent"},
                              {"startContent", ""},
                              {"endContent", trace.end},
                              {"numAgents", trace.agents},
                              {"txns", std::move(txns)}};
    }
}

}  // namespace samsyn::bench
