#pragma once

#include "core/policy/decide.hpp"
#include "core/policy/lease.hpp"

#include <span>

namespace samsyn {

// What follows a denial: who may open unsent work, and which devices have not confirmed that they
// hold nothing any more (DESIGN.md, "Purge", "Escrow").

/// The devices for which unsent work under `label` is put in escrow: of those that `decide` permits
/// to read it, the ones of the disclosing unit's leads and coordinators in this case; where there
/// are none, of whoever takes part for that unit: only they receive its notices. Never somebody
/// whom a lock keeps out. Sorted; empty where nobody is left.
std::vector<DeviceId> escrow_recipients(const Label& label,
                                        const Statements& statements,
                                        const StatuteTable& table,
                                        Instant now);

/// May the device say what becomes of escrow for this unit of the case at `at`? The duty is that of
/// `escrow_recipients`, without a label: lead or coordinator for the unit, the case's lead, or,
/// where the unit has neither lead nor coordinator, anyone who takes part for it.
bool may_judge_escrow(const DeviceId& device,
                      const UnitId& unit,
                      const CaseView& view,
                      const Federation& federation,
                      Instant at);

/// True where the device's user was ever on a roster of the case, or leads or opened it, on a
/// device that its unit's organisation certified: enough to hand in what it has.
bool took_part_once(const DeviceId& device, const CaseView& view, const Federation& federation);

/// That a device had the key of a compartment: it is a recipient of a packet, or of a supplement.
struct KeyHolding {
    CompartmentId compartment;
    Label label;
    DeviceId device;
    Instant newest;  ///< instant of the newest packet that gave it one
};

/// A device that held keys, may not read any more, and has not said that they are gone.
struct Unconfirmed {
    DeviceId device;
    UserId user;
    UnitId unit;                              ///< the disclosing unit that waits for the receipt
    std::vector<CompartmentId> compartments;  ///< sorted
    Instant since;  ///< when it lost its ground, as far as the statements say
    /// When its reading has locked itself at the latest: in contact it would have purged.
    Instant lease_ends;
    bool revoked = false;
    friend bool operator==(const Unconfirmed&, const Unconfirmed&) = default;
};

/// Of these holdings of one case, those without ground and without a receipt since. A receipt
/// counts for what its own device names in it, and for keys from before it. Sorted by (since,
/// device, unit). Pure; thread-safe.
std::vector<Unconfirmed> unconfirmed(std::span<const KeyHolding> holdings,
                                     const StatementGraph& case_graph,
                                     const StatementGraph& federation_graph,
                                     const Statements& statements,
                                     const StatuteTable& table,
                                     Instant now);

/// When a read happened, against a withdrawal that the device learnt of later (C-22).
enum class ReadAgainstNotice : std::uint8_t {
    before,         ///< before the withdrawal itself
    before_notice,  ///< after it, before the device knew
    after_notice,   ///< with knowledge: a fault, or a clock
};

/// `closed_at` of the statement, `noticed_at` of the receipt, the read's instant on the device's
/// clock.
ReadAgainstNotice classify_read(Instant read, Instant closed_at, Instant noticed_at);

}  // namespace samsyn
