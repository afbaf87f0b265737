#include "core/room/onlooker.hpp"

#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"

#include <rapidcheck.h>

#include <random>

using namespace samsyn;
using namespace samsyn::test;

namespace {

using Genes = std::vector<std::uint32_t>;

/// A scene in which each gene has said one more thing about who may read what.
struct RoomScene : Scene {
    explicit RoomScene(const Genes& genes) {
        for (const auto gene : genes) say(gene);
    }

    template <class T>
    static const T& pick(std::minstd_rand& random, const std::vector<T>& from) {
        return from[random() / 7 % from.size()];
    }

    void say(std::uint32_t gene) {
        std::minstd_rand random{gene};
        const auto recipient = pick(random, std::vector{school, clinic, team, social});
        const auto discloser = pick(random, std::vector{social, clinic, team});
        if (gene % 4 == 0) {
            auto no_more = no(static_cast<ClosingKind>(random() / 7 % 4), pick(random, parents()));
            no_more.disclosing = discloser.unit;
            no_more.recipient = Recipient{recipient.unit, {}, {}};
            no_more.categories.bits = Categories::known;
            closing(id, lead, no_more);
            return;
        }
        auto yes =
            draft_consent(a, child, discloser, recipient, {Category::social, Category::health});
        const auto actions = random() / 7 % 6;
        yes.actions = {};
        if (actions != 1) yes.actions.insert(Action::read);
        if (actions != 2) yes.actions.insert(Action::show_in_meeting);
        for (const auto& guardian : parents()) {
            yes.grantor = guardian;
            consent(id, author_of(discloser), yes);
        }
    }

    std::vector<PersonId> parents() const { return {a, b}; }

    const Staff& author_of(const UnitRef& unit) const {
        return unit == social ? officer : unit == clinic ? psychiatrist : lead;
    }

    std::vector<Label> labels() const {
        return {social_item(),
                social_item(Sensitivity::low),
                make_label({child}, clinic, Category::health),
                make_label({child}, team, Category::social),
                make_label({child, a}, social, Category::social)};
    }

    /// Everybody who might look in; which of them do, says `bits`.
    std::vector<Onlooker> eyes(std::uint32_t bits) const {
        std::vector<Onlooker> all;
        for (const auto& who : {lead, colleague, counsellor, principal, officer, psychiatrist})
            all.push_back({"colleague", who.requester()});
        all.push_back({"child", Viewer{ViewerKind::subject, child}});
        all.push_back({"guardian", Viewer{ViewerKind::guardian, a}});
        all.push_back({"guest", Viewer{ViewerKind::guest, PersonId{}}});
        std::vector<Onlooker> some;
        for (std::size_t i = 0; i < all.size(); ++i)
            if ((bits >> i & 1U) != 0) some.push_back(all[i]);
        return some;
    }
};

/// A scene with its statements sorted out, to ask many questions.
struct Asked {
    explicit Asked(RoomScene& of)
        : scene(of),
          members(of.federation()),
          view(CaseView::build(of.id, of.cases[of.id], members)) {}

    Decision ask(const Label& label, const Request& request, const Requester& requester) const {
        return decide(
            label, request, requester, {members, view}, current_statute_table(), scene.now);
    }

    Sight sight(const Label& label, const Staff& presenter, const std::vector<Onlooker>& eyes) {
        return sight_of(label,
                        {.presenter = presenter.requester()},
                        eyes,
                        [&](const auto& l, const auto& r, const auto& q) { return ask(l, r, q); });
    }

    RoomScene& scene;
    Federation members;
    CaseView view;
};

Request for_action(Action action) {
    Request request;
    request.action = action;
    return request;
}

}  // namespace

TEST_CASE("Property: what is shown in a room is a subset of what each who sees it may read",
          "[room][property]") {
    std::size_t shown = 0;
    CHECK(rc::check([&](const Genes& genes, std::uint32_t some, std::uint32_t others) {
        RoomScene scene{genes};
        Asked asked{scene};
        const auto eyes = scene.eyes(some & others);  // few, so that something is left to show
        for (const auto& presenter : {scene.lead, scene.officer, scene.counsellor}) {
            for (const auto& label : scene.labels()) {
                if (!asked.sight(label, presenter, eyes).permitted) continue;
                ++shown;
                RC_ASSERT(asked.ask(label, {}, presenter.requester()).permitted());
                for (const auto& each : eyes) {
                    if (const auto* colleague = std::get_if<Requester>(&each.who)) {
                        RC_ASSERT(asked.ask(label, {}, *colleague).permitted());
                    } else {
                        auto beside = presenter.requester();
                        beside.viewer = std::get<Viewer>(each.who);
                        RC_ASSERT(asked.ask(label, for_action(Action::show_in_meeting), beside)
                                      .permitted());
                    }
                }
            }
        }
    }));
    CHECK(shown > 50);  // the property is not empty
}

TEST_CASE("Property: one more onlooker never shows more, one less never shows less",
          "[room][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t bits, std::uint32_t more) {
        RoomScene scene{genes};
        Asked asked{scene};
        for (const auto& label : scene.labels())
            if (asked.sight(label, scene.lead, scene.eyes(bits | more)).permitted)
                RC_ASSERT(asked.sight(label, scene.lead, scene.eyes(bits)).permitted);
    }));
}

