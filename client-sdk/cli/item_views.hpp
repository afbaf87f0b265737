#pragma once

#include "client-sdk/cli/command.hpp"

#include <samsyn/signed_notes.hpp>

namespace samsyn {

// What the commands on items of all types share.

/// "visit_note 1a2b3c4d about Elin Alm, read by Anna Ek, Per Ås".
void print_written(const Session& session, const nlohmann::json& result);

/// Whom it names beside those whom it is about, where it does.
void print_named(const Session& session, const nlohmann::json& result);

/// All of an item, and who reads it.
void print_shown(const Session& session, const nlohmann::json& result);

/// "conflict, unsent", or empty.
std::string marks_of(const Session& session, const nlohmann::json& item);

/// Opens the item's text in the person's editor, or takes `text`, and writes what has changed.
int write_text(const Session& session, const nlohmann::json& args);

/// Of the code of what was shown: so many that nobody finds two contents with one.
inline constexpr std::size_t code_letters = 32;

inline bool is_code_of(std::string_view code, std::string_view content) {
    return code.size() >= code_letters && content.starts_with(code);
}

/// About whom an item is, and its label.
Command& with_label(Command& command);

/// The options that every new item takes.
Command& with_label_and_fields(Command& command);

}  // namespace samsyn
