#include "core/merge/field_state.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// A text without surrounding white space and with each inner run of it as one blank.
std::string folded(const std::string& text) {
    std::string out;
    bool gap = false;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            gap = !out.empty();
            continue;
        }
        if (gap) out.push_back(' ');
        gap = false;
        out.push_back(c);
    }
    return out;
}

bool same_to_a_person(const Value& a, const Value& b) {
    const auto* text_a = std::get_if<std::string>(&a);
    const auto* text_b = std::get_if<std::string>(&b);
    if (text_a != nullptr && text_b != nullptr) return folded(*text_a) == folded(*text_b);
    return a == b;
}

}  // namespace

bool FieldState::add(const Version& version,
                     const std::vector<Version>& replaces,
                     const Value& value) {
    bool changed = false;
    for (const Version& old : replaces) {
        changed |= replaced_.insert(old).second;
        standing_.erase(old);
    }
    if (replaced_.contains(version)) return changed;

    const auto [place, added] = standing_.try_emplace(version, value);
    if (added) return true;
    if (place->second < value) {
        place->second = value;
        changed = true;
    }
    return changed;
}

bool FieldState::join(const FieldState& other) {
    bool changed = false;
    for (const Version& old : other.replaced_) {
        changed |= replaced_.insert(old).second;
        standing_.erase(old);
    }
    for (const auto& [version, value] : other.standing_) changed |= add(version, {}, value);
    return changed;
}

std::vector<Version> FieldState::standing_versions() const {
    std::vector<Version> versions;
    versions.reserve(standing_.size());
    for (const auto& [version, value] : standing_) versions.push_back(version);
    return versions;
}

Value FieldState::shown() const {
    return standing_.empty() ? Value{} : standing_.rbegin()->second;
}

std::vector<Value> FieldState::elements() const {
    std::vector<Value> values;
    for (const auto& [version, value] : standing_)
        if (!std::holds_alternative<std::monostate>(value)) values.push_back(value);
    std::ranges::sort(values);
    const auto doubles = std::ranges::unique(values);
    values.erase(doubles.begin(), doubles.end());
    return values;
}

bool FieldState::in_conflict() const {
    if (standing_.size() < 2) return false;
    const Value& first = standing_.begin()->second;
    return !std::ranges::all_of(
        standing_, [&](const auto& entry) { return same_to_a_person(entry.second, first); });
}

bool ItemState::apply(const Change& change, const DeviceId& author) {
    SAMSYN_ASSERT(change.values.size() == change.header.writes.size());
    const Version version{change.header.time, author};
    bool changed = false;
    for (std::size_t i = 0; i < change.values.size(); ++i) {
        const FieldWrite& write = change.header.writes[i];
        changed |= fields_[write.field].add(version, write.replaces, change.values[i]);
    }
    return changed;
}

bool ItemState::join(const ItemState& other) {
    bool changed = false;
    for (const auto& [number, state] : other.fields_) changed |= fields_[number].join(state);
    return changed;
}

const FieldState* ItemState::field(FieldNumber number) const {
    const auto found = fields_.find(number);
    return found == fields_.end() ? nullptr : &found->second;
}

ItemState::Presence ItemState::presence() const {
    const FieldState* deletion = field(deleted_field);
    if (deletion == nullptr || deletion->shown() != Value{true}) return Presence::present;

    // The deletion lists all versions that its author saw; what it does not list is a later edit.
    for (const auto& [number, state] : fields_) {
        if (number == deleted_field) continue;
        for (const auto& [version, value] : state.standing())
            if (!deletion->replaced().contains(version)) return Presence::deleted_but_edited;
    }
    return Presence::deleted;
}

}  // namespace samsyn
