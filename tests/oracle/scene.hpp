#pragma once

#include "core/policy/decide.hpp"
#include "tests/oracle/rules/answer.hpp"
#include "tests/support/fake_hasher.hpp"

#include <map>
#include <string>
#include <vector>

namespace samsyn::test {

/// A federation and one case, as a list of statements that can be cut down.
struct Scene {
    std::vector<StatementPtr> federation;
    std::vector<StatementPtr> of_case;
    FederationId federation_id;
    CaseId id;
    std::map<std::string, std::string> names;  ///< of ids, for people who read a failure
};

struct Asked {
    Label label;
    Request request;
    Requester requester;
    Instant now;
};

/// The statements as one replica holds them, in the order in which they came.
class Replica {
public:
    explicit Replica(const Scene& scene);

    Decision decide(const Asked& asked) const;

    /// The streams that the requester's device receives.
    std::vector<Stream> streams_for(const Asked& asked) const;

private:
    Federation federation_;
    CaseView view_;
};

/// The same statements as bytes, read by the oracle.
oracle::World read_by_oracle(const Scene& scene);
oracle::Question put_to_oracle(const Asked& asked);

/// Where the two answers differ, in words; empty where they agree: the outcome, the first reason,
/// whose consent is missing, what is owed.
std::string difference(const oracle::Answer& oracle, const Decision& decision);

/// Every instant at which a statement of the scene says that something begins or ends, and those
/// that follow from it by a fixed time; sorted.
std::vector<Instant> instants_of(const Scene& scene);

/// The fewest statements for which the answers still differ, as far as dropping one at a time gets.
Scene shrunk(const Scene& scene, const Asked& asked, oracle::Planted planted);

/// A failure for a person to read: the statements, the question, both answers.
std::string in_words(const Scene& scene, const Asked& asked, oracle::Planted planted);

std::string text_of(ByteView bytes);

/// An id as the oracle knows it.
template <class IdType>
std::string raw(const IdType& id) {
    return text_of(id.view());
}

/// One decision as bytes, each spelled one way.
Bytes canonical(const Decision& decision);

}  // namespace samsyn::test
