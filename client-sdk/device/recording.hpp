#pragma once

#include "client-sdk/device/engine.hpp"

#include <string_view>
#include <vector>

namespace samsyn {

/// What a family said or signed, to be kept as a sealed item.
struct EvidenceText {
    CaseId case_id;
    std::vector<PersonId> subjects;
    std::string_view text;
    std::string_view form;
    std::optional<UnitId> unit{};  ///< of the recorder; needed where there are several
};

struct KeptEvidence {
    ItemId item;
    Hash hash;  ///< as statements carry it
};

/// Part of a transaction: keeps evidence as an item of the recorder's unit. Nothing where there is
/// no text. `Engine` is `Device::Impl`, which only the device and its friends can name.
template <class Engine>
Result<KeptEvidence> keep_evidence(Engine& my, const EvidenceText& evidence) {
    if (evidence.text.empty()) return KeptEvidence{};
    const TypeInfo* type = find_type(ItemType::consent_evidence);
    SAMSYN_ASSERT(type != nullptr);
    const UnitId unit = SAMSYN_TRY(my.own_unit_in(evidence.case_id, evidence.unit));
    typename Engine::Draft draft;
    draft.case_id = evidence.case_id;
    draft.label = {.subjects = evidence.subjects,
                   .disclosing = *my.federation().unit(unit),
                   .category = type->category,
                   .sensitivity = type->sensitivity,
                   .closed = {}};
    draft.item = random_id<ItemId>(my.ports.random);
    draft.type = type->type;
    draft.fields = {{"text", Value{std::string{evidence.text}}},
                    {"form", Value{std::string{evidence.form}}}};
    SAMSYN_TRY(my.create_item(draft));
    return KeptEvidence{draft.item,
                        my.ports.hasher.hash(Domain::evidence, {as_bytes(evidence.text)})};
}

}  // namespace samsyn
