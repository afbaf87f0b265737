#pragma once

#include "core/model/change.hpp"
#include "core/store/database.hpp"

namespace samsyn {

/// More of one device's are not kept: nobody fills another's disk.
inline constexpr std::int64_t late_words_of_device_max = 64;

/// What a device wrote in an item that this one had taken back, without knowing of that. No copy of
/// the item holds it.
struct LateWords {
    std::uint64_t number = 0;
    DeviceId author;
    Change change;
};

/// Inside the device's database: same transactions, thread and errors as `DeviceStore`, whose purge
/// takes them along. The database must outlive it.
class LateRows {
public:
    explicit LateRows(Database& db) : db_(db) {}

    /// False where there are too many of this author.
    Result<bool> put(const CompartmentId& compartment,
                     const DeviceId& author,
                     const Change& change);

    /// In the order in which they came.
    Result<std::vector<LateWords>> of(const CompartmentId& compartment, const ItemId& item);

    /// The compartment that such words came in; none where there are no such.
    Result<std::optional<CompartmentId>> place_of(std::uint64_t number);

    Result<void> erase(std::uint64_t number);
    Result<void> erase_of(const CompartmentId& compartment);

private:
    Database& db_;
};

}  // namespace samsyn
