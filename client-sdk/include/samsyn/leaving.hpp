#pragma once

#include "core/policy/leaving.hpp"

#include <samsyn/views.hpp>

namespace samsyn {

// What the device library tells about withdrawals made real: see `Device`.

enum class EscrowState : std::uint8_t {
    sending,  ///< not yet at the server
    held,     ///< waits for a case lead
    released,
    refused,
};

/// Unsent work of this device's person that was put in escrow: the text is gone from here.
struct EscrowNotice {
    Hash id;
    CaseId case_id;
    UnitId unit;  ///< whose case leads decide
    ItemId item;
    ItemType type{};
    Instant written;
    Instant made;
    Error why;
    EscrowState state{};
};

/// One entry in escrow, for whoever judges it.
struct EscrowView {
    struct Piece {
        ItemId item;
        ItemType type{};
        Version version;  ///< whose and from when, as its author signed it
        std::vector<ParkedView::Text> texts;
        bool here = false;  ///< in the case already: it was stored before the denial
    };

    Hash id;
    CaseId case_id;
    CompartmentId compartment;
    Label label;
    UserId author;
    DeviceId device;
    Instant written;
    Error why;
    bool opened = false;  ///< else it is held and cannot be opened here
    std::vector<Piece> pieces;
    EscrowState state{};
};

/// How old the knowledge is that this device decides by.
struct LeaseView {
    std::optional<Instant> fresh_at;  ///< newest fresh signed time
    std::optional<Instant> reading_ends;
    bool may_read = true;
    bool may_make_keys = true;
};

}  // namespace samsyn
