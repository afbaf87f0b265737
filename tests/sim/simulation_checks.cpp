#include "core/wire/escrow.hpp"
#include "core/wire/log_rows.hpp"
#include "core/wire/statement_codec.hpp"
#include "tests/sim/member.hpp"

#include <samsyn/leaving.hpp>
#include <samsyn/recalls.hpp>

#include <algorithm>

namespace samsyn::sim {

namespace {

/// The values of an item, for a person who reads a failure.
std::string describe(const std::vector<std::vector<ValueView>>& fields) {
    std::string text;
    for (const auto& values : fields) {
        text += "[";
        for (const ValueView& value : values) {
            const auto* words = std::get_if<std::string>(&value.value);
            text += (words != nullptr ? *words : "?") + " ";
        }
        text += "]";
    }
    return text;
}

}  // namespace

void Simulation::on_append(const LogEntry& entry) {
    const auto text = as_text(entry.bytes);
    if (text.find("canary-") != std::string_view::npos ||
        text.find("Ekstubbe") != std::string_view::npos)
        violations_.emplace_back("the server was given content in the clear");

    note_arrived(entry);
    if (entry.kind == EntryKind::statement) {
        auto statement = decode_statement(entry.bytes, hasher_);
        SAMSYN_ASSERT(statement.has_value());
        const bool federation = statement->header.stream.kind == StreamKind::federation;
        (federation ? federation_graph_ : case_graph_)
            .add(std::make_shared<const Statement>(*std::move(statement)));
    } else if (entry.kind == EntryKind::packet) {
        const auto packet = decode_packet(entry.bytes, hasher_);
        SAMSYN_ASSERT(packet.has_value());
        if (packet->case_id == family_.case_id) labels_.emplace(packet->compartment, packet->label);
    }
}

/// Remembers, for every compartment, whom the policy permits at this moment.
void Simulation::note_policy() {
    if (!world_ || labels_.empty()) return;
    const auto federation = Federation::build(federation_graph_, world_->federation(), hasher_);
    if (!federation) return;
    const CaseView view = CaseView::build(family_.case_id, case_graph_, *federation);
    for (const auto& [id, label] : labels_)
        for (const DeviceId& device :
             permitted_devices(label, {*federation, view}, current_statute_table(), clock_.now()))
            ever_permitted_[id].insert(federation->device(device)->certificate.user);
}

/// Every frame of content has a row of the access log, durable before it leaves.
void Simulation::check_logged(ByteView bytes) {
    const auto message = decode_message(bytes, message_bytes_max);
    const auto* const deliver = message ? std::get_if<Deliver>(&*message) : nullptr;
    if (deliver == nullptr || deliver->entries.empty() ||
        !std::holds_alternative<CompartmentId>(deliver->channel.name))
        return;
    const auto tree = storage_.log().tree();
    const auto last = tree && *tree ? storage_.log().row((**tree).size - 1) : Result<Bytes>{};
    const auto row = last ? decode_log_row(*last) : Result<LogRow>{};
    const auto* const said = row ? std::get_if<RowDelivered>(&row->act) : nullptr;
    if (said == nullptr || said->channel != deliver->channel ||
        said->first != deliver->entries.front().number ||
        said->last != deliver->entries.back().number)
        violations_.emplace_back("content left before it was logged");
}

/// What a device can show must be its own unit's, or have been permitted at some moment.
void Simulation::check_knowledge(std::size_t index) {
    Member& member = *members_[index];
    const auto compartments = member.person->device->compartments(family_.case_id);
    if (compartments)
        for (const CompartmentView& compartment : *compartments)
            if (compartment.has_key)
                held_[{member.person->device->device(), compartment.id}] = clock_.now();
    const auto items = member.person->device->items(family_.case_id);
    if (!items) return;
    for (const ItemView& item : *items) {
        if (item.unsent) continue;  // the author's own, not sealed for anybody yet
        if (!labels_.contains(item.compartment)) continue;
        if (!ever_permitted_[item.compartment].contains(member.person->user))
            violations_.push_back(member.person->name + " reads what was never permitted");
    }
}

std::vector<std::string> Simulation::violations() {
    std::vector<std::string> found = violations_;
    const auto complain = [&](const std::string& text) { found.push_back(text); };

    // Convergence: whoever may read an item sees the same standing values in the same order.
    std::map<ItemId, std::pair<std::string, std::vector<std::vector<ValueView>>>> seen;
    std::map<CompartmentId, std::map<std::string, std::set<ItemId>>> held;
    for (auto& member : members_) {
        const auto compartments = member->person->device->compartments(family_.case_id);
        if (!compartments) continue;
        for (const CompartmentView& compartment : *compartments)
            if (compartment.mine.permitted() && compartment.has_key)
                held[compartment.id].try_emplace(member->person->name);
    }
    for (auto& member : members_) {
        const auto items = member->person->device->items(family_.case_id);
        if (!items) continue;
        for (const ItemView& item : *items) {
            if (item.unsent) complain(member->person->name + " has unsent work after healing");
            const auto readers = held.find(item.compartment);
            if (readers != held.end()) readers->second[member->person->name].insert(item.id);
            std::vector<std::vector<ValueView>> values;
            for (const FieldView& field : item.fields) values.push_back(field.values);
            const auto [place, first] = seen.try_emplace(item.id, member->person->name, values);
            if (first) continue;
            const auto same = [](const std::vector<ValueView>& a, const std::vector<ValueView>& b) {
                return std::ranges::equal(a, b, [](const ValueView& x, const ValueView& y) {
                    return x.value == y.value && x.version == y.version;
                });
            };
            if (!std::ranges::equal(place->second.second, values, same))
                complain(describe(place->second.second) + " | " + describe(values) + ": " +
                         member->person->name + " and " + place->second.first +
                         " see different values");
        }
    }
    // No acknowledged write is lost.
    for (const Written& written : acknowledged_) {
        if (deleted_.contains(written.item) || recalled_.contains(written.item)) continue;
        if (!members_[written.author]->person->device->item(written.item))
            complain(written.canary + " is lost on the device of " +
                     members_[written.author]->person->name);
    }
    // What was taken back is nowhere, on no device, whatever was written meanwhile.
    std::set<ItemId> taken_back;  // as far as it was let through
    if (const auto list = Recalls{lead()}.list(family_.case_id))
        for (const RecalledItem& one : *list) taken_back.insert(one.item);
    for (auto& member : members_)
        for (const ItemId& id : taken_back)
            if (const auto item = member->person->device->item(id))
                for (const FieldView& field : item->fields)
                    if (!is_mark(field.number) && !field.values.empty())
                        complain(member->person->name + " still reads what was taken back");
    // Everybody with a key sees all items: a newcomer's consent reaches the present.
    for (const auto& [compartment, readers] : held)
        for (const auto& [name, items] : readers)
            if (items != readers.begin()->second)
                complain(name + " has " + std::to_string(items.size()) + " items where " +
                         readers.begin()->first + " has " +
                         std::to_string(readers.begin()->second.size()));
    check_conservation(found);
    return found;
}

void Simulation::note_produced(std::size_t index, const ItemId& id) {
    Device& device = *members_[index]->person->device;
    const auto view = device.item(id);
    if (!view) return;
    HybridTime own{};
    for (const FieldView& field : view->fields)
        for (const ValueView& value : field.values)
            if (value.own) own = std::max(own, value.version.time);
    if (own == HybridTime{}) return;  // it said what stood there already
    HybridTime& newest = produced_[{device.device(), id}];
    newest = std::max(newest, own);
}

void Simulation::note_arrived(const LogEntry& entry) {
    const auto arrive = [&](const DeviceId& author, const ChangeHeader& change) {
        HybridTime& newest = arrived_[{author, change.item}];
        newest = std::max(newest, change.time);
    };
    if (entry.kind == EntryKind::batch) {
        const auto batch = decode_batch(entry.bytes, hasher_);
        SAMSYN_ASSERT(batch.has_value());
        if (batch->header.restatement) return;
        for (const BatchItem& item : batch->items)
            arrive(batch->header.author, std::get<BatchItem::Full>(item.content).header);
    }
    if (entry.kind == EntryKind::statement) {
        const auto statement = decode_statement(entry.bytes, hasher_);
        SAMSYN_ASSERT(statement.has_value());
        const StatementBody& body = statement->body;
        if (std::holds_alternative<Consent>(body) || std::holds_alternative<Confirmation>(body) ||
            std::holds_alternative<ParticipantAdded>(body))
            let_in_ = clock_.now();
    }
    if (entry.kind == EntryKind::packet) {
        const auto packet = decode_packet(entry.bytes, hasher_);
        SAMSYN_ASSERT(packet.has_value());
        for (const SealedKey& sealed : packet->keys)
            sealed_[{sealed.device, packet->compartment}] = clock_.now();
    }
    if (entry.kind == EntryKind::supplement) {
        const auto supplement = decode_supplement(entry.bytes, hasher_);
        SAMSYN_ASSERT(supplement.has_value());
        sealed_[{supplement->recipient, supplement->compartment}] = clock_.now();
    }
    if (entry.kind == EntryKind::escrow) {
        const auto decoded = decode_escrow(entry.bytes, hasher_);
        SAMSYN_ASSERT(decoded.has_value());
        ++in_escrow_;
        if (const auto* blob = std::get_if<EscrowBlob>(&*decoded))
            arrive(blob->author, blob->change);
    }
}

/// Who is let in or sealed a key while away, and loses its ground before it comes back, never had
/// that key and has nothing to say, but stays listed (docs/THREAT-MODEL.md).
bool Simulation::had_key_since_let_in(const DeviceId& device, const CompartmentId& compartment) {
    const KeyHolder holder{device, compartment};
    return held_.contains(holder) && held_[holder] >= std::max(sealed_[holder], let_in_);
}

/// Produced = merged + in escrow + refused with a reason; and who had a key and lost its ground has
/// given a receipt.
void Simulation::check_conservation(std::vector<std::string>& found) {
    std::map<DeviceId, std::set<ItemId>> parked;
    for (auto& member : members_)
        if (const auto status = member->person->device->status())
            for (const ParkedView& view : status->parked)
                parked[member->person->device->device()].insert(view.item);
    for (const auto& [key, time] : produced_) {
        const auto& [author, item] = key;
        if (recalled_.contains(item)) continue;  // taken with it, and its author was told
        const auto arrived = arrived_.find(key);
        if (arrived != arrived_.end() && arrived->second >= time) continue;
        if (!parked[author].contains(item))
            found.push_back("a write of " + to_hex(author) + " is neither merged nor in escrow");
    }
    const auto unconfirmed = lead().unconfirmed(family_.case_id);
    if (!unconfirmed) return;
    for (const Unconfirmed& one : *unconfirmed)
        for (const CompartmentId& compartment : one.compartments)
            if (had_key_since_let_in(one.device, compartment))
                found.push_back(to_hex(one.device) + " had a key and has given no receipt");
}

Hash Simulation::hash_of(std::size_t index) {
    Writer out;
    const auto items = members_[index]->person->device->items(family_.case_id);
    if (!items) return {};
    std::map<ItemId, const ItemView*> sorted;
    for (const ItemView& item : *items) sorted.emplace(item.id, &item);
    for (const auto& [id, item] : sorted) {
        out.id(id);
        for (const FieldView& field : item->fields) {
            out.enumerator(field.number);
            for (const ValueView& value : field.values) out.blob(encode_values({value.value}));
        }
    }
    return hasher_.hash(Domain::heads, {out.view()});
}

Hash Simulation::final_hash() {
    Writer out;
    for (std::size_t i = 0; i < members_.size(); ++i) out.id(hash_of(i));
    return hasher_.hash(Domain::heads, {out.view()});
}

}  // namespace samsyn::sim
