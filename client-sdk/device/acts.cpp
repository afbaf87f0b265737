#include "client-sdk/device/attachment_book.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Where the hash of a kind's free text goes; null for a kind without. The number of a decision has
/// one hash in the whole case, so that a stay can name it.
struct TextHash {
    Hash* hash = nullptr;
    bool same_in_case = false;
};

template <class Body>
TextHash text_hash(Body& body) {
    if constexpr (requires { body.justification; }) return {&body.justification};
    if constexpr (requires { body.reason = Hash{}; }) return {&body.reason};
    if constexpr (requires { body.decision = Hash{}; }) return {&body.decision, true};
    if constexpr (requires { body.text = Hash{}; }) return {&body.text};
    return {};
}

/// Whose stream a kind belongs to. None for kinds that have a call of their own.
struct StreamOf {
    const CaseId& case_id;
    const UnitId& unit;         ///< as the saying wants it
    const StatementPtr& about;  ///< the statement that a verdict or an end names

    using Answer = std::optional<Stream>;

    Answer custody() const { return custody_stream(case_id); }

    Answer disclosing() const { return disclosing_stream(case_id, unit); }

    Answer operator()(const CaseWeeded&) const { return custody(); }

    Answer operator()(const AgeAttested&) const { return custody(); }

    Answer operator()(const Maturity&) const { return custody(); }

    Answer operator()(const GuardianSuspended&) const { return custody(); }

    Answer operator()(const Representative&) const { return custody(); }

    Answer operator()(const GuardianPrevented&) const { return custody(); }

    Answer operator()(const DecisionInPlace&) const { return custody(); }

    Answer operator()(const Mandate&) const { return custody(); }

    Answer operator()(const ProtectionMark&) const { return custody(); }

    Answer operator()(const Audience&) const { return disclosing(); }

    Answer operator()(const InvestigationLock&) const { return disclosing(); }

    Answer operator()(const Release&) const { return disclosing(); }

    Answer operator()(const Override&) const { return disclosing(); }

    Answer operator()(const InvestigationAnswer&) const { return disclosing(); }

    Answer operator()(const EmergencyOpening&) const { return disclosing(); }

    Answer operator()(const CopiedToOwnRecord&) const { return disclosing(); }

    Answer operator()(const Informed&) const { return named(); }

    Answer operator()(const GuestNamed&) const { return named(); }

    Answer operator()(const SecondReaderVerdict&) const { return named(); }

    Answer operator()(const Ended&) const { return named(); }

    Answer operator()(const SecrecyAcknowledged& body) const {
        return roster_stream(case_id, body.unit);
    }

    Answer operator()(const RoomSession&) const { return roster_stream(case_id, unit); }

    template <class OtherKind>
    Answer operator()(const OtherKind&) const {
        return {};
    }

    /// The stream of the statement that this one is about.
    Answer named() const {
        if (!about) return {};
        return about->header.stream;
    }
};

/// The statement that a kind is about.
std::optional<StatementId> named_in(const StatementBody& body) {
    return std::visit(
        [](const auto& one) -> std::optional<StatementId> {
            if constexpr (requires { one.statement; }) return one.statement;
            if constexpr (requires { one.about; }) return one.about;
            if constexpr (requires { one.consent; }) return one.consent;
            return std::nullopt;
        },
        body);
}

/// What a statement opens of a label: nothing else may be copied for it, since nobody could read
/// it.
template <class Opening>
bool reaches(const Opening& opening, const Label& label) {
    return opening.categories.contains(label.category) &&
           std::ranges::binary_search(label.subjects, opening.subject);
}

}  // namespace

