// Our own statements that the server did not take.

#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Adds an id to a stored list, or takes it off. False where nothing changed.
Result<bool> change_list(DeviceStore& store,
                         std::string_view key,
                         const StatementId& id,
                         bool listed) {
    std::set<StatementId> ids;
    const auto bytes = SAMSYN_TRY(store.value(key));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) ids.insert(SAMSYN_TRY(in.id<StatementId>("stored statement")));
    const bool changed = listed ? ids.insert(id).second : ids.erase(id) > 0;
    if (!changed) return false;
    Writer out;
    for (const StatementId& one : ids) out.id(one);
    SAMSYN_TRY(store.put_value(key, out.view()));
    return true;
}

/// Whether a body closes something, by its kind; of an end, what is ended decides.
struct Denies {
    template <class Body>
    bool operator()(const Body&) const {
        return false;
    }

    bool operator()(const DeviceRevoked&) const { return true; }

    bool operator()(const DeviceLocked&) const { return true; }

    bool operator()(const DeviceWiped&) const { return true; }

    bool operator()(const DeviceSuspended&) const { return true; }

    bool operator()(const UserRemoved&) const { return true; }

    bool operator()(const CaseClosed&) const { return true; }

    bool operator()(const ParticipantRemoved&) const { return true; }

    bool operator()(const Closing&) const { return true; }

    bool operator()(const CaseWeeded&) const { return true; }

    bool operator()(const ProtectionMark&) const { return true; }

    bool operator()(const DecisionInPlace& body) const { return body.stayed; }

    bool operator()(const SecondReaderVerdict& body) const { return !body.approved; }
};

struct Refused {
    StatementId id;
    ParkedView view;
};

Result<std::vector<Refused>> refused_rows(DeviceStore& store) {
    constexpr std::size_t refused_text_bytes_max = 1024;
    std::vector<Refused> rows;
    const auto bytes = SAMSYN_TRY(store.value(key_refused));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) {
        Refused row;
        row.id = SAMSYN_TRY(in.id<StatementId>("refused statement"));
        row.view.case_id = SAMSYN_TRY(in.id<CaseId>("refused statement"));
        const auto code = SAMSYN_TRY(in.number<std::uint16_t>("refused statement"));
        row.view.why.code = errc_from_wire(code);
        row.view.why.context = SAMSYN_TRY(in.text(refused_text_bytes_max, "refused statement"));
        row.view.written = SAMSYN_TRY(in.instant("refused statement"));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<void> put_refused(DeviceStore& store, const std::vector<Refused>& rows) {
    Writer out;
    for (const Refused& row : rows) {
        out.id(row.id);
        out.id(row.view.case_id);
        out.enumerator(row.view.why.code);
        out.text(row.view.why.context);
        out.instant(row.view.written);
    }
    return store.put_value(key_refused, out.view());
}

}  // namespace

bool Device::Impl::denies(const Statement& statement) const {
    const auto* ended = std::get_if<Ended>(&statement.body);
    if (!ended) return std::visit(Denies{}, statement.body);
    const auto target = graph_of(statement.header.stream).find(ended->statement);
    // The end of something unknown is kept, as the safer of the two.
    return !target || !std::visit(Denies{}, target->body);
}

Result<void> Device::Impl::discard_statement(const StatementId& id) {
    (void)SAMSYN_TRY(change_list(store, key_discarded, id, true));
    SAMSYN_TRY(save_clock());
    SAMSYN_TRY(load());
    touch();
    return {};
}

Result<void> Device::Impl::give_up_statement(const Statement& statement, const Error& why) {
    touch();
    // A "no" of the server must not open again what a person closed: that fails safe here, and the
    // status says that it is not accepted. What opens must count in both places or in none.
    if (denies(statement)) {
        (void)SAMSYN_TRY(change_list(store, key_unaccepted, statement.id, true));
        unaccepted.insert(statement.id);
    } else {
        SAMSYN_TRY(discard_statement(statement.id));
    }
    return note_refused(statement, why);
}

Result<void> Device::Impl::accept_statement(const StatementId& id) {
    const bool was_discarded = SAMSYN_TRY(change_list(store, key_discarded, id, false));
    const bool was_unaccepted = SAMSYN_TRY(change_list(store, key_unaccepted, id, false));
    if (!was_discarded && !was_unaccepted) return {};
    touch();
    unaccepted.erase(id);
    return forget_refused(id);
}

std::vector<StatementId> Device::Impl::accepted_heads(const Stream& stream) const {
    const StatementGraph& all = graph_of(stream);
    auto heads = all.heads(stream);
    if (unaccepted.empty()) return heads;
    std::set<StatementId> accepted;
    while (!heads.empty()) {
        const StatementId id = heads.back();
        heads.pop_back();
        if (!unaccepted.contains(id)) {
            accepted.insert(id);
            continue;
        }
        const auto statement = all.find(id);
        if (!statement) continue;
        for (const StatementId& previous : statement->header.previous)
            if (const auto before = all.find(previous); before && before->header.stream == stream)
                heads.push_back(previous);
    }
    std::vector<StatementId> result{accepted.begin(), accepted.end()};
    if (result.size() > statement_previous_max) result.resize(statement_previous_max);
    return result;
}

Result<void> Device::Impl::note_refused(const Statement& statement, const Error& why) {
    constexpr std::size_t refused_context_bytes_max = 900;
    auto rows = SAMSYN_TRY(refused_rows(store));
    Refused row;
    row.id = statement.id;
    row.view.case_id = statement.header.stream.case_id;
    row.view.why.code = why.code;
    row.view.why.context = std::string{kind_name(statement.body)} + " " +
                           why.context.substr(0, refused_context_bytes_max);
    row.view.written = statement.header.time.instant();
    rows.push_back(std::move(row));
    return put_refused(store, rows);
}

Result<void> Device::Impl::forget_refused(const StatementId& id) {
    auto rows = SAMSYN_TRY(refused_rows(store));
    std::erase_if(rows, [&](const Refused& row) { return row.id == id; });
    return put_refused(store, rows);
}

Result<std::vector<ParkedView>> Device::Impl::refused_statements() {
    std::vector<ParkedView> views;
    for (Refused& row : SAMSYN_TRY(refused_rows(store))) {
        row.view.in_effect = unaccepted.contains(row.id);
        views.push_back(std::move(row.view));
    }
    return views;
}

}  // namespace samsyn
