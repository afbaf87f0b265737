#include "core/merge/field_state.hpp"

#include "tests/support/catch.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <random>

using namespace samsyn;

namespace {

constexpr FieldNumber a_field = make_field(1, MergeKind::single);

Version version(std::uint64_t time, unsigned char device) {
    Version v;
    v.time.value = time;
    v.device.bytes[0] = std::byte{device};
    return v;
}

struct Write {
    Version version;
    std::vector<Version> replaces;
    Value value;
};

/// A history as several devices might make it: each write replaces some of the writes before it.
std::vector<Write> make_history(std::size_t length, std::uint64_t seed) {
    std::mt19937_64 random{seed};
    std::vector<Write> history;
    for (std::size_t i = 0; i < length; ++i) {
        Write write{version(i + 1, static_cast<unsigned char>(random() % 4)),
                    {},
                    std::string(1, static_cast<char>('a' + random() % 3))};
        for (const Write& earlier : history)
            if (random() % 3 == 0) write.replaces.push_back(earlier.version);
        std::ranges::sort(write.replaces);
        history.push_back(write);
    }
    return history;
}

FieldState state_of(const std::vector<Write>& history) {
    FieldState state;
    for (const Write& write : history) state.add(write.version, write.replaces, write.value);
    return state;
}

Change edit(std::uint64_t time, Value value, std::vector<Version> replaces = {}) {
    Change change;
    change.header.time.value = time;
    change.header.writes.push_back({a_field, std::move(replaces)});
    change.values.push_back(std::move(value));
    return change;
}

Change deletion(std::uint64_t time, std::vector<Version> seen) {
    Change change;
    change.header.time.value = time;
    change.header.writes.push_back({deleted_field, std::move(seen)});
    change.values.emplace_back(true);
    return change;
}

DeviceId device(unsigned char number) {
    DeviceId id;
    id.bytes[0] = std::byte{number};
    return id;
}

}  // namespace

TEST_CASE("FieldState: ends in the same state whatever order and how often writes arrive",
          "[merge]") {
    CHECK(rc::check([](std::uint64_t seed) {
        const auto history = make_history(1 + seed % 14, seed);
        auto shuffled = history;
        shuffled.insert(shuffled.end(),
                        history.begin(),
                        history.begin() + static_cast<std::ptrdiff_t>(history.size() / 2));
        std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937_64{seed + 1});
        RC_ASSERT(state_of(history) == state_of(shuffled));
    }));
}

TEST_CASE("FieldState: join commutes, associates and is idempotent", "[merge]") {
    CHECK(rc::check([](std::uint64_t seed) {
        const auto history = make_history(12, seed);
        std::mt19937_64 random{seed};
        std::array<std::vector<Write>, 3> part;
        for (const Write& write : history)
            for (auto& some : part)
                if (random() % 2 == 0) some.push_back(write);
        const FieldState a = state_of(part[0]);
        const FieldState b = state_of(part[1]);
        const FieldState c = state_of(part[2]);

        FieldState ab = a;
        ab.join(b);
        FieldState ba = b;
        ba.join(a);
        RC_ASSERT(ab == ba);

        FieldState ab_c = ab;
        ab_c.join(c);
        FieldState bc = b;
        bc.join(c);
        FieldState a_bc = a;
        a_bc.join(bc);
        RC_ASSERT(ab_c == a_bc);

        FieldState aa = a;
        RC_ASSERT(!aa.join(a));
        RC_ASSERT(aa == a);
    }));
}

TEST_CASE("FieldState: concurrent values are both kept and flagged until one write replaces both",
          "[merge]") {
    FieldState state;
    state.add(version(1, 1), {}, std::string{"mål"});
    state.add(version(2, 1), {version(1, 1)}, std::string{"hemma"});
    state.add(version(3, 2), {version(1, 1)}, std::string{"i skolan"});

    CHECK(state.in_conflict());
    CHECK(state.standing().size() == 2);
    CHECK(state.shown() == Value{std::string{"i skolan"}});  // greatest (time, device)

    state.add(version(4, 1), {version(2, 1), version(3, 2)}, std::string{"båda"});
    CHECK_FALSE(state.in_conflict());
    CHECK(state.shown() == Value{std::string{"båda"}});
}

