#include "tests/sim/simulation.hpp"

#include "core/wire/statement_codec.hpp"
#include "tests/sim/member.hpp"

#include <samsyn/recalls.hpp>

namespace samsyn::sim {

namespace {

using namespace std::chrono_literals;

}  // namespace

void Simulation::step() {
    clock_.advance(std::chrono::milliseconds{1 + pick(400)});
    const std::size_t member = pick(members_.size());
    if (chance(faults_.server_crash)) crash_server();
    if (chance(faults_.cut)) cut(member);
    if (chance(faults_.consent_change)) change_consent();
    if (chance(0.25)) write_something();
    if (chance(0.10)) connect(member);
    for (std::size_t i = 0; i < 4; ++i) deliver_something(pick(members_.size()));
}

bool Simulation::heal() {
    for (int round = 0; round < 20'000; ++round) {
        clock_.advance(20ms);
        bool moved = false;
        for (std::size_t i = 0; i < members_.size(); ++i) {
            connect(i);
            members_[i]->wire->session.poke(clock_.now());
            take_outputs(i);
            moved |= deliver_something(i);
        }
        if (!moved) {
            for (std::size_t i = 0; i < members_.size(); ++i) check_knowledge(i);
            return true;
        }
    }
    return false;
}

namespace {

/// What people write: what such an item must have, and what they change of it.
struct Kind {
    ItemType type;
    Category category;
    std::string_view required;
    std::string_view edited;
};

constexpr std::array kinds{Kind{ItemType::plan_goal, Category::plan, "goal", "goal"},
                           Kind{ItemType::observation, Category::attendance, "text", "text"},
                           Kind{ItemType::meeting, Category::plan, "title", "minutes"}};

const Kind* kind_of(ItemType type) {
    const auto found = std::ranges::find(kinds, type, &Kind::type);
    return found == kinds.end() ? nullptr : &*found;
}

}  // namespace

void Simulation::write_something() {
    const std::size_t index = 1 + pick(members_.size() - 1);
    Device& device = *members_[index]->person->device;
    const std::string canary = "canary-" + std::to_string(acknowledged_.size()) + "-åäö";

    const auto items = device.items(family_.case_id);
    if (items && !items->empty() && chance(0.5)) {
        const ItemView& item = (*items)[pick(items->size())];
        if (const Kind* const kind = kind_of(item.type)) {
            if (chance(0.1)) {
                if (device.delete_item(item.id)) deleted_.insert(item.id);
                return;
            }
            if (chance(0.05)) {
                if (Recalls{device}.recall(item.id, RecallReason::other)) recalled_.insert(item.id);
                return;
            }
            FieldInput field{std::string{kind->edited}, canary};
            if (item.type == ItemType::meeting) {  // somewhere in what several write
                std::string text = item.text(kind->edited);
                text.insert(chance(0.5) ? 0 : text.size(), canary);
                field.value = std::move(text);
            }
            // Not permitted to all: that is fine.
            if (device.edit_item(item.id, std::span{&field, 1})) note_produced(index, item.id);
        }
        return;
    }
    NewItem item;
    item.case_id = family_.case_id;
    const Kind& kind = kinds[pick(kinds.size())];
    item.type = kind.type;
    item.about = {family_.child};
    item.category = kind.category;
    item.fields = {{std::string{kind.required}, canary}};
    const auto added = device.add_item(item);
    if (!added) return;
    acknowledged_.push_back({index, *added, canary});
    note_produced(index, *added);
}

void Simulation::connect(std::size_t index) {
    Member& member = *members_[index];
    if (member.wire) return;
    const Hash exporter = random_id<Hash>(world_->random());
    const LinkId link{next_link_++};
    member.wire = std::make_unique<Wire>(
        Wire{link,
             ClientSession{{member.ledger(), world_->random(), world_->verifier()}, exporter},
             {},
             {},
             false});
    hub_->on_open(link, exporter, clock_.now());
    member.wire->session.on_open(clock_.now());
    take_outputs(index);
}

void Simulation::cut(std::size_t index) {
    Member& member = *members_[index];
    if (!member.wire) return;
    hub_->on_close(member.wire->link);
    member.wire.reset();
}

void Simulation::crash_server() {
    hub_.reset();
    for (auto& member : members_) member->wire.reset();
    hub_ = world_->make_hub();
}

void Simulation::take_outputs(std::size_t index) {
    Member& member = *members_[index];
    while (member.wire) {
        auto output = member.wire->session.poll_output();
        if (!output) return;
        if (auto* send = std::get_if<ClientSession::Send>(&*output)) {
            member.wire->to_server.push_back(std::move(send->message));
        } else if (const auto* close = std::get_if<ClientSession::Close>(&*output)) {
            if (close->why.code != Errc::link_lost && close->why.code != Errc::rate_limited)
                violations_.push_back(member.person->name + ": session closed by " +
                                      to_string(close->why));
            cut(index);
        } else if (std::holds_alternative<ClientSession::Changed>(*output)) {
            check_knowledge(index);
        }
    }
}

bool Simulation::deliver_something(std::size_t index) {
    Member& member = *members_[index];
    if (!member.wire) return false;
    bool moved = false;
    if (!member.wire->to_server.empty()) {
        const Bytes message = std::move(member.wire->to_server.front());
        member.wire->to_server.pop_front();
        const auto begun = hub_->begin_group();
        hub_->on_message(member.wire->link, message, clock_.now());
        const auto ended = hub_->end_group(clock_.now());
        SAMSYN_ASSERT(begun.has_value() && ended.has_value());
        note_policy();
        moved = true;
    }
    if (!member.wire->to_client) pull(index);
    if (member.wire && member.wire->to_client) {
        const Bytes message = *std::exchange(member.wire->to_client, std::nullopt);
        member.wire->session.on_message(message, clock_.now());
        take_outputs(index);
        moved = true;
    }
    return moved;
}

void Simulation::pull(std::size_t index) {
    Member& member = *members_[index];
    Hub::Next next = hub_->next_message(member.wire->link, clock_.now());
    if (next.message) {
        check_logged(*next.message);
        member.wire->to_client = std::move(next.message);
    }
    if (next.close && !member.wire->to_client) cut(index);
}

}  // namespace samsyn::sim
