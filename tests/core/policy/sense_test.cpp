#include "tests/core/policy/kinds_scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

std::string wrong_with(const KindsScene& scene, const StatementBody& body) {
    StatementHeader header;
    header.stream = scene.in_social();
    header.time = HybridTime::at(scene.now);
    const auto checked = check_sense(header, body);
    if (checked) return {};
    CHECK(checked.error().code == Errc::invalid_argument);
    return checked.error().context;
}

}  // namespace

TEST_CASE("Sense: a guardian is prevented for at most 30 days", "[policy]") {
    const KindsScene scene;
    GuardianPrevented body{scene.child, scene.a, {}, false, scene.now + days{30}};
    CHECK(wrong_with(scene, body).empty());
    body.until += std::chrono::milliseconds{1};
    CHECK(wrong_with(scene, body) == "at most 30 days");
    body.until = scene.now;
    CHECK(wrong_with(scene, body) == "a period that ends after it begins");
}

TEST_CASE("Sense: nobody is guardian and child, or represents the one whom he replaces",
          "[policy]") {
    const KindsScene scene;
    const std::string_view two_roles = "one person in two roles";
    GuardianSuspended suspended{scene.child, scene.child, {}, scene.now, instant_max};
    CHECK(wrong_with(scene, suspended) == two_roles);
    suspended.guardian = scene.a;
    CHECK(wrong_with(scene, suspended).empty());
    suspended.special_representative = scene.a;
    CHECK(wrong_with(scene, suspended) == two_roles);
    suspended.special_representative = scene.b;
    CHECK(wrong_with(scene, suspended).empty());
    CHECK(wrong_with(scene, Representative{scene.a, scene.a, {}, scene.now, instant_max}) ==
          two_roles);
    CHECK(wrong_with(scene, Mandate{scene.a, scene.a, {}, {}, scene.now, scene.tomorrow()}) ==
          two_roles);
}

TEST_CASE("Sense: an override names whom, what, why, for whom and until when", "[policy]") {
    KindsScene scene;
    Override body;
    CHECK(wrong_with(scene, body) == "subject");
    body.subject = scene.child;
    CHECK(wrong_with(scene, body) == "justification");
    body.justification = scene.fresh<Hash>();
    CHECK(wrong_with(scene, body) == "categories: never the whole case");
    body.categories.insert(Category::social);
    CHECK(wrong_with(scene, body) == "recipient");
    body.recipient.unit = scene.social.unit;
    CHECK(wrong_with(scene, body) == "another unit than the disclosing one");
    body.recipient.unit = scene.school.unit;
    CHECK(wrong_with(scene, body) == "a period that ends after it begins");
    body.from = scene.now;
    body.until = scene.tomorrow();
    CHECK(wrong_with(scene, body).empty());
    body.items = {scene.fresh<ItemId>()};
    CHECK(wrong_with(scene, body) == "items and the selection to which they are copied");
    body.selection = scene.fresh<AudienceId>();
    CHECK(wrong_with(scene, body).empty());
}

TEST_CASE("C-32 Sense: an answer to an investigation names items and the decision", "[policy]") {
    KindsScene scene;
    InvestigationAnswer body;
    body.subject = scene.child;
    body.categories.insert(Category::attendance);
    body.recipient.unit = scene.school.unit;
    body.until = scene.tomorrow();
    CHECK(wrong_with(scene, body) == "decision");
    body.decision = scene.fresh<Hash>();
    CHECK(wrong_with(scene, body) == "items");
    body.items = {scene.fresh<ItemId>()};
    body.selection = scene.fresh<AudienceId>();
    CHECK(wrong_with(scene, body).empty());
}

TEST_CASE("Sense: what says nothing is refused before it is signed", "[policy]") {
    KindsScene scene;
    CHECK(wrong_with(scene, AgeAttested{scene.child, 0}) == "years, 1 to 18");
    CHECK(wrong_with(scene, AgeAttested{scene.child, 19}) == "years, 1 to 18");
    CHECK(wrong_with(scene, AgeAttested{scene.child, 15}).empty());
    CHECK(wrong_with(scene, Audience{}) == "audience");
    CHECK(wrong_with(scene, InvestigationLock{}) == "lock");
    CHECK(wrong_with(scene, Release{}) == "lock and items");
    CHECK(wrong_with(scene, EmergencyOpening{}) == "items and a reason");
    CHECK(wrong_with(scene, CopiedToOwnRecord{}) == "items");
    CHECK(wrong_with(scene, PurgeReceipt{}) == "compartments");
    CHECK(wrong_with(scene, EscrowVerdict{}) == "blob");
    PurgeReceipt receipt;
    receipt.compartments = {scene.fresh<CompartmentId>()};
    receipt.noticed_at = scene.tomorrow();
    receipt.purged_at = scene.now;
    CHECK(wrong_with(scene, receipt) == "noticed before it was purged");
    const RoomSession endless{
        scene.fresh<DeviceId>(), scene.lead.user, scene.now, scene.now + days{2}};
    CHECK(wrong_with(scene, endless) == "at most 24 hours");
}

TEST_CASE("Opens: every kind says why its clock matters or not", "[policy]") {
    CHECK(opens(GuardianPrevented{}));
    CHECK(opens(Override{}));
    CHECK(opens(Release{}));
    CHECK(opens(Mandate{}));
    CHECK(opens(Maturity{}));
    CHECK(opens(LogRestored{}));
    CHECK(opens(SecrecyAcknowledged{}));
    CHECK(opens(SecondReaderVerdict{{}, true, {}}));
    CHECK(opens(DecisionInPlace{}));
    CHECK_FALSE(opens(SecondReaderVerdict{{}, false, {}}));
    CHECK_FALSE(opens(DecisionInPlace{{}, {}, {}, {}, {}, {}, true}));
    CHECK_FALSE(opens(GuardianSuspended{}));
    CHECK_FALSE(opens(ProtectionMark{}));
    CHECK_FALSE(opens(InvestigationLock{}));
    CHECK_FALSE(opens(Audience{}));
    CHECK_FALSE(opens(CaseWeeded{}));
    CHECK_FALSE(opens(ReportOfConcern{}));
    CHECK_FALSE(opens(PurgeReceipt{}));
    CHECK_FALSE(opens(EmergencyOpening{}));
    CHECK_FALSE(why_opens(Consent{}).empty());
    CHECK(why_opens(Unknown{}).empty());
}
