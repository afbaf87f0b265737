#pragma once

#include "sync-server/storage/storage.hpp"

namespace samsyn {

/// Passes every call on. What a test wants otherwise it overrides, and nothing else.
class ForwardingStorage : public Storage {
public:
    explicit ForwardingStorage(std::unique_ptr<Storage> real) : real_(std::move(real)) {}

    Result<void> begin() override { return real_->begin(); }

    Result<void> commit() override { return real_->commit(); }

    void rollback() override { real_->rollback(); }

    Result<EntryNumber> append(const LogEntry& entry) override { return real_->append(entry); }

    Result<std::optional<LogEntry>> find(const Hash& hash) override { return real_->find(hash); }

    Result<std::optional<Hash>> hash_at(const DeviceId& device, std::uint64_t counter) override {
        return real_->hash_at(device, counter);
    }

    Result<void> record_offer(const DeviceId& device,
                              std::uint64_t counter,
                              const Hash& hash) override {
        return real_->record_offer(device, counter, hash);
    }

    Result<CounterState> counters(const DeviceId& device) override {
        return real_->counters(device);
    }

    Result<std::vector<LogEntry>> read(const Channel& channel,
                                       EntryNumber after,
                                       std::size_t bytes_max) override {
        return real_->read(channel, after, bytes_max);
    }

    Result<EntryNumber> last_number(const Channel& channel) override {
        return real_->last_number(channel);
    }

    Result<void> put_escrow(const LogEntry& entry, const Error& why) override {
        return real_->put_escrow(entry, why);
    }

    Result<void> for_each(EntryKind kind,
                          const std::function<Result<void>(const LogEntry&)>& visit) override {
        return real_->for_each(kind, visit);
    }

    Result<void> put_write(const WriteRecord& write) override { return real_->put_write(write); }

    Result<bool> has_write(const WriteRecord& write) override { return real_->has_write(write); }

    UnlockRecords& unlocks() override { return real_->unlocks(); }

    FleetRecords& fleet() override { return real_->fleet(); }

    AttachmentRecords& attachments() override { return real_->attachments(); }

    LogRecords& log() override { return real_->log(); }

    Result<std::uint64_t> count(EntryKind kind) override { return real_->count(kind); }

    Result<void> put_log_row(const Hash& entry, std::uint64_t row) override {
        return real_->put_log_row(entry, row);
    }

    Result<std::optional<std::uint64_t>> log_row(const Hash& entry) override {
        return real_->log_row(entry);
    }

    Result<std::unique_ptr<StorageCopy>> copy_to(const std::filesystem::path& folder,
                                                 PageCipher& pages) override {
        return real_->copy_to(folder, pages);
    }

    Result<void> put_value(std::string_view key, ByteView value) override {
        return real_->put_value(key, value);
    }

    Result<std::optional<Bytes>> value(std::string_view key) override { return real_->value(key); }

private:
    std::unique_ptr<Storage> real_;
};

}  // namespace samsyn