TEST_CASE("FieldState: values that are equal or differ only in white space are no conflict",
          "[merge]") {
    FieldState state;
    state.add(version(1, 1), {}, std::string{"till  fredag"});
    state.add(version(2, 2), {}, std::string{" till fredag\n"});
    CHECK_FALSE(state.in_conflict());
}

TEST_CASE("FieldState: a replaced value that arrives late stays replaced", "[merge]") {
    FieldState state;
    state.add(version(2, 1), {version(1, 1)}, std::string{"ny"});
    CHECK_FALSE(state.add(version(1, 1), {}, std::string{"gammal"}));
    CHECK(state.standing().size() == 1);
}

TEST_CASE("FieldState: one version with two values ends the same on every replica", "[merge]") {
    FieldState one;
    one.add(version(1, 1), {}, std::string{"a"});
    one.add(version(1, 1), {}, std::string{"b"});
    FieldState other;
    other.add(version(1, 1), {}, std::string{"b"});
    other.add(version(1, 1), {}, std::string{"a"});
    CHECK(one == other);
}

TEST_CASE("FieldState: in a set an add wins over a concurrent remove", "[merge]") {
    FieldState state;
    state.add(version(1, 1), {}, std::string{"mormor"});
    state.add(version(2, 2), {}, std::string{"mormor"});          // added again elsewhere
    state.add(version(3, 1), {version(1, 1)}, std::monostate{});  // removed by who knew one add
    CHECK(state.elements() == std::vector<Value>{std::string{"mormor"}});
}

TEST_CASE("ItemState: a deletion against an edit that it did not see leaves the item visible",
          "[merge]") {
    ItemState item;
    item.apply(edit(1, std::string{"plan"}), device(1));
    item.apply(deletion(5, {version(1, 1)}), device(1));
    CHECK(item.presence() == ItemState::Presence::deleted);

    item.apply(edit(4, std::string{"ny plan"}, {version(1, 1)}), device(2));
    CHECK(item.presence() == ItemState::Presence::deleted_but_edited);
}

TEST_CASE("ItemState: what is recalled has no values, whenever the recall comes",
          "[merge][recall]") {
    CHECK(rc::check([](std::uint64_t seed) {
        std::mt19937_64 random{seed};
        std::vector<std::pair<Change, DeviceId>> history;
        std::vector<Version> seen;
        for (std::uint64_t time = 1; time <= 8; ++time) {
            const DeviceId author = device(static_cast<unsigned char>(random() % 3));
            Change change =
                time % 4 == 0 ? deletion(time, seen) : edit(time, std::string{"ord"}, seen);
            seen = {Version{HybridTime{time}, author}};
            history.emplace_back(std::move(change), author);
        }
        Change recall = edit(random() % 8, std::int64_t{1});
        recall.header.writes.front().field = recalled_field;
        history.emplace_back(recall, device(1));
        std::optional<ItemState> expected;
        for (int order = 0; order < 4; ++order) {
            std::ranges::shuffle(history, random);
            ItemState state;
            ItemState other;
            for (const auto& [change, author] : history) {
                state.apply(change, author);
                if (random() % 2 == 0) other.apply(change, author);
            }
            RC_ASSERT(state.is_recalled());
            RC_ASSERT(state.presence() == ItemState::Presence::deleted);
            RC_ASSERT(state.field(a_field)->standing().empty());
            other.join(state);
            RC_ASSERT(other == state);
            if (expected) RC_ASSERT(*expected == state);
            expected = state;
        }
    }));
}
