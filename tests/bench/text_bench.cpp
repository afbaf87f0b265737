#include "tests/bench/text_bench.hpp"

#include "core/text/text_document.hpp"
#include "tests/bench/text_traces.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace samsyn::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

template <class T>
T sure(Result<T> result) {
    if (!result) throw std::runtime_error{to_string(result.error())};
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The median of several times, in milliseconds.
template <class Work>
double median_ms(int times, Work work) {
    std::vector<double> taken;
    for (int i = 0; i < times; ++i) {
        const auto start = SteadyClock::now();
        work();
        taken.push_back(
            std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count());
    }
    std::ranges::nth_element(taken, taken.begin() + times / 2);
    return taken[static_cast<std::size_t>(times) / 2];
}

DeviceId device(std::uint32_t agent) {
    DeviceId id;
    id.bytes[0] = static_cast<std::byte>(agent + 1);
    return id;
}

void write(TextDocument& document, const TextTrace::Patch& patch) {
    if (patch.erased > 0) sure(document.erase(patch.position, patch.erased));
    if (!patch.inserted.empty()) sure(document.insert(patch.position, patch.inserted));
}

void expect(const TextDocument& document, const TextTrace& trace) {
    if (document.text() != trace.end) throw std::runtime_error{trace.name + ": another end"};
}

/// What each transaction was as runs, made by replicas that know what their writers knew.
std::vector<std::vector<Bytes>> runs_of(const TextTrace& trace) {
    struct Replica {
        TextDocument document;
        std::vector<std::uint32_t> known;  ///< how many transactions of each
    };

    std::vector<Replica> replicas;
    for (std::uint32_t i = 0; i < trace.agents; ++i)
        replicas.push_back({TextDocument{device(i)}, std::vector<std::uint32_t>(trace.agents)});
    std::vector<std::vector<std::uint32_t>> own(trace.agents);
    std::vector<std::vector<std::uint32_t>> known;
    std::vector<std::vector<Bytes>> runs;
    for (std::uint32_t i = 0; i < trace.transactions.size(); ++i) {
        const TextTrace::Transaction& transaction = trace.transactions[i];
        Replica& who = replicas[transaction.agent];
        std::vector<std::uint32_t> wanted = who.known;
        for (const std::uint32_t parent : transaction.parents)
            for (std::uint32_t a = 0; a < trace.agents; ++a)
                wanted[a] = std::max(wanted[a], known[parent][a]);
        std::vector<std::uint32_t> missing;
        for (std::uint32_t a = 0; a < trace.agents; ++a)
            for (std::uint32_t n = who.known[a]; n < wanted[a]; ++n) missing.push_back(own[a][n]);
        std::ranges::sort(missing);
        for (const std::uint32_t index : missing)
            for (const Bytes& run : runs[index])
                sure(who.document.apply(sure(decode_text_run(run))));
        for (const TextTrace::Patch& patch : transaction.patches) write(who.document, patch);
        std::vector<Bytes> taken;
        for (const TextRun& run : sure(who.document.take_runs())) taken.push_back(encode(run));
        runs.push_back(std::move(taken));
        own[transaction.agent].push_back(i);
        wanted[transaction.agent] = static_cast<std::uint32_t>(own[transaction.agent].size());
        who.known = wanted;
        known.push_back(wanted);
    }
    return runs;
}

TextDocument merged(const std::vector<Bytes>& runs) {
    TextDocument document{device(250)};
    for (const Bytes& run : runs) sure(document.apply(sure(decode_text_run(run))));
    return document;
}

std::size_t bytes_of(const std::vector<Bytes>& runs) {
    std::size_t sum = 0;
    for (const Bytes& run : runs) sum += run.size();
    return sum;
}

/// What a document costs as it is stored, and opened again.
void print_stored(const TextDocument& document, const TextTrace& trace) {
    const Bytes saved = sure(document.save());
    const auto strokes = static_cast<double>(trace.keystrokes());
    const double save = median_ms(9, [&] { (void)sure(document.save()); });
    const double open = median_ms(51, [&] {
        const TextDocument opened = sure(TextDocument::load(saved, device(0)));
        if (opened.text().size() != trace.end.size()) throw std::runtime_error{"size"};
    });
    const double edit = median_ms(51, [&] {
        TextDocument opened = sure(TextDocument::load(saved, device(0)));
        sure(opened.insert(opened.size() / 2, "a"));
    });
    std::printf(
        "  stored %zu bytes for a text of %zu: %.2f a keystroke; saved in %.2f ms, "
        "reopened in %.3f ms, with a first edit %.3f ms; in memory %zu kB\n",
        saved.size(),
        trace.end.size(),
        static_cast<double>(saved.size()) / strokes,
        save,
        open,
        edit,
        document.memory_bytes() / 1024);
}

void bench_sequential(const TextTrace& trace) {
    const double ms = median_ms(7, [&] {
        TextDocument document{device(0)};
        for (const auto& transaction : trace.transactions)
            for (const TextTrace::Patch& patch : transaction.patches) write(document, patch);
        expect(document, trace);
    });
    TextDocument document{device(0)};
    std::vector<Bytes> runs;
    std::size_t strokes = 0;
    for (const auto& transaction : trace.transactions) {
        for (const TextTrace::Patch& patch : transaction.patches) write(document, patch);
        if (++strokes % 100 == 0)
            for (const TextRun& run : sure(document.take_runs())) runs.push_back(encode(run));
    }
    for (const TextRun& run : sure(document.take_runs())) runs.push_back(encode(run));
    const double merge = median_ms(7, [&] { expect(merged(runs), trace); });
    std::printf(
        "  written in %.1f ms, %.3f us a patch; %zu runs of 100 patches, %zu bytes, "
        "%.2f a keystroke, applied elsewhere in %.1f ms\n",
        ms,
        ms * 1e3 / static_cast<double>(trace.patches()),
        runs.size(),
        bytes_of(runs),
        static_cast<double>(bytes_of(runs)) / static_cast<double>(trace.keystrokes()),
        merge);
    print_stored(document, trace);
}

void bench_concurrent(const TextTrace& trace) {
    std::vector<Bytes> all;
    for (auto& runs : runs_of(trace))
        for (Bytes& run : runs) all.push_back(std::move(run));
    const TextDocument document = merged(all);
    expect(document, trace);
    std::vector<Bytes> compact;
    for (const TextRun& run : sure(document.missing_since({}))) compact.push_back(encode(run));
    const double each = median_ms(7, [&] { expect(merged(all), trace); });
    const double whole = median_ms(7, [&] { expect(merged(compact), trace); });
    std::printf(
        "  merged in %.2f ms from %zu runs as they were sent (%zu bytes), in %.2f ms from "
        "%zu as another replica gives them (%zu bytes)\n",
        each,
        all.size(),
        bytes_of(all),
        whole,
        compact.size(),
        bytes_of(compact));
    print_stored(document, trace);
}

}  // namespace

void bench_text(const std::filesystem::path& folder) {
    std::vector<TextTrace> traces;
    if (std::filesystem::exists(folder)) traces = read_traces(folder);
    if (traces.empty()) {
        traces = synthetic_traces();
        write_traces(traces, folder);
    }
    for (const TextTrace& trace : traces) {
        std::printf("\n%s: %u writers, %zu transactions, %zu patches, %zu keystrokes\n",
                    trace.name.c_str(),
                    trace.agents,
                    trace.transactions.size(),
                    trace.patches(),
                    trace.keystrokes());
        if (trace.sequential && trace.agents == 1)
            bench_sequential(trace);
        else
            bench_concurrent(trace);
    }
}

}  // namespace samsyn::bench
