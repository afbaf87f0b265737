#pragma once

#include "core/policy/case_view.hpp"
#include "core/policy/decide.hpp"
#include "tests/support/fake_hasher.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace samsyn::test {

/// A user with one device.
struct Staff {
    UserId user;
    DeviceId device;
    UnitRef unit;

    Requester requester() const { return {user, device}; }
};

/// A small federation with cases, said in statements without real signatures: what tests of the
/// policy (and of whoever asks it) arrange with. Deterministic. Each statement gets a fresh id, a
/// time after the one before, its author's next counter, and the heads of its stream as previous.
class World {
public:
    Instant now = std::chrono::sys_days{std::chrono::year{2026} / 5 / 4} + std::chrono::hours{9};

    World() {
        const auto root_key = fresh_key();
        root = device_of(root_key);
        const auto founding =
            sign(root, federation_stream(), Founding{.root_key = root_key, .name_hash = {}});
        federation_id = FederationId::from(founding->id.view());
    }

    // --- The federation ---------------------------------------------------------------------

    /// Admits an organisation with one administrator.
    OrganisationId organisation() {
        const auto id = fresh<OrganisationId>();
        sign(root, federation_stream(), OrganisationAdmitted{.organisation = id, .from = long_ago});
        const auto key = fresh_key();
        administrators[id] = Staff{.user = fresh<UserId>(), .device = device_of(key), .unit = {}};
        sign(root,
             federation_stream(),
             AdministratorCertified{.organisation = id,
                                    .user = administrators[id].user,
                                    .device = administrators[id].device,
                                    .signing_key = key,
                                    .sealing_key = fresh<SealingPublicKey>()});
        return id;
    }

    UnitRef unit(const OrganisationId& organisation, Regime regime) {
        const UnitRef ref{organisation, fresh<UnitId>(), regime};
        sign(administrator(organisation), federation_stream(), UnitCertified{.unit = ref});
        return ref;
    }

    /// A new user of the unit, with a tablet.
    Staff staff(const UnitRef& unit, Role role) {
        Staff who{.user = fresh<UserId>(), .device = {}, .unit = unit};
        const auto said = certify(who.user, unit, role);
        who.device = tablet(who);
        if (wants_two(role)) confirm(said);  // who sees the tablet: a head speaks on no other
        return who;
    }

    /// Confirmed where the role wants two persons.
    StatementPtr join(const UserId& user, const UnitRef& unit, Role role) {
        const auto said = certify(user, unit, role);
        if (wants_two(role)) confirm(said);
        return said;
    }

    StatementPtr certify(const UserId& user, const UnitRef& unit, Role role) {
        return sign(administrator(unit.organisation),
                    federation_stream(),
                    UserCertified{.user = user,
                                  .organisation = unit.organisation,
                                  .unit = unit.unit,
                                  .role = role,
                                  .from = long_ago});
    }

    static bool wants_two(Role role) {
        return role == Role::log_reviewer || role == Role::administrator ||
               role == Role::head_of_unit;
    }

    /// A tablet of the user; each but the first confirmed by a second person.
    DeviceId tablet(const Staff& who) {
        const auto certificate = draft_tablet(who, fresh_key());
        const auto said =
            sign(administrator(who.unit.organisation), federation_stream(), certificate);
        if (!have_tablets.insert({who.unit.organisation, who.user}).second) confirm(said);
        return certificate.device;
    }

    /// By the administrator of an organisation that is there for nothing else.
    StatementPtr confirm(const StatementPtr& act) {
        if (witness.is_none()) witness = organisation();
        return confirm(act, administrator(witness));
    }

    StatementPtr confirm(const StatementPtr& act, const DeviceId& second) {
        return sign(second, federation_stream(), Countersigned{act->id});
    }

    DeviceCertified draft_tablet(const Staff& who, const SigningPublicKey& key) {
        return {.device = device_of(key),
                .kind = DeviceKind::staff_tablet,
                .organisation = who.unit.organisation,
                .user = who.user,
                .signing_key = key,
                .sealing_key = fresh<SealingPublicKey>()};
    }

    /// The only id that a device with this key can have.
    static DeviceId device_of(const SigningPublicKey& key) {
        return hash_to<DeviceId>(FakeHasher{}, Domain::device_id, {key.view()});
    }

    StatementPtr revoke(const DeviceId& device, const OrganisationId& organisation) {
        return sign(administrator(organisation), federation_stream(), DeviceRevoked{device});
    }

    const DeviceId& administrator(const OrganisationId& organisation) {
        return administrators.at(organisation).device;
    }

    // --- A case -----------------------------------------------------------------------------

    /// Opened by `lead`, who is put on the roster of the own unit.
    CaseId open_case(const Staff& lead) {
        const auto id = fresh<CaseId>();
        sign(lead.device,
             custody_stream(id),
             CaseOpened{.model = ServiceModel::famsam, .unit = lead.unit.unit, .lead = lead.user});
        add_participant(id, lead, lead, Duty::lead);
        return id;
    }

    StatementPtr add_participant(const CaseId& id,
                                 const Staff& author,
                                 const Staff& who,
                                 Duty duty = Duty::member) {
        return sign(author.device,
                    roster_stream(id, who.unit.unit),
                    ParticipantAdded{
                        .user = who.user, .unit = who.unit.unit, .duty = duty, .from = long_ago});
    }

