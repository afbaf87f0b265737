// Files that belong to a case.

#include "client-sdk/agent/operations_call.hpp"
#include "client-sdk/agent/operations_copy.hpp"
#include "client-sdk/agent/operations_items.hpp"

#include <limits>

namespace samsyn {

namespace {

using nlohmann::json;

struct StateWords {
    std::string_view key;
    Words title;
};

/// Where the file is, as a person would say it.
StateWords words_of(const AttachmentView& view) {
    if (view.refused == Errc::not_authentic)
        return {"damaged", {"what came is damaged", "det som kom är skadat"}};
    if (view.is_here() && view.sent) return {"here", {"here", "finns här"}};
    if (view.is_here() && view.refused == Errc::limit_exceeded)
        return {"too_large", {"here; too large for the server", "finns här; för stor för servern"}};
    if (view.is_here() && view.refused == Errc::rate_limited)
        return {"unsent", {"here; sent later", "finns här; skickas senare"}};
    if (view.is_here() && view.refused != Errc{})
        return {"refused", {"here; the server does not take it", "finns här; tas inte emot"}};
    if (view.is_here()) return {"unsent", {"here, not sent yet", "finns här, inte skickad"}};
    if (view.refused == Errc::not_found)
        return {"awaited", {"not at the server yet", "har inte kommit till servern"}};
    if (view.refused != Errc{})
        return {"refused", {"the server does not give it", "servern lämnar inte ut den"}};
    if (view.way == AttachmentWay::wanted) return {"coming", {"on its way here", "på väg hit"}};
    return {"elsewhere", {"not fetched", "inte hämtad"}};
}

}  // namespace

json to_json(const AttachmentView& view) {
    const StateWords state = words_of(view);
    return json::object({{"id", to_hex(view.item)},
                         {"title", view.title},
                         {"media_type", view.media_type},
                         {"size", view.size},
                         {"here", view.here},
                         {"sealed", view.sealed},
                         {"state", state.key},
                         {"state_title", state.title.en},
                         {"state_title_sv", state.title.sv}});
}

namespace {

Result<std::uint64_t> unsigned_of(Call& call, std::string_view argument) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::uint64_t>(SAMSYN_TRY(call.args.integer_or(argument, 0, most, 0)));
}

Result<json> begin_attachment(Call& call) {
    const std::filesystem::path file{SAMSYN_TRY(call.args.text("file"))};
    if (!file.is_absolute()) return fail(Errc::invalid_argument, "file: a whole path");
    NewItem item = SAMSYN_TRY(new_item_of(call, ItemType::attachment, {"title", "belongs_to"}));
    const auto begun = SAMSYN_TRY(call.attaching.begin(call.device, file, std::move(item)));
    return json::object({{"ticket", begun.ticket},
                         {"size", begun.size},
                         {"media_type", begun.media_type},
                         {"stripped", begun.stripped}});
}

Result<json> step_attachment(Call& call) {
    const Attaching::Ticket ticket = SAMSYN_TRY(unsigned_of(call, "ticket"));
    const auto step = SAMSYN_TRY(call.attaching.step(call.device, ticket));
    json result = json::object({{"done", step.done}, {"size", step.size}});
    if (step.item) result["written"] = SAMSYN_TRY(written_item(call, *step.item));
    return result;
}

Result<json> drop_attachment(Call& call) {
    const Attaching::Ticket ticket = SAMSYN_TRY(unsigned_of(call, "ticket"));
    SAMSYN_TRY(call.attaching.drop(call.device, ticket));
    return json::object();
}

Result<json> list_attachments(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    json list = json::array();
    for (const AttachmentView& view : SAMSYN_TRY(Attachments{call.device}.list(case_id))) {
        call.names.note_shown(case_id, view.item);
        list.push_back(to_json(view));
    }
    return json::object({{"attachments", std::move(list)}});
}

/// Where the file is, without its name: so a program may ask again and again.
Result<json> state_json(Call& call, const ItemId& id) {
    json out = to_json(SAMSYN_TRY(Attachments{call.device}.state(id)));
    out.erase("title");
    return out;
}

Result<json> state_of_attachment(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    return state_json(call, id);
}

Result<json> fetch_attachment(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    SAMSYN_TRY(Attachments{call.device}.fetch(id));
    return state_json(call, id);
}

Result<json> forget_attachment(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    SAMSYN_TRY(Attachments{call.device}.give_up(id));
    return state_json(call, id);
}

/// A piece of the file. Who looks begins with its first chunk, which is logged; further ones are
/// given to whom that was.
Result<json> give_piece(Call& call, bool copies) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const std::uint64_t offset = SAMSYN_TRY(unsigned_of(call, "offset"));
    Attachments attachments{call.device};
    const AttachmentView view = SAMSYN_TRY(attachments.state(id));
    const Bytes piece = SAMSYN_TRY(attachments.read(id, offset));
    if (offset < attachment_plain_bytes) {
        const ItemView item = SAMSYN_TRY(call.device.item(id));
        call.names.note_shown(item.case_id, id);
        call.looks.begin(id, copies);
    } else if (!call.looks.has(id, copies)) {
        return fail(Errc::invalid_argument, "offset: from the beginning");
    }
    return json::object({{"offset", offset},
                         {"size", view.size},
                         {"title", view.title},
                         {"bytes", to_hex(ByteView{piece})}});
}

Result<json> read_attachment(Call& call) {
    return give_piece(call, false);
}

/// The same for the unit's own record, for whom that is permitted.
Result<json> copy_attachment(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    SAMSYN_TRY(may_copy(call, item));
    return give_piece(call, true);
}

constexpr Operation operations[] = {
    {"attachment.begin",
     &begin_attachment,
     false,
     "case about file",
     "title belongs_to category sensitivity unit closed fields"},
    {"attachment.step", &step_attachment, true, "ticket"},
    {"attachment.drop", &drop_attachment, false, "ticket"},
    {"attachment.list", &list_attachments, false, "case"},
    {"attachment.state", &state_of_attachment, false, "item"},
    {"attachment.fetch", &fetch_attachment, true, "item"},
    {"attachment.forget", &forget_attachment, false, "item"},
    {"attachment.read", &read_attachment, false, "item", "offset"},
    {"attachment.copy", &copy_attachment, false, "item", "offset"},
};

}  // namespace

std::span<const Operation> attachment_operations() {
    return operations;
}

}  // namespace samsyn
