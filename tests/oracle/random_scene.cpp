#include "tests/oracle/random_scene.hpp"

#include "tests/oracle/scene_maker.hpp"

namespace samsyn::test {

namespace {

constexpr auto categories = std::to_array({Category::health, Category::meeting, Category::contact});

}  // namespace

RandomScene random_scene(std::uint64_t seed, std::size_t questions) {
    return SceneMaker{seed}.make(questions);
}

void SceneMaker::found() {
    const auto north = world_.organisation();
    const auto region = world_.organisation();
    units_ = {world_.unit(north, Regime::team),
              world_.unit(north, Regime::social),
              world_.unit(north, Regime::school_other),
              world_.unit(region, Regime::health)};
    if (dice_.percent(25)) units_.push_back(world_.unit(region, Regime::police));
    if (dice_.percent(15)) units_.push_back(world_.unit(region, Regime::private_party));
    static constexpr std::array words{"team", "social", "school", "clinic", "fifth", "sixth"};
    for (std::size_t i = 0; i < units_.size(); ++i) names_[raw(units_[i].unit)] = words[i];
    add_staff();
    break_members();
}

void SceneMaker::add_staff() {
    static constexpr std::array roles{
        Role::psychologist, Role::case_officer, Role::principal, Role::clinician};
    for (std::size_t i = 0; i < units_.size(); ++i)
        staff_.push_back(world_.staff(units_[i], roles[i % roles.size()]));
    staff_.push_back(world_.staff(units_[2], Role::school_nurse));
    if (dice_.percent(40)) staff_.push_back(world_.staff(any(units_), Role::nurse));
    if (dice_.percent(20)) {
        const Staff who = any(staff_);
        const UnitRef where = any(units_);
        if (where != who.unit) {
            world_.join(who.user, where, Role::social_worker);
            staff_.push_back({.user = who.user, .device = who.device, .unit = where});
        }
    }
    for (std::size_t i = 0; i < staff_.size(); ++i) {
        const auto name = names_.at(raw(staff_[i].unit.unit)) + std::to_string(i);
        names_.try_emplace(raw(staff_[i].user), name);
        names_.try_emplace(raw(staff_[i].device), "tablet of " + name);
    }
    for (const auto& [id, who] : world_.administrators) names_[raw(who.device)] = "administrator";
}

void SceneMaker::break_members() {
    const auto stream = World::federation_stream();
    if (dice_.percent(6)) {
        const Staff who = some_staff();
        world_.sign(
            world_.administrator(who.unit.organisation),
            stream,
            UserRemoved{
                .user = who.user, .organisation = who.unit.organisation, .from = some_time()});
    }
    if (dice_.percent(6)) {
        const Staff who = some_staff();
        world_.revoke(who.device, any(units_).organisation);
    }
    if (dice_.percent(10)) {  // a member for a time only
        const UnitRef where = some_unit();
        const Staff who{.user = world_.fresh<UserId>(), .device = {}, .unit = where};
        world_.sign(world_.administrator(where.organisation),
                    stream,
                    UserCertified{.user = who.user,
                                  .organisation = where.organisation,
                                  .unit = where.unit,
                                  .role = Role::nurse,
                                  .from = some_time(),
                                  .until = some_end()});
        staff_.push_back({.user = who.user, .device = world_.tablet(who), .unit = where});
        names_[raw(who.user)] = "passing";
        names_[raw(staff_.back().device)] = "tablet of passing";
    }
    if (dice_.percent(15)) leave_and_come_back();
    if (dice_.percent(20)) add_further_tablet();
    if (dice_.percent(10)) lose_a_tablet();
    if (dice_.percent(2)) world_.sign(world_.root, stream, Unknown{40, {}}, {}, dice_.percent(50));
}

/// Once or twice, in another role perhaps; where it begins before it ended, it never did.
void SceneMaker::leave_and_come_back() {
    const Staff who = some_staff();
    const auto place = [&](Instant from, Instant until, Role role) {
        world_.sign(world_.administrator(who.unit.organisation),
                    World::federation_stream(),
                    UserCertified{.user = who.user,
                                  .organisation = who.unit.organisation,
                                  .unit = who.unit.unit,
                                  .role = role,
                                  .from = from,
                                  .until = until});
    };
    const std::array roles{Role::nurse, Role::school_counsellor, Role::case_officer};
    const Instant left = some_time();
    place(world_.long_ago, left, any(roles));
    for (int times = dice_.percent(30) ? 2 : 1; times > 0; --times) {
        const Instant back = some_time();
        const Instant until = dice_.percent(60) ? instant_max : some_end();
        place(back, until, any(roles));
    }
}

/// Of somebody who has one: confirmed by who may or may not, in time or too late, or by nobody.
void SceneMaker::add_further_tablet() {
    const auto stream = World::federation_stream();
    const Staff who = some_staff();
    const auto& own = world_.administrator(who.unit.organisation);
    const auto draft = world_.draft_tablet(who, world_.fresh_key());
    const auto said = world_.sign(
        own,
        stream,
        draft,
        dice_.percent(85) ? world_.graph(stream).heads(stream) : some_knowledge(stream));
    staff_.push_back({.user = who.user, .device = draft.device, .unit = who.unit});
    names_[raw(draft.device)] = "further tablet";
    if (dice_.percent(25)) return;
    const auto& others = world_.administrator(any(units_).organisation);
    const std::array seconds{who.device, others, some_staff().device, own, draft.device};
    const auto now = world_.now;
    if (dice_.percent(10)) world_.now += std::chrono::days{4};
    world_.sign(any(seconds), stream, Countersigned{said->id}, some_knowledge(stream));
    world_.now = now;
}

/// And perhaps finds it again. Sometimes somebody says so who may not.
void SceneMaker::lose_a_tablet() {
    const auto stream = World::federation_stream();
    const Staff who = some_staff();
    const auto admin = [&] {
        return world_.administrator(dice_.percent(85) ? who.unit.organisation
                                                      : any(units_).organisation);
    };
    const auto lost =
        world_.sign(admin(), stream, DeviceSuspended{who.device}, some_knowledge(stream));
    if (dice_.percent(50)) return;
    world_.sign(admin(), stream, DeviceResumed{who.device, {lost->id}}, some_knowledge(stream));
}

void SceneMaker::name_people() {
    static constexpr std::array words{"child", "sibling", "mother", "father", "adult"};
    for (const auto* word : words) {
        people_.push_back(world_.fresh<PersonId>());
        names_[raw(people_.back())] = word;
    }
    for (const auto* word : {"circle", "other circle"}) {
        circles_.push_back(world_.fresh<AudienceId>());
        names_[raw(circles_.back())] = word;
    }
    for (const auto* word : {"decision 1", "decision 2"}) {
        decisions_.push_back(world_.fresh<Hash>());
        names_[raw(decisions_.back())] = word;
    }
}

void SceneMaker::open() {
    id_ = world_.fresh<CaseId>();
    world_.now = base_ - std::chrono::days{40};
    const Staff lead = dice_.percent(96) ? staff_.front() : some_staff();
    sign(lead.device,
         World::custody_stream(id_),
         CaseOpened{.model = ServiceModel::famsam, .unit = lead.unit.unit, .lead = lead.user});
    for (const Staff& who : staff_)
        if (dice_.percent(85))
            sign(lead.device,
                 World::roster_stream(id_, who.unit.unit),
                 ParticipantAdded{.user = who.user,
                                  .unit = who.unit.unit,
                                  .duty = dice_.percent(20) ? Duty::lead : Duty::member,
                                  .from = world_.long_ago,
                                  .until = dice_.percent(85) ? instant_max : some_end()});
    for (std::size_t child = 0; child < 2; ++child) {
        if (!dice_.percent(90)) continue;
        std::vector<PersonId> guardians{people_[2]};
        if (dice_.percent(70)) guardians.push_back(people_[3]);
        world_.custody(id_, lead, people_[child], guardians);
    }
    if (dice_.percent(60)) sign(lead.device, World::custody_stream(id_), AdultRecorded{people_[4]});
    of_case_.clear();
    for (const auto& stream : world_.cases[id_].streams())
        for (const auto& one : world_.cases[id_].in(stream)) of_case_.push_back(one);
}

RandomScene SceneMaker::make(std::size_t questions) {
    name_people();
    found();
    open();

    struct Row {
        unsigned weight;
        Step step;
    };

    static constexpr auto rows = std::to_array<Row>({
        {30, &SceneMaker::say_consent},
        {22, &SceneMaker::say_consents_of_both},
        {10, &SceneMaker::say_story},
        {12, &SceneMaker::say_consent_again},
        {12, &SceneMaker::say_confirmation},
        {14, &SceneMaker::say_closing},
        {6, &SceneMaker::say_ended},
        {5, &SceneMaker::say_custody},
        {3, &SceneMaker::say_participant},
        {2, &SceneMaker::say_removal},
        {2, &SceneMaker::say_adult},
        {1, &SceneMaker::say_case_closed},
        {1, &SceneMaker::say_unknown},
        {3, &SceneMaker::say_age},
        {4, &SceneMaker::say_maturity},
        {4, &SceneMaker::say_suspended},
        {2, &SceneMaker::say_representative},
        {4, &SceneMaker::say_prevented},
        {4, &SceneMaker::say_decision_in_place},
        {3, &SceneMaker::say_mandate},
        {1, &SceneMaker::say_mark},
        {5, &SceneMaker::say_audience},
        {2, &SceneMaker::say_lock},
        {10, &SceneMaker::say_override},
        {7, &SceneMaker::say_verdict},
        {3, &SceneMaker::say_answer},
        {3, &SceneMaker::say_guest},
        {2, &SceneMaker::say_acknowledged},
    });
    static constexpr Row last{.weight = 1, .step = &SceneMaker::say_weeded};
    unsigned total = 0;
    for (const auto& row : rows) total += row.weight;
    const auto count = dice_.between(2, 24);
    for (std::uint64_t i = 0; i < count; ++i) {
        auto roll = dice_.below(total);
        move_clock();
        for (const auto& row : rows) {
            if (roll < row.weight) {
                (this->*row.step)();
                break;
            }
            roll -= row.weight;
        }
    }
    if (dice_.percent(last.weight)) (this->*last.step)();
    RandomScene made;
    made.scene.federation_id = world_.federation_id;
    made.scene.id = id_;
    for (const auto& one : world_.federation_log.in(World::federation_stream()))
        made.scene.federation.push_back(one);
    made.scene.of_case = of_case_;
    for (std::size_t i = 0; i < of_case_.size(); ++i)
        names_[raw(of_case_[i]->id)] = "S" + std::to_string(i);
    made.scene.names = names_;
    for (std::size_t i = 0; i < questions; ++i) made.questions.push_back(ask());
    return made;
}

/// About what a consent, or a statement by statute, speaks of: else hardly anything is permitted.
void SceneMaker::aim(Asked& asked) {
    const auto consents = said<Consent>();
    const auto openings = said<Override>();
    const auto answers = said<InvestigationAnswer>();
    const auto unit = [&](const UnitId& id) {
        return *std::ranges::find(units_, id, &UnitRef::unit);
    };
    const auto at = [&](const auto& body, const UnitId& disclosing) {
        asked.label.subjects = {body.subject};
        asked.label.disclosing = unit(disclosing);
        if (!body.categories.contains(asked.label.category))
            for (const auto category : categories)
                if (body.categories.contains(category)) asked.label.category = category;
        asked.requester = some_of(unit(body.recipient.unit)).requester();
        asked.now = base_;
    };
    const auto circles = said<Audience>();
    const auto roll = dice_.below(100);
    if (roll >= 90 && !circles.empty()) {
        const auto one = any(circles);
        asked.label.closed = std::get<Audience>(one->body).id;
        asked.label.disclosing = unit(one->header.stream.unit);
        asked.requester = some_of(asked.label.disclosing).requester();
        asked.now = base_;
    } else if (roll < 55 && !consents.empty()) {
        const auto& body = std::get<Consent>(any(consents)->body);
        at(body, body.disclosing);
        asked.request.purpose = body.purpose;
    } else if (roll < 75 && !openings.empty()) {
        const auto one = any(openings);
        const auto& body = std::get<Override>(one->body);
        at(body, one->header.stream.unit);
        asked.label.closed = body.selection;
    } else if (roll < 80 && !answers.empty()) {
        const auto one = any(answers);
        const auto& body = std::get<InvestigationAnswer>(one->body);
        at(body, one->header.stream.unit);
        asked.label.closed = body.selection;
    }
}

Asked SceneMaker::ask() {
    std::vector<PersonId> subjects{dice_.percent(70) ? people_[0] : some_person()};
    if (dice_.percent(20)) subjects.push_back(some_person());
    Asked asked{
        .label = make_label(
            subjects, some_disclosing(), any(categories), static_cast<Sensitivity>(dice_.below(3))),
        .request = {},
        .requester = some_staff().requester(),
        .now = dice_.percent(60) ? base_ : some_time()};
    if (dice_.percent(60)) {  // somebody of the school or the clinic
        asked.requester = some_of(units_[2 + dice_.below(2)]).requester();
        asked.label.disclosing = units_[1];
    }
    if (dice_.percent(8)) asked.label.closed = any(circles_);
    if (dice_.percent(60)) aim(asked);
    if (dice_.percent(15)) asked.now = some_time();
    if (dice_.percent(15)) asked.now += std::chrono::milliseconds{dice_.percent(50) ? 1 : -1};
    if (dice_.percent(3)) asked.requester.device = some_staff().device;
    if (dice_.percent(20)) asked.request.action = static_cast<Action>(dice_.below(5));
    if (dice_.percent(5)) asked.request.purpose = static_cast<Purpose>(dice_.below(4));
    if (dice_.percent(8)) asked.request.purpose = some_purpose();
    asked.request.shared_editing_type = dice_.percent(50);
    if (dice_.percent(8)) asked.request.ground = {Ground::Kind::statute, some_statute()};
    if (dice_.percent(10))
        asked.requester.viewer =
            Viewer{.kind = static_cast<ViewerKind>(dice_.below(4)), .person = some_person()};
    return asked;
}

StatementPtr SceneMaker::sign(const DeviceId& author, const Stream& stream, StatementBody body) {
    of_case_.push_back(world_.sign(author, stream, std::move(body), some_knowledge(stream), false));
    return of_case_.back();
}

std::vector<StatementId> SceneMaker::some_knowledge(const Stream& stream) {
    const auto roll = dice_.below(100);
    if (roll < 60) return world_.graph(stream).heads(stream);
    if (roll < 75) return {};
    std::vector<StatementId> known;
    for (const auto& one : world_.graph(stream).in(stream))
        if (dice_.percent(30) && known.size() < statement_previous_max) known.push_back(one->id);
    std::ranges::sort(known);
    return known;
}

void SceneMaker::move_clock() {
    static constexpr std::array days{-35, -30, -20, -14, -10, -3, -1, -1, -1, 0};
    world_.now = base_ + std::chrono::days{any(days)};
}

Instant SceneMaker::some_time() {
    static constexpr std::array days{-40, -30, -14, -10, -3, -1, 0, 0, 1, 3, 10, 14, 30};
    return base_ + std::chrono::days{any(days)};
}

Instant SceneMaker::some_end() {
    static constexpr std::array days{-10, -1, 0, 1, 3, 10, 14, 30, 100, 200};
    return base_ + std::chrono::days{any(days)};
}

Staff SceneMaker::some_lead() {
    return dice_.percent(85) ? staff_.front() : some_staff();
}

Staff SceneMaker::some_of(const UnitRef& unit) {
    std::vector<Staff> there;
    for (const Staff& who : staff_)
        if (who.unit == unit) there.push_back(who);
    return there.empty() ? some_staff() : any(there);
}

UnitRef SceneMaker::some_disclosing() {
    return dice_.percent(70) ? units_[1] : some_unit();
}

PersonId SceneMaker::some_child() {
    return people_[dice_.percent(80) ? 0 : 1];
}

PersonId SceneMaker::some_guardian() {
    return dice_.percent(90) ? people_[2 + dice_.below(2)] : some_person();
}

Categories SceneMaker::every_category() {
    Categories all;
    for (const auto one : categories) all.insert(one);
    return all;
}

Categories SceneMaker::some_categories() {
    Categories some;
    for (const auto one : categories)
        if (dice_.percent(65)) some.insert(one);
    return some;
}

Recipient SceneMaker::some_recipient() {
    Recipient to{.unit = units_[2 + dice_.below(2)].unit, .role = {}, .user = {}};
    if (dice_.percent(20)) to.unit = some_unit().unit;
    if (dice_.percent(15)) to.role = dice_.percent(50) ? Role::principal : Role::school_nurse;
    if (dice_.percent(10)) to.user = some_staff().user;
    return to;
}

Purpose SceneMaker::some_purpose() {
    static constexpr std::array all{Purpose::coordination,
                                    Purpose::identifying_statistics,
                                    measure_referral,
                                    measure_support_from_12,
                                    measure_counselling_from_15,
                                    Purpose{999}};
    return any(all);
}

std::uint16_t SceneMaker::some_statute() {
    static constexpr std::array<std::uint16_t, 6> all{statute_general_clause,
                                                      statute_necessary_disclosure,
                                                      statute_emergency,
                                                      statute_investigation,
                                                      statute_care_documentation,
                                                      777};
    return any(all);
}

std::vector<UserId> SceneMaker::some_users() {
    std::vector<UserId> users;
    for (const Staff& who : staff_)
        if (dice_.percent(55)) users.push_back(who.user);
    std::ranges::sort(users);
    users.erase(std::ranges::unique(users).begin(), users.end());
    return users;
}

}  // namespace samsyn::test
