// Provisioning: what wants a second person, and its way there without a network.

#include "client-sdk/device/engine.hpp"
#include "core/wire/restore_request.hpp"

#include <samsyn/provisioning.hpp>

#include <algorithm>
#include <tuple>

namespace samsyn {

namespace {

/// What a statement that wants two persons is about, written down where a kind says it.
struct WaitingAbout {
    WaitingView& view;

    void operator()(const AdministratorCertified& body) const {
        view.organisation = body.organisation;
        view.user = body.user;
        view.device = body.device;
    }

    void operator()(const UserCertified& body) const {
        view.organisation = body.organisation;
        view.unit = body.unit;
        view.user = body.user;
        view.role = body.role;
    }

    void operator()(const DeviceCertified& body) const {
        view.organisation = body.organisation;
        view.user = body.user;
        view.device = body.device;
        view.device_kind = body.kind;
    }

    void operator()(const RecoveryKeyCertified& body) const {
        view.organisation = body.organisation;
        view.generation = body.generation;
        view.needed = body.threshold;
        view.shares = body.commitments.size();
        view.key = body.key;
    }

    void operator()(const RecoveryUsed& body) const {
        view.organisation = body.organisation;
        view.device = body.device;
        view.generation = body.generation;
        view.until = body.until;
    }

    template <class Other>
    void operator()(const Other&) const {}
};

}  // namespace

std::vector<WaitingView> Provisioning::waiting() {
    Device::Impl& my = *device_.impl_;
    const Federation& members = my.federation();
    const Instant now = my.decision_time(my.now());
    std::vector<WaitingView> views;
    for (const WaitingAct& act : members.waiting_acts()) {
        const StatementPtr said = my.federation_graph.find(act.statement);
        if (!said) continue;
        WaitingView view;
        view.id = act.statement;
        view.kind = kind_name(said->body);
        view.author_device = said->header.author;
        view.author = members.user_of(said->header.author);
        view.said = said->header.time.instant();
        view.deadline = act.deadline;
        view.over = act.deadline < now;
        std::visit(WaitingAbout{view}, said->body);
        if (view.user.is_none() && !view.device.is_none()) view.user = members.user_of(view.device);
        if (const auto may = members.may_countersign(my.self, act.statement); !may)
            view.refusal = may.error();
        views.push_back(std::move(view));
    }
    std::ranges::sort(views, {}, [](const WaitingView& view) {
        const auto at = view.deadline.time_since_epoch();
        return std::tuple{view.over, view.over ? -at : at, view.id};
    });
    return views;
}

Result<StatementId> Provisioning::confirm(const StatementId& statement) {
    Device::Impl& my = *device_.impl_;
    const auto& acts = my.federation().waiting_acts();
    const auto act = std::ranges::find(acts, statement, &WaitingAct::statement);
    if (act == acts.end()) return fail(Errc::not_found, "nothing like that waits");
    if (act->deadline < my.corrected(my.now())) return fail(Errc::timed_out, "confirmation");
    SAMSYN_TRY(my.federation().may_countersign(my.self, statement));
    return my.transact([&]() -> Result<StatementId> {
        const StatementId said = SAMSYN_TRY(my.author(Stream{}, Countersigned{statement}));
        // A confirmation that opens nothing would be a promise that nobody keeps.
        if (my.federation().is_waiting(statement))
            return fail(Errc::not_permitted, "the confirmation would not count");
        return said;
    });
}

Result<std::string> Provisioning::export_statement(const StatementId& statement) {
    const StatementPtr said = device_.impl_->federation_graph.find(statement);
    if (!said) return fail(Errc::not_found, "statement");
    return statement_to_text(encode_statement(*said));
}

Result<StatementId> Provisioning::import_statement(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(statement_from_text(text));
    const Statement said = SAMSYN_TRY(decode_statement(bytes, device_.impl_->ports.hasher));
    if (said.header.stream.kind != StreamKind::federation)
        return fail(Errc::malformed, "not a statement of the federation");
    SAMSYN_TRY(device_.import_statement(bytes));
    return said.id;
}

}  // namespace samsyn
