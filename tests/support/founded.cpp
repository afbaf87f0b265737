#include "tests/support/founded.hpp"

#include "core/wire/statement_codec.hpp"

#include <samsyn/provisioning.hpp>

#include <algorithm>
#include <array>

namespace samsyn {

using namespace std::chrono_literals;

Founded4::Founded4(const Clock& clock,
                   Storage& storage,
                   std::string address,
                   std::filesystem::path folder)
    : clock_(clock),
      storage_(storage),
      address_(std::move(address)),
      folder_(std::move(folder)),
      administrator_(std::make_unique<Person>("administratör")) {
    const std::array<std::string, 3> names{"Nora", "Lindesberg", "Region Örebro län"};
    founded_ = found_federation("Norra Örebro län",
                                names,
                                root_,
                                administrator_->signing.public_key(),
                                administrator_->sealer.public_key(),
                                random_,
                                hasher_,
                                clock_.now());
    administrator_->user = founded_.administrator;

    std::vector<Bytes> statements = founded_.statements;
    const Statement last = must(decode_statement(statements.back(), hasher_));
    statements.push_back(certify_server(founded_.federation,
                                        server_key_.public_key(),
                                        last.header.counter,
                                        std::array{last.id},
                                        root_,
                                        hasher_,
                                        clock_.now()));
    must(seed_federation(storage_, hasher_, verifier_, statements));

    administrator_->device = open(*administrator_, DeviceKind::administrator_machine);
    Device& admin = *administrator_->device;
    for (const Bytes& bytes : statements) must(admin.import_statement(bytes));
    for (std::size_t i = 0; i < names.size(); ++i)
        must(admin.name_organisation(founded_.organisations[i].id, names[i]));
    team = must(admin.add_unit(founded_.organisations[0].id, Regime::team, "Familjesamverkan"));
    school = must(
        admin.add_unit(founded_.organisations[1].id, Regime::school_pupil_health, "Elevhälsan"));
    social = must(admin.add_unit(founded_.organisations[1].id, Regime::social, "Socialtjänsten"));
    clinic = must(admin.add_unit(founded_.organisations[2].id, Regime::health, "BUP"));
}

std::unique_ptr<Hub> Founded4::make_hub(const HubLimits& limits) {
    return must(Hub::open(
        {storage_, server_key_, verifier_, hasher_, random_}, founded_.federation, limits));
}

std::unique_ptr<Person> Founded4::enrol(std::string_view name, const UnitId& unit, Role role) {
    Device& admin = *administrator_->device;
    auto person = std::make_unique<Person>(name);
    const bool wants_two =
        role == Role::head_of_unit || role == Role::log_reviewer || role == Role::administrator;
    person->user = must(admin.add_user(unit, wants_two ? Role::case_officer : role, name));
    NewInvitation wish;
    wish.user = person->user;
    must(let_in(*person, wish));
    if (wants_two) {  // afterwards: a head speaks on no device that the second person has not seen
        must(Provisioning{admin}.change_role(person->user, unit, role));
        confirm_role_of(person->user);
    }
    person->device = open(*person, DeviceKind::staff_tablet);
    return person;
}

void Founded4::admit_witness() {
    constexpr std::uint64_t root_counter = 100;  // out of the way of what tests sign as the root
    witness_ = std::make_unique<SigningKey>(SigningKey::generate());
    const auto organisation = random_id<OrganisationId>(random_);
    const SigningPublicKey& key = witness_->public_key();
    const std::array<StatementBody, 2> bodies{
        StatementBody{OrganisationAdmitted{.organisation = organisation, .from = clock_.now()}},
        StatementBody{
            AdministratorCertified{organisation,
                                   random_id<UserId>(random_),
                                   hash_to<DeviceId>(hasher_, Domain::device_id, {key.view()}),
                                   key,
                                   SealingKey::generate().public_key()}}};
    Device& admin = *administrator_->device;
    for (const Bytes& statement : sign_as_root(founded_.federation,
                                               bodies,
                                               root_counter,
                                               admin.federation_heads(),
                                               root_,
                                               hasher_,
                                               clock_.now()))
        must(admin.import_statement(statement));
}

void Founded4::confirm_role_of(const UserId& user) {
    if (!witness_) admit_witness();
    Device& admin = *administrator_->device;
    for (const WaitingView& act : Provisioning{admin}.waiting()) {
        if (act.user != user) continue;
        StatementHeader header;
        header.federation = founded_.federation;
        header.author =
            hash_to<DeviceId>(hasher_, Domain::device_id, {witness_->public_key().view()});
        header.counter = ++witness_counter_;
        header.previous = admin.federation_heads();
        header.time = HybridTime::at(act.said + 1ms);
        must(admin.import_statement(
            encode_statement(sign_statement(header, Countersigned{act.id}, *witness_, hasher_))));
    }
}

Result<AnsweredInvitation> Founded4::let_in(const Person& person, const NewInvitation& wish) {
    Inviting inviting{*administrator_->device};
    const Invitation invitation = SAMSYN_TRY(inviting.invite(wish));
    const EnrolmentReply reply = answer_invitation(
        invitation, person.signing.public_key(), person.sealer.public_key(), random_, hasher_);
    const AnsweredInvitation revealed = SAMSYN_TRY(inviting.reveal(reply.answer));
    const std::string code =
        SAMSYN_TRY(comparison_code(reply.comparison, revealed.reveal, hasher_));
    return inviting.accept(reply.answer, code);
}

DeviceConfig Founded4::config_for(const UserId& user, DeviceKind kind) const {
    return {
        address_, founded_.federation, root_.public_key(), server_key_.public_key(), user, kind};
}

std::unique_ptr<Device> Founded4::open(Person& person, DeviceKind kind) {
    const DeviceConfig config = config_for(person.user, kind);
    const Device::Ports ports{
        clock_, random_, hasher_, verifier_, person.signing, person.sealer, person.pages};
    if (folder_.empty()) return must(Device::open_in_memory(config, ports));
    std::filesystem::create_directories(folder_ / person.name);
    const auto file = folder_ / person.name / "samsyn.db";
    const auto mode = std::filesystem::exists(file) ? DatabaseMode::existing : DatabaseMode::create;
    return must(Device::open(file, mode, config, ports));
}

Family open_family(Device& lead,
                   const UnitId& team,
                   std::span<const Participant> people,
                   Instant now) {
    Family family;
    family.case_id = must(lead.open_case(ServiceModel::famsam, "Familjen Ekstubbe", team));
    family.child = must(lead.add_person(family.case_id, "Tuva Ekstubbe", {}));
    family.guardians = {must(lead.add_person(family.case_id, "Sol Ekstubbe", {})),
                        must(lead.add_person(family.case_id, "Ask Ekstubbe", {}))};
    std::ranges::sort(family.guardians);
    must(lead.record_custody(
        family.case_id,
        Custody{family.child, family.guardians, now + 24h * 300, now + 24h * 3000}));
    for (const Participant& one : people)
        must(lead.add_participant(
            family.case_id, one.user, one.unit, Duty::member, now + 24h * 300));
    return family;
}

void consent_by_both(Device& lead,
                     const Family& family,
                     const UnitId& disclosing,
                     const UnitId& recipient,
                     Instant now) {
    const auto closings = must(lead.closings(family.case_id));
    for (const PersonId& guardian : family.guardians) {
        NewConsent wish;
        wish.case_id = family.case_id;
        wish.grantor = guardian;
        wish.capacity = Capacity::guardian;
        wish.subjects = {family.child};
        wish.disclosing = {disclosing};
        wish.recipients = {Recipient{recipient, std::nullopt, std::nullopt}};
        wish.categories = family_categories();
        wish.actions.insert(Action::read);
        wish.actions.insert(Action::contribute);
        wish.not_before = now;
        wish.not_after = now + 24h * 200;
        wish.form = ConsentForm::written;
        for (const ClosingView& closing : closings)
            if (closing.closing.decider == guardian) wish.names.push_back(closing.id);
        std::ranges::sort(wish.names);
        if (wish.names.size() > statement_names_max) return;
        must(lead.record_consent(wish));
    }
}

Categories family_categories() {
    Categories categories;
    for (const Category one : {Category::attendance,
                               Category::social,
                               Category::health,
                               Category::parenting,
                               Category::plan,
                               Category::contact})
        categories.insert(one);
    return categories;
}

}  // namespace samsyn
