#include "sync-server/metrics/metrics.hpp"

#include <atomic>
#include <mutex>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <vector>

namespace samsyn {

namespace {

using prometheus::ClientMetric;
using prometheus::Histogram;
using prometheus::MetricFamily;
using prometheus::MetricType;
using std::chrono::steady_clock;
using Count = std::atomic<std::uint64_t>;

constexpr std::array end_names{
#define SAMSYN_ROW(name, sentence) std::string_view{#name},
    SAMSYN_END_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
};
constexpr std::array end_sentences{
#define SAMSYN_ROW(name, sentence) std::string_view{sentence},
    SAMSYN_END_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
};
constexpr std::array<std::string_view, 3> state_names{"handshake", "session", "closing"};
constexpr std::array<std::string_view, 2> not_taken_names{"block_is_full", "too_often"};

const Histogram::BucketBoundaries times{
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
const Histogram::BucketBoundaries sizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};

double seconds(steady_clock::duration time) {
    return std::chrono::duration<double>(time).count();
}

/// The families of one answer, as they are filled in.
class Page {
public:
    void count(const char* name, const char* help, double value) {
        add(name, help, MetricType::Counter).metric.emplace_back().counter.value = value;
    }

    void level(const char* name, const char* help, double value) {
        add(name, help, MetricType::Gauge).metric.emplace_back().gauge.value = value;
    }

    template <class Value>
    void level_if(const char* name, const char* help, const std::optional<Value>& value) {
        if (value) level(name, help, static_cast<double>(*value));
    }

    void histogram(const char* name, const char* help, const Histogram& of) {
        add(name, help, MetricType::Histogram).metric.push_back(of.Collect());
    }

    /// A family with one label; its values are added to the result.
    MetricFamily& counts(const char* name, const char* help) {
        return add(name, help, MetricType::Counter);
    }

    MetricFamily& levels(const char* name, const char* help) {
        return add(name, help, MetricType::Gauge);
    }

    std::string text() const { return prometheus::TextSerializer{}.Serialize(families_); }

private:
    MetricFamily& add(const char* name, const char* help, MetricType type) {
        return families_.emplace_back(MetricFamily{name, help, type, {}});
    }

    std::vector<MetricFamily> families_;
};

void put(MetricFamily& family, const char* label, std::string_view value, double number) {
    ClientMetric& metric = family.metric.emplace_back();
    metric.label.push_back({label, std::string{value}});
    if (family.type == MetricType::Counter)
        metric.counter.value = number;
    else
        metric.gauge.value = number;
}

template <std::size_t size>
void put_all(MetricFamily& family,
             const char* label,
             const std::array<std::string_view, size>& names,
             const std::array<Count, size>& counts) {
    for (std::size_t i = 0; i < size; ++i)
        put(family, label, names[i], static_cast<double>(counts[i].load()));
}

void put_codes(MetricFamily& family, const std::map<Errc, std::uint64_t>& counts) {
    for (const auto& [code, count] : counts)
        put(family, "reason", name_of(code), static_cast<double>(count));
}

}  // namespace

std::string_view name_of(EndReason reason) {
    return end_names.at(static_cast<std::size_t>(reason));
}

std::string_view sentence_of(EndReason reason) {
    return end_sentences.at(static_cast<std::size_t>(reason));
}

struct Metrics::Impl {
    std::array<Count, state_names.size()> connections{};
    std::array<Count, end_reasons> ends{};
    std::array<Count, not_taken_names.size()> not_taken{};
    Count queue_messages{0};
    Count queue_bytes{0};
    Count groups_failed{0};
    Count paused{0};
    std::atomic<std::int64_t> last_backup{0};
    Histogram group_size{sizes};
    Histogram push_to_commit{times};
    Histogram round{times};
    const std::chrono::sys_seconds started =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

    mutable std::mutex mutex;
    HubFigures hub;

    Count& in(ConnectionState state) { return connections.at(static_cast<std::size_t>(state)); }

