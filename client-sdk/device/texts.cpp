// Texts that several write, from the person's editor to the change that carries them.

#include "client-sdk/device/texts.hpp"

#include "client-sdk/device/engine.hpp"

#include <algorithm>
#include <limits>

namespace samsyn {

namespace {

constexpr std::size_t all_pending = std::numeric_limits<std::size_t>::max();

Result<std::string> text_in(const FieldInput& input) {
    if (std::holds_alternative<std::monostate>(input.value)) return std::string{};
    const auto* const text = std::get_if<std::string>(&input.value);
    return text ? Result<std::string>{*text} : fail(Errc::invalid_argument, input.key);
}

}  // namespace

Result<std::vector<FieldNumber>> Device::Impl::edit_texts(TextPlace place,
                                                          const TypeInfo& type,
                                                          std::span<const FieldInput> fields) {
    std::vector<FieldNumber> changed;
    for (const FieldInput& input : fields) {
        const FieldInfo* field = find_field(type, input.key);
        if (!field || !is_text(*field)) continue;
        place.field = field->number;
        const std::string text = SAMSYN_TRY(text_in(input));
        if (SAMSYN_TRY(store.edit_text(place, input.before, text, self)))
            changed.push_back(field->number);
    }
    return changed;
}

/// Announces what was written in texts, once for all until it is sealed.
Result<void> Device::Impl::announce(std::vector<std::pair<FieldWrite, Value>>& writes,
                                    const StoredItem& item,
                                    std::vector<FieldNumber> changed) {
    if (changed.empty()) return {};
    for (const PendingChange& pending :
         SAMSYN_TRY(store.pending_unsealed(item.compartment, all_pending))) {
        if (pending.change.header.item != item.id) continue;
        for (std::size_t i = 0; i < pending.change.values.size(); ++i)
            if (pending.change.values[i] == being_written)
                std::erase(changed, pending.change.header.writes[i].field);
    }
    for (const FieldNumber field : changed)
        writes.emplace_back(FieldWrite{field, {}}, being_written);
    return {};
}

/// A run that was refused keeps back those behind it, which nobody could read without it: they
/// wait for a person too.
Result<std::map<Device::Impl::TextOfItem, Error>> Device::Impl::parked_texts(
    const CompartmentId& compartment) {
    std::map<TextOfItem, Error> parked;
    for (const PendingChange& pending : SAMSYN_TRY(store.pending())) {
        if (!pending.parked || pending.compartment != compartment) continue;
        const ChangeHeader& header = pending.change.header;
        for (const FieldWrite& write : header.writes)
            if (merge_kind(write.field) == MergeKind::text)
                parked.emplace(TextOfItem{header.item, write.field}, *pending.parked);
    }
    return parked;
}

Result<void> Device::Impl::take_texts(const CompartmentId& compartment) {
    std::optional<std::map<TextOfItem, Error>> parked;
    for (PendingChange& pending : SAMSYN_TRY(store.pending_unsealed(compartment, all_pending))) {
        const auto found = std::ranges::find(pending.change.values, being_written);
        if (found == pending.change.values.end()) continue;
        touch();
        if (!parked) parked = SAMSYN_TRY(parked_texts(compartment));
        while (pending.id != 0) {
            const auto text = std::ranges::find(pending.change.values, being_written);
            if (text == pending.change.values.end()) break;
            const auto at = static_cast<std::size_t>(text - pending.change.values.begin());
            SAMSYN_TRY(take_text(pending, at, *parked));
        }
    }
    return {};
}

/// Puts what was written into the change that announced it; what is too much for one goes on in
/// changes of its own. Nothing is left of a change (`id` 0) that announced what another has taken.
Result<void> Device::Impl::take_text(PendingChange& pending,
                                     std::size_t at,
                                     const std::map<TextOfItem, Error>& parked) {
    Change& change = pending.change;
    const auto offset = static_cast<std::ptrdiff_t>(at);
    const FieldWrite write = change.header.writes[at];
    const ItemId item = change.header.item;
    auto runs = SAMSYN_TRY(store.take_text({pending.compartment, item, write.field}, self));
    const auto behind = parked.find({item, write.field});
    const auto put = [&](const Change& one) -> Result<void> {
        const auto id = SAMSYN_TRY(store.put_pending(pending.compartment, one, pending.written));
        return behind == parked.end() ? Result<void>{} : store.park(id, behind->second);
    };
    change.header.writes.erase(change.header.writes.begin() + offset);
    change.values.erase(change.values.begin() + offset);
    const std::size_t others = change.values.empty() ? 0 : encode_values(change.values).size();
    Change apart{.header = change.header, .values = {}};
    apart.header.writes = {write};
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (i > 0) apart.header.time = tick(now());
        apart.values = {Value{std::move(runs[i])}};
        (void)SAMSYN_TRY(store.merge(pending.compartment, apart, self));
        const bool fits = i == 0 && behind == parked.end() &&
                          others + encode_values(apart.values).size() <= values_bytes_max;
        if (!fits) {
            SAMSYN_TRY(put(apart));
            continue;
        }
        change.header.writes.insert(change.header.writes.begin() + offset, write);
        change.values.insert(change.values.begin() + offset, apart.values.front());
    }
    if (!change.values.empty()) return store.replace_pending(pending.id, change);
    return store.erase_pending(std::exchange(pending.id, 0));
}

}  // namespace samsyn
