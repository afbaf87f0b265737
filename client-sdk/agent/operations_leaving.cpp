#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_call.hpp"

#include <samsyn/leaving.hpp>

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

std::string_view key_of(EscrowState state) {
    switch (state) {
        case EscrowState::sending:
            return "sending";
        case EscrowState::held:
            return "held";
        case EscrowState::released:
            return "released";
        case EscrowState::refused:
            return "refused";
    }
    return "unknown";
}

json type_key(ItemType type) {
    const TypeInfo* info = find_type(type);
    return info ? json(info->key) : json{};
}

/// `texts`: only where somebody asks for one entry, so that a list shows nothing of the content.
json entry_json(Directory& names, const EscrowView& view, bool texts) {
    json row = json::object({{"id", to_hex(view.id)}});
    row["case"] = names.describe(view.case_id);
    row["unit"] = names.describe(view.label.disclosing.unit);
    row["author"] = names.describe(view.author);
    row["device"] = to_hex(view.device);
    row["written"] = to_json(view.written);
    row["why"] = error_to_json(view.why);
    row["opened"] = view.opened;
    row["state"] = key_of(view.state);
    row["pieces"] = json::array();
    for (const EscrowView::Piece& piece : view.pieces) {
        json part = json::object({{"item", to_hex(piece.item)}, {"type", type_key(piece.type)}});
        part["here"] = piece.here;
        if (texts) {
            names.note_shown(view.case_id, piece.item);
            part["texts"] = json::array();
            for (const ParkedView::Text& text : piece.texts)
                part["texts"].push_back(json::object({{"field", text.field}, {"text", text.text}}));
        }
        row["pieces"].push_back(std::move(part));
    }
    return row;
}

/// By its number in the list, from 1, or the beginning of its id (at least four digits).
Result<EscrowView> entry_of(Call& call) {
    const std::string wanted = SAMSYN_TRY(call.args.text("entry"));
    const auto all = SAMSYN_TRY(call.device.escrow());
    for (std::size_t i = 0; i < all.size(); ++i)
        if (std::to_string(i + 1) == wanted) return all[i];
    constexpr std::size_t digits_min = 4;
    std::vector<EscrowView> fitting;
    if (wanted.size() >= digits_min)
        std::ranges::copy_if(all, std::back_inserter(fitting), [&](const EscrowView& view) {
            return to_hex(view.id).starts_with(wanted);
        });
    if (fitting.empty()) return fail(Errc::not_found, "entry");
    if (fitting.size() > 1) return fail(Errc::ambiguous, "entry");
    return fitting.front();
}

Result<json> list_escrow(Call& call) {
    json list = json::array();
    for (const EscrowView& view : SAMSYN_TRY(call.device.escrow()))
        list.push_back(entry_json(call.names, view, false));
    return json::object({{"escrow", std::move(list)}});
}

Result<json> show_escrow(Call& call) {
    return entry_json(call.names, SAMSYN_TRY(entry_of(call)), true);
}

Result<json> release_escrow(Call& call) {
    const EscrowView entry = SAMSYN_TRY(entry_of(call));
    const auto id = SAMSYN_TRY(call.device.release_escrow(entry.id));
    return json::object({{"statement", to_hex(id)}, {"entry", to_hex(entry.id)}});
}

Result<json> refuse_escrow(Call& call) {
    const EscrowView entry = SAMSYN_TRY(entry_of(call));
    const std::string reason = SAMSYN_TRY(call.args.text("reason"));
    const auto id = SAMSYN_TRY(call.device.refuse_escrow(entry.id, reason));
    return json::object({{"statement", to_hex(id)}, {"entry", to_hex(entry.id)}});
}

Result<json> list_escrowed(Call& call) {
    json list = json::array();
    for (const EscrowNotice& notice : SAMSYN_TRY(call.device.escrowed())) {
        json row = json::object({{"id", to_hex(notice.id)}});
        row["case"] = call.names.describe(notice.case_id);
        row["unit"] = call.names.describe(notice.unit);
        row["item"] = to_hex(notice.item);
        row["type"] = type_key(notice.type);
        row["written"] = to_json(notice.written);
        row["made"] = to_json(notice.made);
        row["why"] = error_to_json(notice.why);
        row["state"] = key_of(notice.state);
        list.push_back(std::move(row));
    }
    return json::object({{"escrowed", std::move(list)}});
}

Result<json> list_unconfirmed(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    json list = json::array();
    for (const Unconfirmed& one : SAMSYN_TRY(call.device.unconfirmed(case_id))) {
        json row = json::object({{"device", to_hex(one.device)}});
        row["user"] = call.names.describe(one.user);
        row["unit"] = call.names.describe(one.unit);
        row["compartments"] = one.compartments.size();
        row["since"] = to_json(one.since);
        row["lease_ends"] = to_json(one.lease_ends);
        row["revoked"] = one.revoked;
        list.push_back(std::move(row));
    }
    return json::object({{"case", call.names.describe(case_id)}, {"unconfirmed", std::move(list)}});
}

Result<json> show_lease(Call& call) {
    const LeaseView lease = call.device.lease();
    json out = json::object({{"may_read", lease.may_read}});
    out["may_make_keys"] = lease.may_make_keys;
    out["fresh_at"] = lease.fresh_at ? to_json(*lease.fresh_at) : json{};
    out["reading_ends"] = lease.reading_ends ? to_json(*lease.reading_ends) : json{};
    return out;
}

constexpr Operation operations[] = {
    {"escrow.list", &list_escrow, false, ""},
    {"escrow.show", &show_escrow, false, "entry"},
    {"escrow.release", &release_escrow, true, "entry"},
    {"escrow.refuse", &refuse_escrow, true, "entry reason"},
    {"escrow.mine", &list_escrowed, false, ""},
    {"unconfirmed", &list_unconfirmed, false, "case"},
    {"lease", &show_lease, false, ""},
};

}  // namespace

std::span<const Operation> leaving_operations() {
    return operations;
}

}  // namespace samsyn