    StatementPtr custody(const CaseId& id,
                         const Staff& author,
                         const PersonId& child,
                         std::vector<PersonId> guardians) {
        std::ranges::sort(guardians);
        return sign(author.device,
                    custody_stream(id),
                    Custody{.child = child,
                            .guardians = std::move(guardians),
                            .review_at = now + std::chrono::days{365},
                            .adult_at = now + std::chrono::days{3650}});
    }

    StatementPtr consent(const CaseId& id, const Staff& author, const Consent& consent) {
        return sign(author.device, disclosing_stream(id, consent.disclosing), consent);
    }

    /// In the stream of its disclosing unit, or in the custody stream where it names none.
    StatementPtr closing(const CaseId& id, const Staff& author, const Closing& closing) {
        return sign(
            author.device,
            closing.disclosing ? disclosing_stream(id, *closing.disclosing) : custody_stream(id),
            closing);
    }

    /// A written consent by a guardian for reading, for coordination, half a year from now.
    Consent draft_consent(const PersonId& grantor,
                          const PersonId& subject,
                          const UnitRef& disclosing,
                          const UnitRef& recipient,
                          std::initializer_list<Category> categories) const {
        Consent consent{.grantor = grantor,
                        .capacity = Capacity::guardian,
                        .subject = subject,
                        .disclosing = disclosing.unit,
                        .recipient = {.unit = recipient.unit, .role = {}, .user = {}},
                        .categories = {},
                        .purpose = Purpose::coordination,
                        .actions = {},
                        .not_before = now - std::chrono::hours{1},
                        .not_after = now + std::chrono::days{180},
                        .reach = Reach::present,
                        .form = ConsentForm::written,
                        .reserved = {},
                        .evidence = {},
                        .names = {}};
        for (const auto category : categories) consent.categories.insert(category);
        consent.actions.insert(Action::read);
        return consent;
    }

    // --- Saying and asking ------------------------------------------------------------------

    /// Says something; `previous` where it should not know every head of its stream.
    StatementPtr sign(const DeviceId& author,
                      const Stream& stream,
                      StatementBody body,
                      std::optional<std::vector<StatementId>> previous = {},
                      bool restricting = false) {
        auto statement = std::make_shared<Statement>();
        statement->id = fresh<StatementId>();
        statement->header.federation = federation_id;
        statement->header.stream = stream;
        statement->header.author = author;
        statement->header.counter = ++counters[author];
        statement->header.previous = previous ? *previous : graph(stream).heads(stream);
        statement->header.time = HybridTime::at(now, ++tick_);
        statement->header.restricting = restricting;
        statement->body = std::move(body);
        graph(stream).add(statement);
        return statement;
    }

    StatementGraph& graph(const Stream& stream) {
        return stream.kind == StreamKind::federation ? federation_log : cases[stream.case_id];
    }

    Federation federation() const {
        return *Federation::build(federation_log, federation_id, FakeHasher{});
    }

    /// One question, from nothing.
    Decision ask(const CaseId& id,
                 const Label& label,
                 const Requester& requester,
                 const Request& request = {}) {
        const auto members = federation();
        const auto view = CaseView::build(id, cases[id], members);
        return decide(label, request, requester, {members, view}, current_statute_table(), now);
    }

    static Stream federation_stream() { return {StreamKind::federation, {}, {}}; }

    static Stream custody_stream(const CaseId& id) { return {StreamKind::custody, id, {}}; }

    static Stream disclosing_stream(const CaseId& id, const UnitId& unit) {
        return {StreamKind::disclosing, id, unit};
    }

    static Stream roster_stream(const CaseId& id, const UnitId& unit) {
        return {StreamKind::roster, id, unit};
    }

    /// A new id of any kind: never none, never twice.
    template <class IdType>
    IdType fresh() {
        IdType id;
        auto state = ++serial_;
        for (auto& byte : id.bytes) {  // splitmix64, one byte of each step
            state += 0x9e3779b97f4a7c15ULL;
            auto mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
            byte = static_cast<std::byte>(mixed ^ (mixed >> 31));
        }
        return id;
    }

    SigningPublicKey fresh_key() { return fresh<SigningPublicKey>(); }

    Instant long_ago = Instant{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};
    DeviceId root;
    FederationId federation_id;
    std::map<OrganisationId, Staff> administrators;
    OrganisationId witness;  ///< none until somebody is needed to confirm
    std::set<std::pair<OrganisationId, UserId>> have_tablets;
    StatementGraph federation_log;
    std::map<CaseId, StatementGraph> cases;
    std::map<DeviceId, std::uint64_t> counters;

private:
    std::uint64_t serial_ = 1000;
    std::uint16_t tick_ = 0;
};

/// A label about these people, normal sensitivity.
inline Label make_label(std::vector<PersonId> subjects,
                        const UnitRef& disclosing,
                        Category category,
                        Sensitivity sensitivity = Sensitivity::normal) {
    Label label{.subjects = std::move(subjects),
                .disclosing = disclosing,
                .category = category,
                .sensitivity = sensitivity,
                .closed = {}};
    normalise(label);
    return label;
}

}  // namespace samsyn::test
