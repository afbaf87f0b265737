#pragma once

#include "client-sdk/agent/operations_call.hpp"

namespace samsyn {

/// `consult.…`: consultations without identity (docs/CONSULTATION.md).
std::span<const Operation> consultation_operations();

/// The context of the refusal to save a consultation that says who it is about.
inline constexpr std::string_view consultation_identifies =
    "consultation: the text says who it is about";

/// What a refused `consult.add` tells the person: "findings", each with kind, text and bytes, and
/// the hint in both languages. It stays on the device: nothing of it is stored or logged.
void explain_findings(const nlohmann::json& args, nlohmann::json& error);

/// Whether the case holds a consultation: it takes nothing else, and no person.
Result<bool> is_consultation(Device& device, const CaseId& case_id);

}  // namespace samsyn
