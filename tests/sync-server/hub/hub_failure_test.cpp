#include "tests/sync-server/hub/failing_storage.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

struct Pushes {
    std::vector<std::pair<EntryKind, Bytes>> all;

    void add(EntryKind kind, const std::vector<Bytes>& some) {
        for (const Bytes& bytes : some) all.emplace_back(kind, bytes);
    }
};

/// A day's work: statements, a key, content, all in one group.
Pushes make_work(HubWorld& world) {
    Pushes work;
    work.add(EntryKind::statement, world.open_case());
    work.add(EntryKind::statement, world.consents());
    work.add(EntryKind::packet, {world.packet(world.lead, world.label)});
    for (int i = 0; i < 2; ++i)
        work.add(EntryKind::batch,
                 {world.batch(world.lead, world.label, world.newest_epoch, world.fresh<ItemId>())});
    return work;
}

/// Connects and pushes all of it, as one group. Returns the answers that arrived.
std::vector<Answer> run(ScriptedClient& client, const Pushes& work) {
    if (!client.connect()) return {};
    client.send(Resume{});
    std::vector<Message> messages;
    for (const auto& [kind, bytes] : work.all) messages.push_back(client.next_push(kind, bytes));
    if (!client.closed) client.send_all(messages);
    client.pull();
    std::vector<Answer> answers;
    for (const Message& message : client.received)
        if (const auto* const answer = std::get_if<Answer>(&message)) answers.push_back(*answer);
    return answers;
}

bool are_all(const std::vector<Answer>& answers, AnswerOutcome outcome) {
    return std::ranges::all_of(answers,
                               [&](const Answer& answer) { return answer.outcome == outcome; });
}

}  // namespace

TEST_CASE("Hub: a group is stored whole or not at all, wherever the storage fails",
          "[hub][failure]") {
    bool fails = true;
    for (std::uint64_t call = 0; fails; ++call) {
        CAPTURE(call);
        REQUIRE(call < 1000);
        auto engine = std::make_unique<FailingStorage>(*open_memory_storage());
        FailingStorage& storage = *engine;
        HubWorld world{{}, std::move(engine)};
        const Pushes work = make_work(world);
        ScriptedClient client{world, world.lead, 1};

        storage.fail_at(call);
        const auto answers = run(client, work);
        fails = storage.failed();
        storage.never_fail();
        // No answer without its commit.
        const bool stored = *storage.last_number({world.compartment(world.label)}) == 3;
        CHECK(*storage.last_number({world.compartment(world.label)}) == (stored ? 3 : 0));
        CHECK(are_all(answers, AnswerOutcome::stored));
        if (!stored) CHECK(answers.empty());
        if (fails) CHECK(client.closed);

        // The client sends everything again, and the hub has forgotten nothing and doubled nothing.
        client.drop();
        const auto again = run(client, work);
        REQUIRE(again.size() == work.all.size());
        CHECK(are_all(again, stored ? AnswerOutcome::duplicate : AnswerOutcome::stored));
        CHECK(*storage.last_number({world.compartment(world.label)}) == 3);
        ScriptedClient school{world, world.counsellor, 2};
        school.start();
        CHECK(school.entries(EntryKind::batch).size() == 2);
    }
}

TEST_CASE("Hub: a group that failed is undone in memory too", "[hub][failure]") {
    auto engine = std::make_unique<FailingStorage>(*open_memory_storage());
    FailingStorage& storage = *engine;
    HubWorld world{{}, std::move(engine)};
    ScriptedClient team{world, world.lead, 1};
    ScriptedClient school{world, world.counsellor, 2};
    const Pushes work = make_work(world);
    REQUIRE(are_all(run(team, work), AnswerOutcome::stored));
    school.start();

    // A withdrawal that never became durable has no effect: its author will send it again.
    const Push push = team.next_push(EntryKind::statement, world.withdrawal());
    REQUIRE(world.hub->begin_group());
    world.hub->on_message(LinkId{1}, encode_message(push), world.now);
    storage.fail_at(0);
    CHECK(world.hub->end_group(world.now).error().code == Errc::disk_full);
    school.pull();
    CHECK(school.count<Withdrawn>() == 0);
    CHECK_FALSE(school.closed);  // it took no part
    team.pull();
    CHECK(team.closed);
    CHECK(team.last<Goodbye>()->why == Errc::disk_full);

    team.start();
    CHECK(team.push(EntryKind::statement, push.bytes).outcome == AnswerOutcome::stored);
    school.pull();
    CHECK(school.count<Withdrawn>() == 1);
}

TEST_CASE("Hub: a storage that cannot be read after a failure is tried again with the next group",
          "[hub][failure]") {
    auto engine = std::make_unique<FailingStorage>(*open_memory_storage());
    FailingStorage& storage = *engine;
    HubWorld world{{}, std::move(engine)};
    ScriptedClient team{world, world.lead, 1};
    ScriptedClient admin{world, world.nora_admin, 2};
    team.start();
    admin.start();
    const auto statements = world.open_case();
    REQUIRE(world.hub->begin_group());
    world.hub->on_message(
        LinkId{1}, encode_message(team.next_push(EntryKind::statement, statements[0])), world.now);
    storage.fail_at(0);
    CHECK_FALSE(world.hub->end_group(world.now));
    team.pull();
    CHECK(team.closed);
    admin.pull();
    CHECK_FALSE(admin.closed);
    team.start();
    team.push_all(EntryKind::statement, statements);
}

}  // namespace samsyn
