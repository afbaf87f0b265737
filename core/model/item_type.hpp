#pragma once

#include <cstdint>

namespace samsyn {

/// What an item is. Numbers are stable; unknown ones from a newer version survive a round trip.
enum class ItemType : std::uint16_t {
    case_summary = 1,
    person = 2,
    visit_note = 3,
    observation = 4,
    commitment = 5,
    plan_goal = 6,
    meeting = 7,
    decision = 8,
    consent_evidence = 9,
    directory_unit = 10,
    directory_user = 11,
    consultation = 12,
    consent_form = 13,
    contact_sheet = 14,
    concern_report = 15,
    directory_device = 16,
    agenda_point = 17,
    attachment = 18,
    handover = 19,
};

/// How concurrent writes of a field combine (DESIGN.md, "Merge").
enum class MergeKind : std::uint8_t {
    single,       ///< a register: one value; concurrent different ones are a conflict
    set,          ///< elements; an add wins over a concurrent remove
    text,         ///< a character sequence
    append_only,  ///< elements that are never removed
};

/// Whether what was written stays for ever: no write replaces another.
constexpr bool only_grows(MergeKind kind) {
    return kind == MergeKind::text || kind == MergeKind::append_only;
}

/// A field of an item type. The lowest two bits are its `MergeKind`, so that a field from a newer
/// version merges without being known.
enum class FieldNumber : std::uint16_t {};

constexpr MergeKind merge_kind(FieldNumber field) {
    return static_cast<MergeKind>(static_cast<std::uint16_t>(field) & 3U);
}

constexpr FieldNumber make_field(std::uint16_t ordinal, MergeKind kind) {
    return static_cast<FieldNumber>(ordinal << 2 | static_cast<std::uint16_t>(kind));
}

/// Every item's register "is deleted".
inline constexpr FieldNumber deleted_field = make_field(0, MergeKind::single);

/// Every item's mark "is recalled": from then on it has no values, on no device, whatever comes
/// late. Its elements are reasons (`RecallReason`).
inline constexpr FieldNumber recalled_field = make_field(0, MergeKind::append_only);

/// Whether a field is of every item, whatever its type.
constexpr bool is_mark(FieldNumber field) {
    return field == deleted_field || field == recalled_field;
}

/// Why an item was recalled. Numbers are stable, as integer values.
enum class RecallReason : std::uint8_t {
    other,
    wrong_family,
    read_too_widely,
    moved,  ///< it stands elsewhere, under another id
    last = moved
};

}  // namespace samsyn
