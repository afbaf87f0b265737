#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// The role that an author claims: in the unit that the stream is about, else any of the user's.
Role claimed_role(const Federation& federation,
                  const UserId& user,
                  const Stream& stream,
                  Instant now) {
    if (!stream.unit.is_none()) {
        const Role role = federation.role_in(user, stream.unit, now);
        if (role != Role::none) return role;
    }
    const Federation::User* known = federation.user(user);
    if (!known) return Role::none;
    for (const Federation::Membership& membership : known->memberships) {
        const Role role = federation.role_in(user, membership.unit, now);
        if (role != Role::none) return role;
    }
    return Role::none;
}

void name_previous(const StatementId& id, std::vector<StatementId>& previous) {
    if (std::ranges::binary_search(previous, id)) return;
    if (previous.size() == statement_previous_max) previous.pop_back();
    previous.insert(std::ranges::lower_bound(previous, id), id);
}

}  // namespace

Result<StatementId> Device::Impl::author(const Stream& stream, StatementBody body) {
    const Instant now = this->now();
    const Federation& members = federation();
    const bool in_case = stream.kind != StreamKind::federation;
    const CaseView& facts = view(stream.case_id);

    StatementHeader header;
    header.federation = config.federation;
    header.stream = stream;
    header.author = self;
    header.role = claimed_role(members, config.user, stream, decision_time(now));
    header.counter = SAMSYN_TRY(store.take_counter());
    header.time = tick(now);
    if (in_case) {
        // Whoever does not receive the stream cannot know its heads: the custody stream's instead.
        const auto received = streams_for(self, facts, members, decision_time(now));
        const bool receives = std::ranges::binary_search(received, stream);
        header.previous = accepted_heads(receives ? stream : custody_stream(stream.case_id));
    } else {
        header.previous = accepted_heads(stream);
        // It counts only where it knew what it confirms, accepted already or not.
        if (const auto* word = std::get_if<Countersigned>(&body))
            name_previous(word->statement, header.previous);
    }
    SAMSYN_TRY(may_sign(header, body, facts, members));
    if (in_case) SAMSYN_TRY(check_sense(header, body));

    auto statement = sign_statement(std::move(header), std::move(body), ports.signer, ports.hasher);
    const Bytes bytes = encode_statement(statement);
    if (bytes.size() > statement_bytes_max) return fail(Errc::limit_exceeded, "statement");
    (void)SAMSYN_TRY(store.put_statement(statement.id, bytes));
    SAMSYN_TRY(store.put_outgoing({.counter = statement.header.counter,
                                   .kind = EntryKind::statement,
                                   .bytes = bytes,
                                   .compartment = {},
                                   .made = corrected(now)}));
    const StatementId id = statement.id;
    remember(std::make_shared<const Statement>(std::move(statement)));
    eager.insert(in_case ? stream.case_id : directory_case);
    SAMSYN_TRY(purge_denied(now));
    return id;
}

Result<CaseOpened> Device::Impl::opened(const CaseId& case_id) {
    const auto& found = view(case_id).custody().opened;
    if (!found) return fail(Errc::not_found, "case");
    return found->body;
}

Result<CaseId> Device::open_case(ServiceModel model, std::string_view title, const UnitId& unit) {
    Impl& my = *impl_;
    if (title.empty()) return fail(Errc::invalid_argument, "title");
    if (title.size() > value_text_bytes_max || !is_utf8(as_bytes(title)))
        return fail(Errc::invalid_argument, "title");
    if (!my.federation().unit(unit)) return fail(Errc::not_found, "unit");
    return my.transact([&]() -> Result<CaseId> {
        const auto id = random_id<CaseId>(my.ports.random);
        const UserId lead = my.config.user;
        SAMSYN_TRY(my.author(custody_stream(id), CaseOpened{model, unit, lead}));
        SAMSYN_TRY(my.author(roster_stream(id, unit),
                             ParticipantAdded{.user = lead,
                                              .unit = unit,
                                              .duty = Duty::lead,
                                              .from = my.corrected(my.now()),
                                              .until = instant_max}));
        // The family's name is content: it travels sealed, with each person of the case.
        SAMSYN_TRY(my.store.put_value(key_for("title", id), as_bytes(title)));
        return id;
    });
}

Result<StatementId> Device::record_adult(const CaseId& case_id, const PersonId& person) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<StatementId> {
        SAMSYN_TRY(my.opened(case_id));
        return my.author(custody_stream(case_id), AdultRecorded{person});
    });
}

Result<StatementId> Device::record_custody(const CaseId& case_id, const Custody& custody) {
    Impl& my = *impl_;
    Custody said = custody;
    std::ranges::sort(said.guardians);
    const auto doubles = std::ranges::unique(said.guardians);
    said.guardians.erase(doubles.begin(), doubles.end());
    if (said.child.is_none()) return fail(Errc::invalid_argument, "child");
    if (said.guardians.empty() || said.guardians.size() > 8)
        return fail(Errc::invalid_argument, "guardians: 1 to 8");
    if (std::ranges::binary_search(said.guardians, said.child))
        return fail(Errc::invalid_argument, "a child cannot be its own guardian");
    return my.transact([&]() -> Result<StatementId> {
        SAMSYN_TRY(my.opened(case_id));
        return my.author(custody_stream(case_id), said);
    });
}

Result<StatementId> Device::add_participant(
    const CaseId& case_id, const UserId& user, const UnitId& unit, Duty duty, Instant until) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<StatementId> {
        SAMSYN_TRY(my.opened(case_id));
        const Instant from = my.corrected(my.now());
        if (!my.federation().user(user)) return fail(Errc::not_found, "user");
        if (!my.federation().unit(unit)) return fail(Errc::not_found, "unit");
        if (!my.federation().works_in(user, unit, my.decision_time(my.now())))
            return fail(Errc::invalid_argument, "the user does not work in that unit");
        if (until <= from) return fail(Errc::invalid_argument, "until is not after now");
        return my.author(
            roster_stream(case_id, unit),
            ParticipantAdded{
                .user = user, .unit = unit, .duty = duty, .from = from, .until = until});
    });
}

Result<StatementId> Device::remove_participant(const CaseId& case_id,
                                               const UserId& user,
                                               const UnitId& unit) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<StatementId> {
        SAMSYN_TRY(my.opened(case_id));
        const RosterFacts& roster = my.view(case_id).roster(unit);
        if (!roster.participates(user, my.decision_time(my.now())))
            return fail(Errc::not_found, "participant");
        return my.author(roster_stream(case_id, unit), ParticipantRemoved{user, unit});
    });
}

Result<StatementId> Device::close_case(const CaseId& case_id, std::uint8_t reason) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<StatementId> {
        SAMSYN_TRY(my.opened(case_id));
        return my.author(custody_stream(case_id), CaseClosed{reason});
    });
}

Result<void> Device::reopen_case(const CaseId& case_id) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<void> {
        SAMSYN_TRY(my.opened(case_id));
        if (!my.view(case_id).custody().closed) return fail(Errc::conflict, "the case is open");
        // More than one where two closed it at once; what was ended before is ended again.
        std::vector<StatementId> closings;
        for (const StatementPtr& said : my.graph(case_id).in(custody_stream(case_id)))
            if (std::holds_alternative<CaseClosed>(said->body)) closings.push_back(said->id);
        for (const StatementId& closing : closings)
            SAMSYN_TRY(my.author(custody_stream(case_id), Ended{closing}));
        return {};
    });
}

}  // namespace samsyn