    void put_edge(Page& page) const;
    void put_hub(Page& page) const;
};

void Metrics::Impl::put_edge(Page& page) const {
    put_all(page.levels("samsyn_connections", "Open connections by where they are"),
            "state",
            state_names,
            connections);
    put_all(page.counts("samsyn_connections_ended_total", "Connections that have ended, by why"),
            "reason",
            end_names,
            ends);
    put_all(
        page.counts("samsyn_connections_not_taken_total", "Closed at once after accept, by why"),
        "reason",
        not_taken_names,
        not_taken);
    page.count("samsyn_evictions_total",
               "Strangers that made room for others because all places were taken",
               static_cast<double>(ends[static_cast<std::size_t>(EndReason::made_room)].load()));
    page.level("samsyn_hub_queue_messages",
               "Messages that waited for the hub when it last looked",
               static_cast<double>(queue_messages.load()));
    page.level("samsyn_hub_queue_bytes", "Their bytes", static_cast<double>(queue_bytes.load()));
    page.histogram("samsyn_commit_batch_messages", "Messages in one commit", group_size);
    page.histogram("samsyn_push_to_commit_seconds",
                   "From a message's arrival to its durable commit",
                   push_to_commit);
    page.histogram(
        "samsyn_round_seconds", "Deciding, logging and handing out one round of frames", round);
    page.count("samsyn_groups_failed_total",
               "Commits that failed; their senders send again",
               static_cast<double>(groups_failed.load()));
    page.count("samsyn_links_paused_total",
               "Times that a link was not read because it did not take its answers",
               static_cast<double>(paused.load()));
}

void Metrics::Impl::put_hub(Page& page) const {
    const std::lock_guard lock{mutex};
    MetricFamily& sessions = page.levels("samsyn_sessions", "Sessions of proved devices, by kind");
    put(sessions, "kind", "full", static_cast<double>(hub.sessions));
    put(sessions, "kind", "restricted", static_cast<double>(hub.restricted_sessions));
    put(sessions, "kind", "hand_in", static_cast<double>(hub.hand_in_sessions));
    MetricFamily& pushes = page.counts("samsyn_pushes_total", "Pushes answered, by outcome");
    std::uint64_t refused = 0;
    for (const auto& [code, count] : hub.refused) refused += count;
    put(pushes, "outcome", "stored", static_cast<double>(hub.stored));
    put(pushes, "outcome", "duplicate", static_cast<double>(hub.duplicates));
    put(pushes, "outcome", "escrowed", static_cast<double>(hub.escrowed));
    put(pushes, "outcome", "refused", static_cast<double>(refused));
    put_codes(page.counts("samsyn_refusals_total", "Pushes refused, by reason"), hub.refused);
    put_codes(page.counts("samsyn_sessions_ended_total", "Links that the hub ended, by reason"),
              hub.closed);
    page.level("samsyn_log_rows", "Rows of the access log", static_cast<double>(hub.log_rows));
    page.level("samsyn_unconfirmed_purges",
               "Devices that lost keys and have not confirmed their purge, by disclosing unit",
               static_cast<double>(hub.unconfirmed_purges));
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}

Metrics::~Metrics() = default;

void Metrics::on_connection(ConnectionState state) {
    ++impl_->in(state);
}

void Metrics::on_connection_state(ConnectionState from, ConnectionState to) {
    --impl_->in(from);
    ++impl_->in(to);
}

void Metrics::on_connection_end(ConnectionState last, EndReason why) {
    --impl_->in(last);
    ++impl_->ends.at(static_cast<std::size_t>(why));
}

void Metrics::on_not_taken(NotTaken why) {
    ++impl_->not_taken.at(static_cast<std::size_t>(why));
}

void Metrics::set_queue(std::size_t messages, std::size_t bytes) {
    impl_->queue_messages = messages;
    impl_->queue_bytes = bytes;
}

void Metrics::on_group(std::size_t messages) {
    impl_->group_size.Observe(static_cast<double>(messages));
}

void Metrics::on_group_failed() {
    ++impl_->groups_failed;
}

void Metrics::on_paused() {
    ++impl_->paused;
}

void Metrics::observe_push_to_commit(steady_clock::duration time) {
    impl_->push_to_commit.Observe(seconds(time));
}

void Metrics::observe_round(steady_clock::duration time) {
    impl_->round.Observe(seconds(time));
}

void Metrics::set_hub(HubFigures figures) {
    const std::lock_guard lock{impl_->mutex};
    impl_->hub = std::move(figures);
}

void Metrics::set_last_backup(std::chrono::sys_seconds at) {
    impl_->last_backup = at.time_since_epoch().count();
}

std::string Metrics::text(const ScrapeFigures& now) const {
    Page page;
    page.level("samsyn_ready", "1 where the server serves", now.is_ready ? 1 : 0);
    page.level("samsyn_start_time_seconds",
               "When the server started, in seconds since 1970",
               static_cast<double>(impl_->started.time_since_epoch().count()));
    impl_->put_edge(page);
    impl_->put_hub(page);
    page.level_if("samsyn_storage_bytes", "Bytes of the database's files", now.storage_bytes);
    page.level_if("samsyn_storage_free_bytes", "Free bytes of its disk", now.storage_free_bytes);
    page.level_if("samsyn_tls_certificate_end_seconds",
                  "When the TLS certificate ends, in seconds since 1970",
                  now.certificate_ends);
    if (const auto at = impl_->last_backup.load(); at != 0)
        page.level("samsyn_last_backup_seconds",
                   "When the last verified backup was made, in seconds since 1970",
                   static_cast<double>(at));
    return page.text();
}

}  // namespace samsyn
