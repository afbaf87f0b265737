#pragma once

#include "tests/sim/observed_storage.hpp"
#include "tests/support/founded.hpp"
#include "tests/support/manual_clock.hpp"

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace samsyn::sim {

/// How unkind the world is. Probabilities a step.
struct Faults {
    double cut = 0.04;           ///< a connection breaks; what was under way is lost
    double server_crash = 0.01;  ///< the hub is built anew from its storage
    double consent_change = 0.03;
};

/// Bugs planted to see the simulation find them.
enum class Planted : std::uint8_t {
    none,
    cursor_moves_without_applying,
    server_acknowledges_and_forgets
};

/// A federation in one thread from one seed: real devices, a real hub, real sealing; a network that
/// reorders between connections and breaks; a clock that is moved. The production state machines
/// run unchanged. Same seed, same final hash.
class Simulation {
public:
    explicit Simulation(std::uint64_t seed, Faults faults = {}, Planted planted = Planted::none);
    ~Simulation();

    /// One thing happens, somewhere.
    void step();

    /// Everybody connects and nothing fails any more, until nothing is under way. False if the
    /// world does not come to rest.
    bool heal();

    /// What must hold and does not, in words. Call after `heal`.
    std::vector<std::string> violations();

    /// A hash of what every device shows at the end.
    Hash final_hash();

    std::size_t writes() const { return acknowledged_.size(); }

    /// Changes that went to escrow.
    std::size_t in_escrow() const { return in_escrow_; }

private:
    struct Member;
    struct Wire;

    struct Written {
        std::size_t author;
        ItemId item;
        std::string canary;
    };

    void open();
    Device& lead();

    void write_something();
    void note_produced(std::size_t member, const ItemId& item);
    void note_arrived(const LogEntry& entry);
    void check_conservation(std::vector<std::string>& found);
    bool had_key_since_let_in(const DeviceId& device, const CompartmentId& compartment);
    void change_consent();
    void connect(std::size_t member);
    void cut(std::size_t member);
    void crash_server();
    bool deliver_something(std::size_t member);
    void pull(std::size_t member);
    void take_outputs(std::size_t member);
    void on_append(const LogEntry& entry);
    void note_policy();
    void check_knowledge(std::size_t member);
    void check_logged(ByteView message);

    Hash hash_of(std::size_t member);

    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_);
    }

    bool chance(double p) { return std::bernoulli_distribution{p}(random_); }

    std::mt19937_64 random_;
    Faults faults_;
    ManualClock clock_;
    SodiumHasher hasher_;
    ObservedStorage storage_;
    std::unique_ptr<Founded4> world_;
    std::unique_ptr<Hub> hub_;
    std::uint64_t next_link_ = 1;
    std::vector<std::unique_ptr<Member>> members_;
    std::vector<std::unique_ptr<Person>> owned_;
    std::vector<UnitId> recipients_;  ///< units that consents open the team's items to
    Family family_;
    std::vector<Written> acknowledged_;
    std::set<ItemId> deleted_;
    std::set<ItemId> recalled_;

    /// The newest write of each author to an item, as acknowledged to the person, and as it came to
    /// the server: merged, or in escrow.
    std::map<std::pair<DeviceId, ItemId>, HybridTime> produced_;
    std::map<std::pair<DeviceId, ItemId>, HybridTime> arrived_;
    std::size_t in_escrow_ = 0;

    /// What each device was ever seen to have a key for.
    using KeyHolder = std::pair<DeviceId, CompartmentId>;
    std::map<KeyHolder, Instant> held_;    ///< when it was last seen with a key
    std::map<KeyHolder, Instant> sealed_;  ///< when the server last took a key for it
    Instant let_in_{};                     ///< when it last took what opens for somebody

    // What the policy has ever allowed, by the statements that the server accepted.
    StatementGraph federation_graph_;
    StatementGraph case_graph_;
    std::map<CompartmentId, Label> labels_;
    std::map<CompartmentId, std::set<UserId>> ever_permitted_;
    std::vector<std::string> violations_;
};

}  // namespace samsyn::sim