/// A text of a statement, sealed as an item of the author's own unit. Its id salts the hash: short
/// standard phrases cannot be guessed from it.
Result<Hash> Device::Impl::keep_text(const CaseId& case_id,
                                     const std::optional<UnitId>& wanted,
                                     const std::vector<PersonId>& about,
                                     std::string_view text) {
    if (about.empty()) return fail(Errc::invalid_argument, "about whom the text is");
    const TypeInfo* type = find_type(ItemType::consent_evidence);
    SAMSYN_ASSERT(type != nullptr);
    const bool own = wanted && works_in(*wanted, now());
    const UnitId unit = SAMSYN_TRY(own_unit_in(case_id, own ? wanted : std::nullopt));
    Draft draft;
    draft.case_id = case_id;
    draft.label = {.subjects = about,
                   .disclosing = *federation().unit(unit),
                   .category = type->category,
                   .sensitivity = type->sensitivity,
                   .closed = {}};
    draft.item = random_id<ItemId>(ports.random);
    draft.type = type->type;
    draft.fields = {{"text", Value{std::string{text}}}};
    SAMSYN_TRY(create_item(draft));
    return ports.hasher.hash(Domain::evidence, {draft.item.view(), as_bytes(text)});
}

Result<StatementId> Device::Impl::say(Saying saying) {
    SAMSYN_TRY(opened(saying.case_id));
    UnitId unit;
    if (saying.unit) {
        if (!federation().unit(*saying.unit)) return fail(Errc::not_found, "unit");
        unit = *saying.unit;
    } else {
        unit = SAMSYN_TRY(own_unit_in(saying.case_id, std::nullopt));
    }
    StatementPtr about;
    if (const auto named = named_in(saying.body)) {
        about = graph(saying.case_id).find(*named);
        if (!about) return fail(Errc::not_found, "statement");
    }
    const auto stream = std::visit(StreamOf{saying.case_id, unit, about}, saying.body);
    if (!stream) return fail(Errc::invalid_argument, "kind of statement");
    if (!saying.text.empty()) {
        const TextHash text = std::visit([](auto& body) { return text_hash(body); }, saying.body);
        if (!text.hash) return fail(Errc::invalid_argument, "text");
        *text.hash = SAMSYN_TRY(keep_text(saying.case_id, unit, saying.about, saying.text));
        if (text.same_in_case)
            *text.hash =
                ports.hasher.hash(Domain::evidence, {saying.case_id.view(), as_bytes(saying.text)});
    }
    const auto* mark = std::get_if<ProtectionMark>(&saying.body);
    const bool relocated = mark && mark->kind == ProtectionKind::protected_registration;
    const StatementId id = SAMSYN_TRY(author(*stream, std::move(saying.body)));
    if (relocated) SAMSYN_TRY(clear_whereabouts(saying.case_id));
    return id;
}

Result<void> Device::Impl::clear_whereabouts(const CaseId& case_id) {
    for (const StoredItem& item : SAMSYN_TRY(store.items_of_case(case_id))) {
        const KnownCompartment* compartment = find(item.compartment);
        const TypeInfo* type = find_type(item.type);
        if (!compartment || !type || !is_relocated(compartment->stored, item.id)) continue;
        if (!may_read(compartment->stored, now()) || !may_contribute(compartment->stored, now()))
            continue;
        Change change;
        change.header.item = item.id;
        change.header.type = item.type;
        for (const FieldInfo& field : type->fields) {
            const FieldState* state = field.whereabouts ? item.state.field(field.number) : nullptr;
            if (!state || std::holds_alternative<std::monostate>(state->shown())) continue;
            change.header.writes.push_back({field.number, state->standing_versions()});
            change.values.emplace_back();
        }
        if (change.values.empty()) continue;
        change.header.time = tick(now());
        SAMSYN_TRY(write(compartment->stored, change));
    }
    return {};
}

Result<StatementId> Device::say(Saying saying) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<StatementId> { return my.say(std::move(saying)); });
}

Result<ItemId> Device::Impl::copy_item(const ItemId& id, const std::optional<AudienceId>& closed) {
    const StoredItem item = SAMSYN_TRY(readable_item(id));
    const TypeInfo* type = find_type(item.type);
    if (!type) return fail(Errc::update_needed, "item type");
    SAMSYN_TRY(check_movable(item.type));
    const StoredCompartment& from = find(item.compartment)->stored;
    Draft draft;
    draft.case_id = from.case_id;
    draft.label = from.label;
    draft.label.closed = closed;
    draft.item = random_id<ItemId>(ports.random);
    draft.type = item.type;
    draft.fields = SAMSYN_TRY(fields_of(item, *type));
    SAMSYN_TRY(create_item(draft));
    return draft.item;
}

