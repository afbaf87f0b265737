#pragma once

#include "core/base/codec.hpp"
#include "core/model/hybrid_clock.hpp"
#include "core/model/item_type.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace samsyn {

/// Names one write of a field for ever: when, and by which device. Greater wins the display.
struct Version {
    HybridTime time;
    DeviceId device;

    friend auto operator<=>(const Version&, const Version&) = default;
};

/// A calendar date without time or zone, as people write it.
struct Date {
    std::chrono::sys_days day;
    friend auto operator<=>(const Date&, const Date&) = default;
};

/// One value of one field. `monostate` is "no value": a cleared register, a removed set element.
/// References to users, persons, units and items are 16 raw bytes (`ReferenceId`). `Bytes` are what
/// a writer did to a text that several write (`TextRun`, encoded): a text is the sum of its runs.
using ReferenceId = Id<struct ReferenceTag, 16>;
using Value = std::
    variant<std::monostate, std::string, std::int64_t, bool, Date, Instant, ReferenceId, Bytes>;

inline constexpr std::size_t value_text_bytes_max = 32 * 1024;
inline constexpr std::size_t value_run_bytes_max = 24 * 1024;

/// The clear part of one field's write: which versions of it this write replaces.
/// Empty for a set's add and for a first value, several for a settlement.
struct FieldWrite {
    FieldNumber field{};
    std::vector<Version> replaces;  ///< sorted, each once

    friend bool operator==(const FieldWrite&, const FieldWrite&) = default;
};

inline constexpr std::size_t change_writes_max = 64;    ///< fields in one change
inline constexpr std::size_t write_replaces_max = 256;  ///< versions that one write replaces

/// The clear part of a change, seen by the server and authenticated with the sealed body.
///
/// All writes of a change share one version, (`time`, author); fields are in ascending order. In a
/// *restatement* `restated_author` names who wrote the values; the batch names who restates them.
///
/// Deletion is a write of field `deleted_field`: its `replaces` lists, beside earlier versions of
/// that register, the standing versions of *all* fields that the deleting person saw, so that a
/// concurrent edit is recognised by every replica.
struct ChangeHeader {
    ItemId item;
    ItemType type{};
    HybridTime time;
    std::optional<DeviceId> restated_author;
    std::vector<FieldWrite> writes;

    friend bool operator==(const ChangeHeader&, const ChangeHeader&) = default;
};

/// A change as a person made it: `values[i]` belongs to `header.writes[i]`.
struct Change {
    ChangeHeader header;
    std::vector<Value> values;

    friend bool operator==(const Change&, const Change&) = default;
};

/// Whether it takes the item back.
bool recalls(const ChangeHeader& header);

/// Layout: item 16 · type 2 · time 8 · flag 1 [· author 16] · count 2 · for each write: field 2 ·
/// count 2 · for each version: time 8, device 16.
void encode(Writer& out, const ChangeHeader& header);

/// Errors: `truncated`, `limit_exceeded`, `malformed` where a field occurs twice or out of order,
/// or something is replaced in a field of which nothing ever goes (`MergeKind`).
Result<ChangeHeader> decode_change_header(Reader& in);

/// The sealed part: one value after another, each a kind byte and its bytes.
Bytes encode_values(const std::vector<Value>& values);

/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`; `malformed` too where the
/// number of values is not `count`.
Result<std::vector<Value>> decode_values(ByteView body, std::size_t count);

}  // namespace samsyn
