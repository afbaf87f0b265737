#pragma once

#include "client-sdk/agent/operations_directory.hpp"

namespace samsyn {

struct AttachmentView;

// What the device tells, as JSON with names beside ids (docs/AGENT.md, "Shapes").

nlohmann::json to_json(Reason reason);
nlohmann::json to_json(Directory& names, const CaseId& case_id, const Decision& decision);
nlohmann::json to_json(Directory& names, const Recipient& recipient);
nlohmann::json texts_json(const std::vector<ParkedView::Text>& texts);
nlohmann::json to_json(Directory& names, const CaseSummary& summary);
nlohmann::json to_json(Directory& names, const CaseId& case_id, const PersonView& person);
nlohmann::json to_json(Directory& names, const CompartmentView& compartment);
nlohmann::json to_json(Directory& names, const ItemView& item);
nlohmann::json to_json(Directory& names, const ConsentView& consent);
nlohmann::json to_json(Directory& names, const ClosingView& closing);
nlohmann::json to_json(const AttachmentView& file);
nlohmann::json statement_json(Directory& names, const CaseId& case_id, const StatementView& view);

/// A value as a program and as people read it. `info`: null for a field of a newer version.
nlohmann::json value_json(Directory& names,
                          const CaseId& case_id,
                          const FieldInfo* info,
                          const Value& value);

/// An instant as ISO 8601 in UTC; null for "never ends".
nlohmann::json to_json(Instant instant);

/// The same; null where there is none.
nlohmann::json to_json(const std::optional<Instant>& instant);

/// The last day of a period that ends at `end`, as people write it; null for "never ends".
nlohmann::json last_day(Instant end);

std::string_view key_of(Capacity capacity);
std::optional<Capacity> find_capacity(std::string_view key);
std::string_view key_of(ClosingKind kind);
std::string_view key_of(DeviceKind kind);
std::optional<DeviceKind> find_device_kind(std::string_view key);
std::string_view key_of(Outcome outcome);
std::string_view key_of(Purpose purpose);
std::optional<Purpose> find_purpose(std::string_view key);

/// Names a version for ever: time and device in hex.
std::string to_text(const Version& version);

}  // namespace samsyn
