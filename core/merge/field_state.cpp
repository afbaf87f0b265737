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

/// What a deletion must name of a field to have known all of it.
std::vector<Version> seen_by_deletion(FieldNumber number, const FieldState& state) {
    return merge_kind(number) == MergeKind::text ? state.newest_by_device()
                                                 : state.standing_versions();
}

/// A later version of a writer names the earlier ones of a text.
bool names(const FieldState& deletion, FieldNumber number, const Version& version) {
    if (deletion.replaced().contains(version)) return true;
    return merge_kind(number) == MergeKind::text &&
           std::ranges::any_of(deletion.replaced(), [&](const Version& named) {
               return named.device == version.device && version < named;
           });
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

void FieldState::drop_values() {
    for (const auto& [version, value] : standing_) replaced_.insert(version);
    standing_.clear();
}

std::vector<Version> FieldState::standing_versions() const {
    std::vector<Version> versions;
    versions.reserve(standing_.size());
    for (const auto& [version, value] : standing_) versions.push_back(version);
    return versions;
}

std::vector<Version> FieldState::newest_by_device() const {
    std::map<DeviceId, HybridTime> newest;
    const auto take = [&](const Version& version) {
        auto& time = newest[version.device];
        time = std::max(time, version.time);
    };
    for (const auto& [version, value] : standing_) take(version);
    for (const Version& version : replaced_) take(version);
    std::vector<Version> versions;
    versions.reserve(newest.size());
    for (const auto& [device, time] : newest) versions.push_back({time, device});
    std::ranges::sort(versions);
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
    drop_if_recalled();
    return changed;
}

bool ItemState::join(const ItemState& other) {
    bool changed = false;
    for (const auto& [number, state] : other.fields_) changed |= fields_[number].join(state);
    drop_if_recalled();
    return changed;
}

void ItemState::drop_if_recalled() {
    if (!is_recalled()) return;
    for (auto& [number, state] : fields_)
        if (!is_mark(number)) state.drop_values();
}

const FieldState* ItemState::field(FieldNumber number) const {
    const auto found = fields_.find(number);
    return found == fields_.end() ? nullptr : &found->second;
}

const std::pair<const Version, Value>* ItemState::recall() const {
    const FieldState* marks = field(recalled_field);
    return marks == nullptr || marks->standing().empty() ? nullptr : &*marks->standing().begin();
}

ItemState::Presence ItemState::presence() const {
    if (is_recalled()) return Presence::deleted;
    const FieldState* deletion = field(deleted_field);
    if (deletion == nullptr || deletion->shown() != Value{true}) return Presence::present;

    // The deletion lists all versions that its author saw; what it does not list is a later edit.
    for (const auto& [number, state] : fields_) {
        if (number == deleted_field) continue;
        for (const Version& version : seen_by_deletion(number, state))
            if (!names(*deletion, number, version)) return Presence::deleted_but_edited;
    }
    return Presence::deleted;
}

std::vector<Version> ItemState::versions_to_delete() const {
    std::vector<Version> versions;
    for (const auto& [number, state] : fields_) {
        const auto seen =
            number == deleted_field ? state.standing_versions() : seen_by_deletion(number, state);
        versions.insert(versions.end(), seen.begin(), seen.end());
    }
    std::ranges::sort(versions);
    const auto doubles = std::ranges::unique(versions);
    versions.erase(doubles.begin(), doubles.end());
    return versions;
}

}  // namespace samsyn
