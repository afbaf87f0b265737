#pragma once

#include "client-sdk/device/names.hpp"
#include "core/model/item_type.hpp"
#include "core/store/device_store.hpp"

#include <vector>

namespace samsyn {

// What a device keeps about escrow among its small durable values (docs/STORAGE.md).

/// One of our own changes that went to escrow. Its text is gone from here.
struct SentEscrow {
    Hash id;
    std::uint64_t counter = 0;
    CaseId case_id;
    UnitId unit;
    ItemId item;
    ItemType type{};
    Instant written;
    Instant made;
    Error why;
    bool at_server = false;
};

Result<std::vector<SentEscrow>> sent_escrow(DeviceStore& store);
Result<void> put_sent_escrow(DeviceStore& store, const std::vector<SentEscrow>& rows);

/// An entry that this device was given to judge; its bytes are under `escrow_key`.
struct HeldEscrow {
    Hash id;
    CompartmentId compartment;  ///< none for a statement
};

Result<std::vector<HeldEscrow>> held_escrow(DeviceStore& store);
Result<void> put_held_escrow(DeviceStore& store, const std::vector<HeldEscrow>& rows);

inline std::string escrow_key(const Hash& id) {
    return key_for("escrow", id);
}

/// Marks that entries of a compartment were dropped when this user lost the ground there.
inline std::string escrow_dropped_key(const CompartmentId& compartment) {
    return key_for("escrow.dropped", compartment);
}

/// A receipt that is owed: the compartment is purged, or will be with the transaction.
struct OwedReceipt {
    CaseId case_id;
    UnitId unit;
    CompartmentId compartment;
    std::vector<StatementId> because;  ///< sorted, at most `statement_names_max`
    Instant noticed_at;
};

Result<std::vector<OwedReceipt>> owed_receipts(DeviceStore& store);
Result<void> put_owed_receipts(DeviceStore& store, const std::vector<OwedReceipt>& rows);

}  // namespace samsyn
