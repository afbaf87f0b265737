#include "tests/bench/consent_bench.hpp"

#include "core/policy/decision_cache.hpp"
#include "tests/bench/synced_world.hpp"
#include "tests/support/world.hpp"

#include <sodium.h>

#include <array>
#include <cstdio>

namespace samsyn::bench {

namespace {

constexpr std::size_t items = 10'000;
constexpr std::size_t compartments = 200;
constexpr std::size_t devices = 12;
constexpr std::size_t withdrawals = 20;

double since(Clock::time_point start) {
    return Seconds{Clock::now() - start}.count();
}

/// The two people's links, and a family whose case the school may come to read.
struct Case {
    explicit Case(World& world)
        : counsellor(
              world.founded.enrol("kurator", world.founded.school, Role::school_counsellor)) {
        world.sync(*world.founded.administrator().device);
        world.sync(*world.psychologist->device);
        world.sync(*counsellor->device);
        const std::array people{Participant{counsellor->user, world.founded.school}};
        family =
            open_family(*world.psychologist->device, world.founded.team, people, world.clock.now());
        world.sync(*world.psychologist->device);
        world.sync(*counsellor->device);
    }

    ItemId goal(World& world, std::size_t number) const {
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::plan_goal;
        item.about = {family.child};
        item.fields = {{"goal", swedish_text(number)}};
        return must(world.psychologist->device->add_item(item));
    }

    void consent(World& world) const {
        consent_by_both(*world.psychologist->device,
                        family,
                        world.founded.team,
                        world.founded.school,
                        world.clock.now());
    }

    void withdraw(World& world) const {
        NewClosing no;
        no.case_id = family.case_id;
        no.kind = ClosingKind::withdrawal;
        no.decider = family.guardians.front();
        no.subjects = {family.child};
        no.disclosing = {world.founded.team};
        no.recipient = Recipient{world.founded.school, std::nullopt, std::nullopt};
        no.categories = family_categories();
        must(world.psychologist->device->record_closing(no));
    }

