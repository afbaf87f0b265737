#pragma once

#include "core/policy/ancestry.hpp"
#include "core/policy/federation.hpp"
#include "core/policy/second_signature.hpp"

namespace samsyn::policy {

// Private to core/policy, but for the table, which is the rule (docs/PROTOCOL.md, "Two persons").
//
// clang-format off
// | statement                      | wants a second person          | who may be it               |
// |--------------------------------|--------------------------------|-----------------------------|
// | AdministratorCertified         | unless the first of the        | an administrator, not the   |
// |                                | organisation, by root counter  | one certified               |
// | UserCertified as log_reviewer, | always                         | an administrator, a head of |
// | administrator or head_of_unit  |                                | that unit; never the user   |
// | DeviceCertified for a user     | unless the user's first in the | the user on another device, |
// |                                | organisation; again where it   | an administrator, a head of |
// |                                | brings another sealing key     | a unit of the user          |
// | RecoveryKeyCertified,          | always                         | an administrator, a head of |
// | RecoveryUsed                   |                                | a unit of the organisation  |
// | LogRestored                    | unless the root says it        | an administrator of another |
// |                                |                                | organisation                |
// clang-format on
//
// Always another person than the author. An administrator: of the same organisation, or of another
// one that is a member at the time of the confirmation. A head is a user certified as
// `Role::head_of_unit`, which is why that role itself wants two: else one administrator could make
// the second person up. For the same reason a head speaks only on a device that a second person has
// seen (`Federation::spoke_as_head`): not on a first one that was made after the role.

/// True where a statement of this kind may want a second person.
bool is_two_person_kind(const StatementBody& body);

/// May the device confirm `act` at the time `at`, by who is who in `federation`? Errors:
/// `not_permitted` naming the rule.
Result<void> may_be_second(const Federation& federation,
                           const Statement& act,
                           const DeviceId& second,
                           Instant at);

/// The word of a second person for a statement: a `Countersigned`, or the statement itself where it
/// carries a second signature.
struct SecondWord {
    DeviceId device;
    StatementPtr said;
};

/// The certificates among which one is of somebody's first device: of everybody with more than one
/// key. Renewals alone are none.
std::set<StatementId> rival_certificates(std::span<const StatementPtr> log);

/// Who confirmed what in a federation log, and who knew what: a function of the log alone.
class TwoPersons {
public:
    explicit TwoPersons(std::span<const StatementPtr> log);

    /// True where somebody confirmed it who may, in time, knowing it, with a device that was
    /// neither revoked nor suspended before: by who is who in `federation`.
    bool is_confirmed(const Statement& act, const Federation& federation) const;

    /// The same for one confirmation of it.
    bool confirms(const SecondWord& word, const Statement& act, const Federation& federation) const;

    /// Whatever claims to confirm it.
    std::span<const SecondWord> words(const StatementId& act) const {
        const auto found = words_.find(act);
        return found == words_.end() ? std::span<const SecondWord>{} : found->second;
    }

    bool knows(const StatementId& later, const StatementId& earlier) const {
        return ancestry_.knows(later, earlier);
    }

    /// False where the device is revoked or suspended, and what says so did not know `said`, nor
    /// does the server's pin vouch for its counter.
    bool stands(const DeviceId& device, const Statement& said, const Federation& federation) const;

private:
    std::map<StatementId, std::vector<SecondWord>> words_;
    Ancestry ancestry_;
};

}  // namespace samsyn::policy
