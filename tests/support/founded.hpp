#pragma once

#include "core/model/label.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/hub/hub.hpp"
#include "tests/support/sealed_pages.hpp"

#include <samsyn/device.hpp>
#include <samsyn/enrolment.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace samsyn {

/// The value of something that cannot fail in a world that the test set up itself.
template <class T>
T must(Result<T> result) {
    if (!result) assertion_failed(to_string(result.error()).c_str(), "a test's own world", 0);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// Somebody with a tablet: real keys, a real device.
struct Person {
    explicit Person(std::string_view called) : name(called) {}

    std::string name;
    UserId user;
    SigningKey signing = SigningKey::generate();
    SodiumSealer sealer{SealingKey::generate()};
    SodiumPageCipher pages = test_pages();
    std::unique_ptr<Device> device;
};

/// A founded federation with four units, made the way an administrator makes it: "Norra Örebro län"
/// with Nora's team, Lindesberg's pupil health and social services, and a clinic of the region.
class Founded4 {
public:
    /// Puts the founding statements into `storage`. `address`: what the devices believe of the
    /// server. `folder`: where devices keep their databases; empty: in memory. Clock and storage
    /// must outlive it; libsodium has been started.
    Founded4(const Clock& clock,
             Storage& storage,
             std::string address,
             std::filesystem::path folder = {});

    std::unique_ptr<Hub> make_hub(const HubLimits& limits = {});

    Person& administrator() { return *administrator_; }

    /// Whoever is enrolled from now on has a device in memory.
    void keep_in_memory() { folder_.clear(); }

    /// By invitation, answer and compared code, as on two machines.
    std::unique_ptr<Person> enrol(std::string_view name, const UnitId& unit, Role role);

    /// The same for a device of any kind, whose keys `person` has.
    Result<AnsweredInvitation> let_in(const Person& person, const NewInvitation& wish);

    /// Opens (again) what `enrol` opened: as the agent that starts anew.
    std::unique_ptr<Device> open(Person& person, DeviceKind kind);

    const FederationId& federation() const { return founded_.federation; }

    const Verifier& verifier() const { return verifier_; }

    const Hasher& hasher() const { return hasher_; }

    Random& random() { return random_; }

    /// The federation's and the server's own keys, for what an honest test never signs.
    SigningKey& root_key() { return root_; }

    SigningKey& server_key() { return server_key_; }

    UnitId team, school, social, clinic;

private:
    /// A municipality whose administrator is there to be the second person, and nothing else.
    void admit_witness();
    void confirm_role_of(const UserId& user);

    DeviceConfig config_for(const UserId& user, DeviceKind kind) const;

    const Clock& clock_;
    Storage& storage_;
    std::string address_;
    std::filesystem::path folder_;
    SodiumRandom random_;
    SodiumHasher hasher_;
    SodiumVerifier verifier_;
    SigningKey root_ = SigningKey::generate();
    SigningKey server_key_ = SigningKey::generate();
    samsyn::Founded founded_;
    std::unique_ptr<Person> administrator_;
    std::unique_ptr<SigningKey> witness_;  ///< none until somebody has to be confirmed
    std::uint64_t witness_counter_ = 0;
};

/// A case of an invented family: one child, two guardians with joint custody, everybody of `people`
/// taking part for `units[i]`. Written by `lead`, whose unit is `team`.
struct Family {
    CaseId case_id;
    PersonId child;
    std::vector<PersonId> guardians;  ///< sorted
};

struct Participant {
    UserId user;
    UnitId unit;
};

Family open_family(Device& lead,
                   const UnitId& team,
                   std::span<const Participant> people,
                   Instant now);

/// Both guardians consent, in writing, for 200 days: what `disclosing` wrote about the child may be
/// read and (plan) changed by `recipient`. Names every closing of theirs, so that it reopens.
void consent_by_both(Device& lead,
                     const Family& family,
                     const UnitId& disclosing,
                     const UnitId& recipient,
                     Instant now);

/// The categories that `consent_by_both` covers.
Categories family_categories();

}  // namespace samsyn