    std::unique_ptr<Person> counsellor;
    Family family;
};

void bench_grant(World& world, Case& with) {
    Device& writer = *world.psychologist->device;
    ItemId first;
    for (std::size_t i = 0; i < items; ++i) {
        const ItemId item = with.goal(world, i);
        if (i == 0) first = item;
    }
    world.sync(writer);

    boost::asio::io_context io;
    Connection lead{io, world.address, writer, world.founded, world.clock};
    Connection school{io, world.address, *with.counsellor->device, world.founded, world.clock};
    run_until(io, [&] { return lead.synced > 0 && school.synced > 0; });
    const auto start = Clock::now();
    with.consent(world);
    lead.poke();
    double first_item = 0;
    std::size_t changed = school.changed;
    run_until(io, [&] {
        if (school.changed == changed) return false;
        changed = school.changed;
        const auto there = with.counsellor->device->items(with.family.case_id);
        if (first_item == 0 && there && !there->empty()) first_item = since(start);
        return there && there->size() >= items;
    });
    std::printf("\nGrant with reach present, %zu items, both sides online over TLS\n", items);
    std::printf(
        "  first item readable after %.1f ms, all after %.2f s\n", first_item * 1e3, since(start));
}

void bench_withdrawal(World& world, Case& with) {
    boost::asio::io_context io;
    Device& reader = *with.counsellor->device;
    Connection lead{io, world.address, *world.psychologist->device, world.founded, world.clock};
    Connection school{io, world.address, reader, world.founded, world.clock};
    run_until(io, [&] { return lead.synced > 0 && school.synced > 0; });

    std::vector<Seconds> stored;
    std::vector<Seconds> purged;
    std::vector<Seconds> rotated;
    for (std::size_t i = 0; i < withdrawals; ++i) {
        const ItemId item = with.goal(world, i);
        with.consent(world);
        lead.poke();
        run_until(io, [&] { return reader.item(item).has_value(); });
        std::size_t synced = lead.synced;
        const auto start = Clock::now();
        with.withdraw(world);
        lead.poke();
        bool sent = false;
        run_until(io, [&] {
            if (!sent && lead.synced > synced) {
                stored.emplace_back(Clock::now() - start);
                sent = true;
            }
            return !reader.item(item).has_value();
        });
        purged.emplace_back(Clock::now() - start);
        run_until(io, [&] { return sent || lead.synced > synced; });
        if (!sent) stored.emplace_back(Clock::now() - start);
        synced = lead.synced;
        const auto next = Clock::now();
        (void)with.goal(world, i + 1);  // the first write after it starts the new epoch
        lead.poke();
        run_until(io, [&] { return lead.synced > synced; });
        rotated.emplace_back(Clock::now() - next);
    }
    const auto trips = plain_beast_round_trips(withdrawals, 700);
    const auto commits = plain_sqlite_commits(world.folder.path(), withdrawals, 700);
    const double limit = median(trips) + median(commits);
    std::printf(
        "\nWithdrawal, both sides online (%zu times; limit: a Beast round trip and a SQLite "
        "commit)\n",
        withdrawals);
    print("recorded -> committed, nothing leaves any more, p50", median(stored), limit);
    print("recorded -> gone from the reader's device, p50", median(purged), limit);
    print("next write: new key sealed, stored, p50", median(rotated), limit);
}

/// One person of twelve leaves: each of the compartments needs a new key for the other eleven.
void bench_rotation(World& world) {
    std::vector<std::unique_ptr<Person>> team;
    std::vector<Participant> people;
    for (std::size_t i = 0; i + 1 < devices; ++i) {
        team.push_back(world.founded.enrol(
            "kollega " + std::to_string(i), world.founded.team, Role::social_worker));
        people.push_back({team.back()->user, world.founded.team});
    }
    world.sync(*world.founded.administrator().device);
    Device& writer = *world.psychologist->device;
    world.sync(writer);
    const Family family = open_family(writer, world.founded.team, people, world.clock.now());
    for (std::size_t i = 0; i < compartments; ++i) {
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::visit_note;
        item.about = {must(writer.add_person(family.case_id, "Barn " + std::to_string(i), {}))};
        item.fields = {{"text", swedish_text(i)}};
        must(writer.add_item(item));
    }
    world.sync(writer);
    const auto start = Clock::now();
    must(writer.remove_participant(family.case_id, team.front()->user, world.founded.team));
    world.sync(writer);
    const double ours = since(start);

    std::array<unsigned char, crypto_box_PUBLICKEYBYTES> public_key{};
    std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret_key{};
    crypto_box_keypair(public_key.data(), secret_key.data());
    const std::array<unsigned char, 64> plain{};
    std::array<unsigned char, 64 + crypto_box_SEALBYTES> sealed{};
    const auto raw = Clock::now();
    for (std::size_t i = 0; i < compartments * (devices - 1); ++i)
        crypto_box_seal(sealed.data(), plain.data(), plain.size(), public_key.data());
    const double boxes = since(raw);
    const double beast = plain_beast_transfer(compartments * 2048, 60 * 1024).count();
    const double sqlite =
        plain_sqlite_inserts(world.folder.path(), compartments, 2048, compartments).count();
    std::printf("\nOne of %zu devices leaves, %zu compartments\n", devices, compartments);
    print("new keys at the server (limit: boxes + Beast + SQLite)", ours, boxes + beast + sqlite);
}

void bench_decisions() {
    using namespace test;

    struct Small : test::World {};

    Small world;
    const auto organisation = world.organisation();
    const auto team = world.unit(organisation, Regime::team);
    const auto school = world.unit(organisation, Regime::school_pupil_health);
    const auto lead = world.staff(team, Role::psychologist);
    const auto reader = world.staff(school, Role::school_counsellor);
    const auto id = world.open_case(lead);
    world.add_participant(id, lead, reader);
    const auto child = world.fresh<PersonId>();
    const auto guardian = world.fresh<PersonId>();
    world.custody(id, lead, child, {guardian});
    world.consent(
        id, lead, world.draft_consent(guardian, child, team, school, {Category::attendance}));
    const auto label = make_label({child}, team, Category::attendance);
    const auto federation = world.federation();
    const auto view = CaseView::build(id, world.cases[id], federation);
    const Statements statements{federation, view};

    DecisionCache cache;
    constexpr std::size_t cached = 5'000'000;
    constexpr std::size_t fresh = 200'000;
    const CompartmentId compartment{};
    std::size_t permitted = 0;
    const auto start = Clock::now();
    for (std::size_t i = 0; i < cached; ++i)
        permitted += cache
                         .decide(compartment,
                                 label,
                                 {},
                                 reader.requester(),
                                 statements,
                                 current_statute_table(),
                                 world.now)
                         .permitted();
    const double hits = since(start);
    const auto anew = Clock::now();
    for (std::size_t i = 0; i < fresh; ++i)
        permitted +=
            decide(label, {}, reader.requester(), statements, current_statute_table(), world.now)
                .permitted();
    const double misses = since(anew);
    SAMSYN_ASSERT(permitted == cached + fresh);
    std::printf("\nDecisions a second, one core: %.2f million from the cache, %.2f million anew\n",
                static_cast<double>(cached) / hits / 1e6,
                static_cast<double>(fresh) / misses / 1e6);
}

}  // namespace

void bench_consent() {
    bench_decisions();
    {
        World world;
        Case with{world};
        bench_withdrawal(world, with);
        world.server->stop();
    }
    {
        World world;
        Case with{world};
        bench_grant(world, with);
        world.server->stop();
    }
    World world;
    world.sync(*world.founded.administrator().device);
    bench_rotation(world);
    world.server->stop();
}

}  // namespace samsyn::bench
