#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

Device::Impl::Impl(DeviceStore opened, DeviceConfig settings, Ports doors)
    : store(std::move(opened)),
      config(std::move(settings)),
      ports(doors),
      self(hash_to<DeviceId>(doors.hasher, Domain::device_id, {doors.signer.public_key().view()})) {
}

namespace {

Result<std::set<StatementId>> stored_ids(DeviceStore& store, std::string_view key) {
    std::set<StatementId> ids;
    const auto bytes = SAMSYN_TRY(store.value(key));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) ids.insert(SAMSYN_TRY(in.id<StatementId>("stored statement")));
    return ids;
}

Result<KnownCompartment> load_compartment(DeviceStore& store,
                                          const StoredCompartment& stored,
                                          const Hasher& hasher) {
    KnownCompartment known{.stored = stored, .epochs = {}};
    for (const StoredEpoch& epoch : SAMSYN_TRY(store.epochs(stored.id))) {
        KnownEpoch& judged = put_packet(known, SAMSYN_TRY(decode_packet(epoch.packet, hasher)));
        judged.has_key = judged.has_key || epoch.has_key;
        judged.closed =
            judged.closed || SAMSYN_TRY(store.value(key_for("closed", epoch.id))).has_value();
        judged.given_to.merge(SAMSYN_TRY(holders(store, epoch.id)));
    }
    return known;
}

}  // namespace

Result<void> Device::Impl::load() {
    federation_graph = {};
    case_graphs.clear();
    known.clear();
    views_.clear();
    cache_.forget_all();
    federation_ = {};
    federation_stale_ = true;
    newest_own_ = {};

    unaccepted = SAMSYN_TRY(stored_ids(store, key_unaccepted));
    const auto discarded = SAMSYN_TRY(stored_ids(store, key_discarded));
    const auto take = [&](ByteView bytes) -> Result<void> {
        auto statement = SAMSYN_TRY(decode_statement(bytes, ports.hasher));
        if (discarded.contains(statement.id)) return {};
        remember(std::make_shared<const Statement>(std::move(statement)));
        return {};
    };
    SAMSYN_TRY(store.for_each_statement(take));
    for (const StoredCompartment& stored : SAMSYN_TRY(store.compartments()))
        known.emplace(stored.id, SAMSYN_TRY(load_compartment(store, stored, ports.hasher)));

    const Instant never{};
    server_time_ = SAMSYN_TRY(instant(key_server_time)).value_or(never);
    floor_ = floor_saved_ = SAMSYN_TRY(instant(key_floor)).value_or(never);
    // One from before there were leases goes by the newest signed time.
    fresh_at_ = SAMSYN_TRY(instant(key_fresh)).value_or(server_time_);
    HybridTime last{};
    if (const auto bytes = SAMSYN_TRY(store.value(key_clock))) {
        Reader in{*bytes};
        last.value = SAMSYN_TRY(in.number<std::uint64_t>("clock"));
    }
    if (const auto bytes = SAMSYN_TRY(store.value(key_offset))) {
        Reader in{*bytes};
        const auto raw = SAMSYN_TRY(in.number<std::uint64_t>("offset"));
        offset_ = std::chrono::milliseconds{static_cast<std::int64_t>(raw)};
    } else {
        offset_ = {};
    }
    saved_ = last;
    clock_ = HybridClock{last};
    memory_touched_ = false;
    return {};
}

Result<void> Device::Impl::put_instant(std::string_view key, Instant value) {
    Writer out;
    out.instant(value);
    return store.put_value(key, out.view());
}

Result<std::optional<Instant>> Device::Impl::instant(std::string_view key) {
    const auto bytes = SAMSYN_TRY(store.value(key));
    if (!bytes || bytes->empty()) return std::optional<Instant>{};
    Reader in{*bytes};
    return std::optional<Instant>{SAMSYN_TRY(in.instant(key))};
}

Device::Device(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Device::~Device() = default;

Result<std::unique_ptr<Device>> Device::open(const std::filesystem::path& database_file,
                                             DatabaseMode mode,
                                             const DeviceConfig& config,
                                             Ports ports) {
    auto database =
        SAMSYN_TRY(mode == DatabaseMode::create ? Database::create(database_file, ports.pages)
                                                : Database::open(database_file, ports.pages));
    auto store = SAMSYN_TRY(DeviceStore::open(std::move(database)));
    auto impl = std::make_unique<Impl>(std::move(store), config, ports);
    SAMSYN_TRY(impl->load());
    return std::unique_ptr<Device>{new Device(std::move(impl))};
}

Result<std::unique_ptr<Device>> Device::open_in_memory(const DeviceConfig& config, Ports ports) {
    auto database = SAMSYN_TRY(Database::open_in_memory());
    auto store = SAMSYN_TRY(DeviceStore::open(std::move(database)));
    auto impl = std::make_unique<Impl>(std::move(store), config, ports);
    SAMSYN_TRY(impl->load());
    return std::unique_ptr<Device>{new Device(std::move(impl))};
}

}  // namespace samsyn