Result<bool> Device::Impl::copy_file(const StoredItem& from, const ItemId& copy) {
    if (from.type != ItemType::attachment) return true;
    const auto to = SAMSYN_TRY(store.compartment_of(copy));
    SAMSYN_ASSERT(to);  // just made
    return attachment_book().copy(from, *to, copy);
}

AudienceId Device::new_closed_id() {
    return random_id<AudienceId>(impl_->ports.random);
}

Result<Selected> Device::open_selected(Saying saying, std::span<const ItemId> items) {
    Impl& my = *impl_;
    if (items.empty() || items.size() > statement_items_max)
        return fail(Errc::invalid_argument, "items: 1 to 64");
    return my.transact([&]() -> Result<Selected> {
        Selected selected;
        selected.selection = random_id<AudienceId>(my.ports.random);
        std::vector<ItemId> originals{items.begin(), items.end()};
        auto* const opening = std::get_if<Override>(&saying.body);
        auto* const answer = std::get_if<InvestigationAnswer>(&saying.body);
        if (!opening && !answer) return fail(Errc::invalid_argument, "kind of statement");
        for (const ItemId& id : originals) {
            const StoredItem item = SAMSYN_TRY(my.readable_item(id));
            const Label& label = my.find(item.compartment)->stored.label;
            if (!(opening ? reaches(*opening, label) : reaches(*answer, label)))
                return fail(Errc::invalid_argument, "items: not about this person or category");
        }
        (opening ? opening->selection.emplace() : answer->selection) = selected.selection;
        (opening ? opening->items : answer->items) = originals;
        // First the statement: until it is there, the label is closed to everybody.
        selected.statement = SAMSYN_TRY(my.say(std::move(saying)));
        for (const ItemId& item : originals) {
            selected.copies.push_back(SAMSYN_TRY(my.copy_item(item, selected.selection)));
            const StoredItem original = SAMSYN_TRY(my.readable_item(item));
            (void)SAMSYN_TRY(my.copy_file(original, selected.copies.back()));
        }
        return selected;
    });
}

Result<std::vector<ItemId>> Device::reclose(std::span<const ItemId> items,
                                            const std::optional<AudienceId>& closed) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<std::vector<ItemId>> {
        std::vector<ItemId> copies;
        for (const ItemId& item : items) {
            copies.push_back(SAMSYN_TRY(my.copy_item(item, closed)));
            const StoredItem original = SAMSYN_TRY(my.readable_item(item));
            SAMSYN_TRY(my.give_way(original, copies.back()));
        }
        return copies;
    });
}

Result<std::vector<ItemView>> Device::open_emergency(const CaseId& case_id,
                                                     std::string_view reason) {
    Impl& my = *impl_;
    if (reason.empty()) return fail(Errc::invalid_argument, "reason");
    std::vector<ItemView> sheets;
    for (ItemView& item : SAMSYN_TRY(my.readable_items(case_id)))
        if (item.type == ItemType::contact_sheet) sheets.push_back(std::move(item));
    if (sheets.empty()) return fail(Errc::not_found, "contact sheet");
    return my.transact([&]() -> Result<std::vector<ItemView>> {
        std::map<UnitId, std::vector<const ItemView*>> of_unit;
        for (const ItemView& sheet : sheets) of_unit[sheet.label.disclosing.unit].push_back(&sheet);
        for (const auto& [unit, opened] : of_unit) {
            EmergencyOpening opening;
            opening.opened_at = my.corrected(my.now());
            std::set<PersonId> about;
            for (const ItemView* sheet : opened) {
                if (opening.items.size() < statement_items_max) opening.items.push_back(sheet->id);
                about.insert(sheet->label.subjects.begin(), sheet->label.subjects.end());
            }
            Saying saying;
            saying.case_id = case_id;
            saying.unit = unit;
            saying.about.assign(about.begin(), about.end());
            saying.text = reason;
            saying.body = std::move(opening);
            (void)SAMSYN_TRY(my.say(std::move(saying)));
        }
        return std::move(sheets);
    });
}

}  // namespace samsyn
