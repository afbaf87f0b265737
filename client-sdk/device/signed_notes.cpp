#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/texts.hpp"
#include "core/model/signed_note.hpp"
#include "core/text/text_document.hpp"

#include <samsyn/signed_notes.hpp>

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view signed_key = "signatures";
constexpr std::string_view addenda_key = "addenda";

/// What no signature covers: itself, addenda, and what follows a meeting.
bool is_beside(std::string_view key) {
    return key == signed_key || key == addenda_key || key == "next_meeting";
}

/// All else, but whether the item is deleted or recalled.
bool is_covered(const TypeInfo& type, FieldNumber number) {
    const FieldInfo* field = find_field(type, number);
    return !is_mark(number) && !(field && is_beside(field->key));
}

const FieldState* signed_field_of(const StoredItem& item) {
    const TypeInfo* type = find_type(item.type);
    const FieldInfo* field = type ? find_field(*type, signed_key) : nullptr;
    return field ? item.state.field(field->number) : nullptr;
}

/// Who writes ever more signatures, or tells of them in others' names, makes nobody verify them and
/// hides none that others brought.
constexpr std::ptrdiff_t signatures_of_device_max = 8;

/// A signature, and the device whose write of the item it is.
struct CarriedSignature {
    DeviceId by;
    Result<NoteSignature> read;
};

/// The signatures that an item carries, readable or not, oldest first.
std::vector<CarriedSignature> read_signatures(const StoredItem& item) {
    std::vector<CarriedSignature> read;
    const FieldState* state = signed_field_of(item);
    if (!state) return read;
    const FieldNumber number = find_field(*find_type(item.type), signed_key)->number;
    std::map<std::pair<DeviceId, DeviceId>, std::ptrdiff_t> counts;  // by who brought it, and whose
    for (const auto& [version, value] : state->standing()) {
        const auto teller = item.restaters.find({number, version});
        const DeviceId& brought_by =
            teller == item.restaters.end() ? version.device : teller->second;
        if (++counts[{brought_by, version.device}] > signatures_of_device_max) continue;
        const auto* text = std::get_if<std::string>(&value);
        read.push_back({version.device,
                        text ? read_note_signature(*text) : fail(Errc::malformed, "signature")});
    }
    return read;
}

/// The runs of a text, each with what it is: whose, from which number, to which.
struct KnownRun {
    TextRun run;
    std::uint64_t end = 0;
};

Result<std::vector<KnownRun>> known_runs(DeviceStore& store,
                                         const TextPlace& place,
                                         const DeviceId& self) {
    std::vector<KnownRun> runs;
    for (const auto& stored : SAMSYN_TRY(store.text_runs(place, self))) {
        KnownRun known;
        known.run = SAMSYN_TRY(decode_text_run(stored.bytes));
        known.end = std::uint64_t{known.run.first} + known.run.operations();
        runs.push_back(std::move(known));
    }
    return runs;
}

std::vector<WriterCount> made_of(const std::vector<KnownRun>& runs) {
    std::map<DeviceId, std::uint64_t> counts;
    for (const KnownRun& known : runs) {
        std::uint64_t& count = counts[known.run.writer];
        count = std::max(count, known.end);
    }
    std::vector<WriterCount> writers;
    writers.reserve(counts.size());
    for (const auto& [writer, count] : counts)
        writers.push_back({writer, static_cast<std::uint32_t>(count)});
    return writers;
}

bool has_all(const std::vector<WriterCount>& known, const std::vector<WriterCount>& wanted) {
    return std::ranges::all_of(wanted, [&](const WriterCount& writer) {
        const auto found = std::ranges::find(known, writer.writer, &WriterCount::writer);
        return found != known.end() && found->operations >= writer.operations;
    });
}

/// The text that the runs up to those numbers make.
Result<std::string> text_of(std::vector<KnownRun> runs,
                            const std::vector<WriterCount>& wanted,
                            const DeviceId& self) {
    std::erase_if(runs, [&](const KnownRun& known) {
        const auto found = std::ranges::find(wanted, known.run.writer, &WriterCount::writer);
        return found == wanted.end() || known.end > found->operations;
    });
    TextDocument document{self};
    while (!runs.empty()) {
        const std::size_t before = runs.size();
        Result<void> refused;
        std::erase_if(runs, [&](const KnownRun& known) {
            const auto applied = document.apply(known.run);
            if (!applied && applied.error().code != Errc::missing_parent)
                refused = std::unexpected{applied.error()};
            return applied.has_value();
        });
        SAMSYN_TRY(refused);
        if (runs.size() == before) return fail(Errc::missing_parent, "what was signed");
    }
    return document.text();
}

}  // namespace

