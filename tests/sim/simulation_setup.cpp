#include "tests/sim/member.hpp"
#include "tests/sim/seeded_sodium.hpp"

#include <algorithm>

namespace samsyn::sim {

namespace {

using namespace std::chrono_literals;

std::unique_ptr<Storage> fresh_storage(std::uint64_t seed) {
    seed_sodium(seed);
    must(start_sodium());
    return must(open_memory_storage());
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, Faults faults, Planted planted)
    : random_(seed),
      faults_(faults),
      storage_(fresh_storage(seed)) {
    storage_.on_append = [this](const LogEntry& entry) { on_append(entry); };
    world_ = std::make_unique<Founded4>(clock_, storage_, "sim");
    hub_ = world_->make_hub();
    open();
    violations_
        .clear();  // strangers were turned away until the administrator's statements were there
    if (planted == Planted::server_acknowledges_and_forgets)
        storage_.loses = [count = 0](const LogEntry& entry) mutable {
            return entry.kind == EntryKind::batch && ++count % 9 == 0;
        };
    if (planted == Planted::cursor_moves_without_applying)
        for (auto& member : members_) {
            member->wire.reset();
            member->forgetful.emplace(*member->person->device);
        }
}

Simulation::~Simulation() = default;

void Simulation::open() {
    const auto join = [&](std::unique_ptr<Person> person) {
        members_.push_back(std::make_unique<Member>());
        members_.back()->person = person.get();
        owned_.push_back(std::move(person));
    };
    members_.push_back(std::make_unique<Member>());
    members_.back()->person = &world_->administrator();
    join(world_->enrol("psykolog", world_->team, Role::psychologist));
    join(world_->enrol("socionom", world_->team, Role::social_worker));
    join(world_->enrol("kurator", world_->school, Role::school_counsellor));
    join(world_->enrol("handläggare", world_->social, Role::case_officer));
    join(world_->enrol("barnpsykiater", world_->clinic, Role::child_psychiatrist));
    recipients_ = {world_->school, world_->social, world_->clinic};
    SAMSYN_ASSERT(heal());

    const std::array units{world_->team, world_->school, world_->social, world_->clinic};
    std::vector<Participant> people;
    for (std::size_t i = 2; i < members_.size(); ++i)
        people.push_back({members_[i]->person->user, units[i - 2]});
    family_ = open_family(lead(), world_->team, people, clock_.now());
    SAMSYN_ASSERT(heal());
    for (const UnitId& recipient : recipients_)
        consent_by_both(lead(), family_, world_->team, recipient, clock_.now());
    SAMSYN_ASSERT(heal());
}

Device& Simulation::lead() {
    return *members_[1]->person->device;
}

void Simulation::change_consent() {
    const UnitId recipient = recipients_[pick(recipients_.size())];
    if (chance(0.5)) {
        consent_by_both(lead(), family_, world_->team, recipient, clock_.now());
        return;
    }
    NewClosing closing;
    closing.case_id = family_.case_id;
    closing.kind = chance(0.5) ? ClosingKind::withdrawal : ClosingKind::objection;
    closing.decider = family_.guardians[pick(2)];
    closing.subjects = {family_.child};
    closing.disclosing = {world_->team};
    closing.recipient = Recipient{recipient, std::nullopt, std::nullopt};
    closing.categories = family_categories();
    must(lead().record_closing(closing));
}

}  // namespace samsyn::sim
