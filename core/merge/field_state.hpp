#pragma once

#include "core/model/change.hpp"

#include <map>
#include <set>
#include <vector>

namespace samsyn {

/// All that is known of one field of one item: the writes, and which versions are replaced.
///
/// A grow-only pair of sets; joining is their union, so it commutes, associates and is idempotent,
/// and every replica shows the same in any order of arrival (Shapiro et al., "Conflict-free
/// Replicated Data Types", 2011). A write is *standing* while no known write replaces it. The value
/// of a replaced write is dropped, its version is remembered, so that what arrives late stays gone.
/// Not thread-safe.
class FieldState {
public:
    FieldState() = default;

    /// A state as the store kept it: `standing` and `replaced` share no version.
    static FieldState restore(std::map<Version, Value> standing, std::set<Version> replaced) {
        FieldState state;
        state.standing_ = std::move(standing);
        state.replaced_ = std::move(replaced);
        return state;
    }

    /// Adds one write. True if anything changed. A second write with the same version and another
    /// value keeps the greater value, so that a lying author cannot make replicas differ.
    bool add(const Version& version, const std::vector<Version>& replaces, const Value& value);

    bool join(const FieldState& other);

    /// Every write becomes a replaced one: what was written is gone, that it was is known.
    void drop_values();

    /// Standing writes in ascending order of version; the last one is shown for a register.
    const std::map<Version, Value>& standing() const { return standing_; }

    const std::set<Version>& replaced() const { return replaced_; }

    /// The versions that a write which replaces all that is shown must name.
    std::vector<Version> standing_versions() const;

    /// The value of a register: greatest version among the standing ones; `monostate` if none.
    Value shown() const;

    /// The distinct present elements of a set.
    std::vector<Value> elements() const;

    /// The newest version of each device, standing or not: of a field that only grows this says
    /// what somebody had seen of it, since what a device writes comes in its order.
    std::vector<Version> newest_by_device() const;

    /// True for a register whose standing values are not all equal. Texts that differ only in
    /// surrounding or repeated white space are equal.
    bool in_conflict() const;

    friend bool operator==(const FieldState&, const FieldState&) = default;

private:
    std::map<Version, Value> standing_;
    std::set<Version> replaced_;
};

/// An item's state: its fields, and whether it is deleted or recalled. What is recalled has no
/// values: those that come late are dropped like those that were there, so the order of arrival
/// makes no difference here either.
class ItemState {
public:
    ItemState() = default;

    /// A state as the store kept it.
    static ItemState restore(std::map<FieldNumber, FieldState> fields) {
        ItemState state;
        state.fields_ = std::move(fields);
        return state;
    }

    /// Merges one change. `author` is the restated author where there is one.
    bool apply(const Change& change, const DeviceId& author);
    bool join(const ItemState& other);

    const std::map<FieldNumber, FieldState>& fields() const { return fields_; }

    const FieldState* field(FieldNumber number) const;

    enum class Presence : std::uint8_t { present, deleted, deleted_but_edited };

    /// `deleted_but_edited`: somebody deleted it and somebody else, who did not know, changed it.
    /// It stays visible and marked until a person settles it.
    Presence presence() const;

    /// The first mark of those who took it back; null where nobody did. It counts as deleted, and
    /// nothing undoes it.
    const std::pair<const Version, Value>* recall() const;

    bool is_recalled() const { return recall() != nullptr; }

    /// What a deletion names: every version that the deleting person saw, of a text the newest of
    /// each writer. Sorted, each once.
    std::vector<Version> versions_to_delete() const;

    friend bool operator==(const ItemState&, const ItemState&) = default;

private:
    void drop_if_recalled();

    std::map<FieldNumber, FieldState> fields_;
};

}  // namespace samsyn