Result<SignedNote> Device::Impl::describe(const StoredItem& item) {
    SignedNote note;
    note.item = item.id;
    note.user = config.user;
    note.device = self;
    note.at = corrected(now());
    const TypeInfo* type = find_type(item.type);
    if (!type) return fail(Errc::update_needed, "item type");
    for (const auto& [number, state] : item.state.fields()) {
        if (!is_covered(*type, number)) continue;
        if (const auto text = item.texts.find(number); text != item.texts.end()) {
            if (text->second.empty()) continue;
            note.texts.push_back(
                {number, ports.hasher.hash(Domain::note_text, {as_bytes(text->second)}), {}});
            continue;
        }
        auto values = state.elements();  // of a register too: what stands beside is not signed
        if (!values.empty()) note.fields.push_back({number, std::move(values)});
    }
    return note;
}

std::vector<SignatureView> Device::Impl::signatures_of(const StoredItem& item) {
    std::vector<SignatureView> views;
    const auto carried = read_signatures(item);
    if (carried.empty()) return views;
    const auto now_there = describe(item);
    std::map<FieldNumber, std::optional<std::vector<WriterCount>>> texts;
    const auto has_text = [&](const SignedText& text) {
        const auto [found, is_new] = texts.try_emplace(text.field);
        if (is_new)
            if (const auto runs = known_runs(store, {item.compartment, item.id, text.field}, self))
                found->second = made_of(*runs);
        return found->second && has_all(*found->second, text.made_of);
    };
    const auto standing_of = [&](const DeviceId& by, const NoteSignature& signature) {
        const SignedNote& note = signature.note;
        const SigningPublicKey* key = federation().signing_key(note.device);
        if (!key || user_of(note.device) != note.user || !verify(signature, *key, ports.verifier))
            return SignatureStanding::not_authentic;
        if (note.item != item.id) return SignatureStanding::copied;
        // Carried by its own device: a revoked one's word counts no further than its writes.
        if (note.device != by) return SignatureStanding::not_authentic;
        if (now_there && same_content(*now_there, note)) return SignatureStanding::stands;
        return std::ranges::all_of(note.texts, has_text) ? SignatureStanding::changed
                                                         : SignatureStanding::incomplete;
    };
    for (const CarriedSignature& one : carried) {
        SignatureView view;
        view.standing = SignatureStanding::not_authentic;
        if (one.read) {
            view.user = one.read->note.user;
            view.device = one.read->note.device;
            view.at = one.read->note.at;
            view.standing = standing_of(one.by, *one.read);
        }
        views.push_back(view);
    }
    return views;
}

/// Who did not write its text cannot lock it. What somebody wrote in a text is never replaced, so
/// that nobody undoes a signature by writing over its author.
bool Device::Impl::has_written(const StoredItem& item, const UserId& user) {
    for (const auto& [number, text] : item.texts) {
        const FieldState* state = item.state.field(number);
        if (!state) continue;
        for (const Version& version : state->newest_by_device())
            if (user_of(version.device) == user) return true;
    }
    return false;
}

static bool binds(const SignatureView& signature) {
    return signature.standing != SignatureStanding::copied &&
           signature.standing != SignatureStanding::not_authentic;
}

bool Device::Impl::is_locked(const StoredItem& item, const std::vector<SignatureView>& signatures) {
    return std::ranges::any_of(signatures, [&](const SignatureView& signature) {
        return binds(signature) && has_written(item, signature.user);
    });
}

Result<void> Device::Impl::require_unlocked(const StoredItem& item,
                                            std::span<const FieldInput> fields) {
    const bool beside =
        std::ranges::all_of(fields, [](const FieldInput& field) { return is_beside(field.key); });
    if (!fields.empty() && beside) return {};
    if (is_locked(item, signatures_of(item))) return fail(Errc::not_permitted, signed_note_refused);
    return {};
}

Result<void> Device::Impl::require_as_signed(const StoredItem& item,
                                             FieldNumber field,
                                             const Value& value) {
    const auto signatures = signatures_of(item);
    if (!is_locked(item, signatures)) return {};
    if (field == deleted_field && value == Value{false}) return {};
    const auto carried = read_signatures(item);
    for (std::size_t i = 0; i < carried.size() && field != deleted_field; ++i) {
        if (!carried[i].read || !binds(signatures[i]) || !has_written(item, signatures[i].user))
            continue;
        const auto& fields = carried[i].read->note.fields;
        const auto found = std::ranges::find(fields, field, &SignedField::field);
        if (found != fields.end() && found->values == std::vector{value}) return {};
    }
    return fail(Errc::not_permitted, signed_note_refused);
}