TEST_CASE("C-17: two lack health: the room does not show it, and does when they have left",
          "[room][scenario]") {
    RoomScene scene{{}};
    for (const auto& guardian : scene.parents()) {
        auto consent = scene.draft_consent(
            guardian, scene.child, scene.clinic, scene.team, {Category::health});
        consent.actions.insert(Action::show_in_meeting);
        scene.consent(scene.id, scene.psychiatrist, consent);
    }
    Asked asked{scene};
    const Label health = make_label({scene.child}, scene.clinic, Category::health);
    const std::vector<Onlooker> before{{"colleague", scene.colleague.requester()}};
    auto with_two = before;
    with_two.push_back({"counsellor", scene.counsellor.requester()});
    with_two.push_back({"principal", scene.principal.requester()});
    CHECK_FALSE(asked.sight(health, scene.lead, with_two).permitted);
    CHECK(asked.sight(health, scene.lead, before).permitted);

    const std::vector<Labelled> all{{CompartmentId{}, health}};
    const Asking asking = [&](const auto& l, const auto& r, const auto& q) {
        return asked.ask(l, r, q);
    };
    const Showing showing{.presenter = scene.lead.requester()};
    const View narrow = view_of(all, showing, with_two, asking);
    const View wide = view_of(all, showing, before, asking);
    CHECK(disappearing(wide, narrow) == std::vector<CompartmentId>{CompartmentId{}});
    CHECK(disappearing(narrow, wide).empty());
    CHECK(narrow.valid_until == instant_max);  // does not tell when something hidden may change
    CHECK(wide.valid_until < instant_max);
}

TEST_CASE("Attack: a consent to read alone, or to show alone, puts nothing on the screen",
          "[room][attack]") {
    for (const Action only : {Action::read, Action::show_in_meeting}) {
        RoomScene scene{{}};
        for (const auto& guardian : scene.parents()) {
            auto consent = scene.to_school(guardian);
            consent.actions = {};
            consent.actions.insert(only);
            scene.consent(scene.id, scene.officer, consent);
        }
        Asked asked{scene};
        const std::vector<Onlooker> school{{"counsellor", scene.counsellor.requester()}};
        CHECK_FALSE(asked.sight(scene.social_item(), scene.officer, school).permitted);
        CHECK(asked.sight(scene.social_item(), scene.officer, {}).permitted);
    }
}

TEST_CASE("C-42: what is closed to a circle does not reach a meeting with anybody else",
          "[room][scenario][attack]") {
    RoomScene scene{{}};
    Label closed = make_label({scene.child}, scene.team, Category::social);
    const Label open = closed;
    closed.closed = scene.fresh<AudienceId>();
    Asked asked{scene};
    const std::vector<Onlooker> guardian{{"Eva", Viewer{ViewerKind::guardian, scene.a}}};
    const std::vector<Onlooker> team{{"colleague", scene.colleague.requester()}};
    CHECK(asked.sight(open, scene.lead, team).permitted);
    CHECK_FALSE(asked.sight(closed, scene.lead, team).permitted);
    CHECK_FALSE(asked.sight(closed, scene.lead, guardian).permitted);
}

TEST_CASE("C-40: what exists in hiding is on no screen that a guardian or a guest sees",
          "[room][scenario][attack]") {
    RoomScene scene{{}};
    const Label own = make_label({scene.child}, scene.team, Category::social);
    const Staff& lead = scene.lead;
    const std::vector<Onlooker> guardian{{"Eva", Viewer{ViewerKind::guardian, scene.a}}};
    const std::vector<Onlooker> guest{{"Amir", Viewer{ViewerKind::guest, scene.fresh<PersonId>()}}};
    CHECK(Asked{scene}.sight(own, lead, guardian).permitted);

    scene.sign(
        lead.device,
        World::custody_stream(scene.id),
        ProtectionMark{
            .person = scene.child, .kind = ProtectionKind::hidden_existence, .users = {lead.user}});
    Asked asked{scene};
    CHECK(asked.sight(own, lead, {}).permitted);
    const Asking asking = [&](const auto& l, const auto& r, const auto& q) {
        return asked.ask(l, r, q);
    };
    for (const auto& eyes : {guardian, guest}) {
        const View view = view_of(std::vector<Labelled>{{CompartmentId{}, own}},
                                  {.presenter = lead.requester()},
                                  eyes,
                                  asking);
        CHECK(view.compartments.empty());
        CHECK(view.valid_until == instant_max);
    }
}

TEST_CASE("Room: family see what is about them and their child, and nothing of another adult",
          "[room]") {
    RoomScene scene{{}};
    Asked asked{scene};
    const auto sees = [&](const PersonId& person, std::vector<PersonId> about) {
        const Label label = make_label(std::move(about), scene.team, Category::social);
        const std::vector<Onlooker> eyes{{"family", Viewer{ViewerKind::guardian, person}}};
        return asked.sight(label, scene.lead, eyes).permitted;
    };
    CHECK(sees(scene.a, {scene.child}));
    CHECK(sees(scene.child, {scene.child}));
    CHECK_FALSE(sees(scene.a, {scene.b}));
    CHECK_FALSE(sees(scene.a, {scene.child, scene.b}));
    CHECK_FALSE(sees(scene.fresh<PersonId>(), {scene.child}));
    CHECK_FALSE(sees(PersonId{}, {scene.child}));
}

TEST_CASE("Attack: an onlooker whose tablet is revoked, or who has none, sees nothing",
          "[room][attack]") {
    RoomScene scene{{}};
    const std::vector<Onlooker> nobody{{"none", Requester{scene.colleague.user, DeviceId{}}}};
    const std::vector<Onlooker> revoked{{"revoked", scene.colleague.requester()}};
    const Label own = make_label({scene.child}, scene.team, Category::social);
    {
        Asked asked{scene};
        CHECK(asked.sight(own, scene.lead, revoked).permitted);
        CHECK_FALSE(asked.sight(own, scene.lead, nobody).permitted);
    }
    scene.revoke(scene.colleague.device, scene.nora);
    Asked asked{scene};
    CHECK_FALSE(asked.sight(own, scene.lead, revoked).permitted);
}
