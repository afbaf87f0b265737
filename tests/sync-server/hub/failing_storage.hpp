#pragma once

#include "tests/support/forwarding_storage.hpp"

namespace samsyn {

/// Fails its n-th call, once.
class FailingStorage : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    void fail_at(std::uint64_t call) { left_ = call; }

    void never_fail() { left_.reset(); }

    bool failed() const { return failed_; }

    std::uint64_t commits() const { return commits_; }

    void forget() { failed_ = false; }

    Result<void> begin() override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::begin();
    }

    Result<void> commit() override {
        if (const auto passed = pass(); !passed) {
            rollback();
            return passed;
        }
        ++commits_;
        return ForwardingStorage::commit();
    }

    Result<EntryNumber> append(const LogEntry& entry) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::append(entry);
    }

    Result<std::optional<LogEntry>> find(const Hash& hash) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::find(hash);
    }

    Result<std::optional<Hash>> hash_at(const DeviceId& device, std::uint64_t counter) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::hash_at(device, counter);
    }

    Result<void> record_offer(const DeviceId& device,
                              std::uint64_t counter,
                              const Hash& hash) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::record_offer(device, counter, hash);
    }

    Result<CounterState> counters(const DeviceId& device) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::counters(device);
    }

    Result<std::vector<LogEntry>> read(const Channel& channel,
                                       EntryNumber after,
                                       std::size_t bytes_max) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::read(channel, after, bytes_max);
    }

    Result<EntryNumber> last_number(const Channel& channel) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::last_number(channel);
    }

    Result<void> put_escrow(const LogEntry& entry, const Error& why) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::put_escrow(entry, why);
    }

    Result<void> for_each(EntryKind kind,
                          const std::function<Result<void>(const LogEntry&)>& visit) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::for_each(kind, visit);
    }

    Result<void> put_write(const WriteRecord& write) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::put_write(write);
    }

    Result<bool> has_write(const WriteRecord& write) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::has_write(write);
    }

    Result<void> put_log_row(const Hash& entry, std::uint64_t row) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::put_log_row(entry, row);
    }

    Result<std::optional<std::uint64_t>> log_row(const Hash& entry) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::log_row(entry);
    }

    Result<void> put_value(std::string_view key, ByteView value) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::put_value(key, value);
    }

    Result<std::optional<Bytes>> value(std::string_view key) override {
        SAMSYN_TRY(pass());
        return ForwardingStorage::value(key);
    }

private:
    Result<void> pass() {
        if (!left_) return {};
        if (*left_ > 0) {
            --*left_;
            return {};
        }
        left_.reset();
        failed_ = true;
        return fail(Errc::disk_full, "planted");
    }

    std::optional<std::uint64_t> left_;
    bool failed_ = false;
    std::uint64_t commits_ = 0;
};

}  // namespace samsyn