Result<void> Device::Impl::append(const StoredItem& item,
                                  const FieldInfo& field,
                                  std::string text) {
    Change change;
    change.header.item = item.id;
    change.header.type = item.type;
    change.header.time = tick(now());
    change.header.writes = {{field.number, {}}};
    change.values = {Value{std::move(text)}};
    SAMSYN_TRY(validate_edit(change));
    return write(find(item.compartment)->stored, change);
}

Result<Hash> SignedNotes::content(const ItemId& id) {
    Device::Impl& my = *device_.impl_;
    SAMSYN_TRY(my.require_lease());
    const StoredItem item = SAMSYN_TRY(my.readable_item(id));
    const TypeInfo* type = find_type(item.type);
    if (!type || !find_field(*type, signed_key))
        return fail(Errc::invalid_argument, "item: is not signed");
    const SignedNote note = SAMSYN_TRY(my.describe(item));
    return content_hash(my.ports.hasher, note);
}

Result<void> SignedNotes::sign(const ItemId& id, const Hash& shown) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        const StoredCompartment compartment = SAMSYN_TRY(my.changeable(item));
        const TypeInfo* type = find_type(item.type);
        const FieldInfo* field = type ? find_field(*type, signed_key) : nullptr;
        if (!field) return fail(Errc::invalid_argument, "item: is not signed");
        SignedNote note = SAMSYN_TRY(my.describe(item));
        if (content_hash(my.ports.hasher, note) != shown)
            return fail(Errc::conflict, changed_since_shown);
        if (my.view_of(item, {}).conflict) return fail(Errc::conflict, "settle its conflict first");
        const auto signatures = my.signatures_of(item);
        for (const SignatureView& signature : signatures)
            if (signature.standing == SignatureStanding::stands && signature.user == my.config.user)
                return fail(Errc::already_exists, "your signature");
        const auto own = std::ranges::count(read_signatures(item), my.self, &CarriedSignature::by);
        if (own >= signatures_of_device_max)
            return fail(Errc::limit_exceeded, "signatures of this device");
        if (!my.has_written(item, my.config.user) && !my.is_locked(item, signatures))
            return fail(Errc::not_permitted, not_author);

        SAMSYN_TRY(my.take_texts(compartment.id));
        SAMSYN_TRY(my.fold_texts());
        for (SignedText& text : note.texts)
            text.made_of = made_of(
                SAMSYN_TRY(known_runs(my.store, {compartment.id, id, text.field}, my.self)));
        return my.append(item, *field, SAMSYN_TRY(sign_note(note, my.ports.signer)));
    });
}

Result<void> SignedNotes::add(const ItemId& id, std::string_view text) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        (void)SAMSYN_TRY(my.changeable(item));
        const TypeInfo* type = find_type(item.type);
        const FieldInfo* field = type ? find_field(*type, addenda_key) : nullptr;
        if (!field || !my.is_locked(item, my.signatures_of(item)))
            return fail(Errc::conflict, not_signed);
        if (text.empty()) return fail(Errc::invalid_argument, "text");
        return my.append(item, *field, std::string{text});
    });
}

Result<SignedContent> SignedNotes::signed_content(const ItemId& id, std::size_t number) {
    Device::Impl& my = *device_.impl_;
    SAMSYN_TRY(my.require_lease());
    const StoredItem item = SAMSYN_TRY(my.readable_item(id));
    const auto signatures = my.signatures_of(item);
    if (number >= signatures.size()) return fail(Errc::not_found, "signature");
    if (!binds(signatures[number])) return fail(Errc::not_authentic, "signature");
    const SignedNote note = read_signatures(item)[number].read->note;
    SignedContent content{note.user, note.at, {}, {}};
    for (const SignedField& field : note.fields)
        content.fields.emplace_back(field.field, field.values);
    for (const SignedText& text : note.texts) {
        auto runs = SAMSYN_TRY(known_runs(my.store, {item.compartment, id, text.field}, my.self));
        if (!has_all(made_of(runs), text.made_of))
            return fail(Errc::missing_parent, "what was signed");
        std::string then = SAMSYN_TRY(text_of(std::move(runs), text.made_of, my.self));
        if (my.ports.hasher.hash(Domain::note_text, {as_bytes(then)}) != text.text)
            return fail(Errc::not_authentic, "what was signed");
        content.texts.emplace_back(text.field, std::move(then));
    }
    return content;
}

}  // namespace samsyn
