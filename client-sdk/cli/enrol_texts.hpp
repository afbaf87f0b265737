#pragma once

#include "client-sdk/cli/command.hpp"
#include "core/base/result.hpp"

#include <string_view>

namespace samsyn {

// How a text of an enrolment reaches the other machine: as letters, as a picture for a camera.

/// The options `--png FILE` and `--qr`.
void add_text_options(Command& command);

/// Writes the picture where `--png` names a file (0600). Errors: those of the file.
Result<void> write_text_picture(const nlohmann::json& args, std::string_view text);

/// Prints the text, and its QR code where `--qr` was given or standard output is a terminal wide
/// enough. Not with `--json`.
void print_enrolment_text(const Session& session,
                          const nlohmann::json& args,
                          std::string_view text);

/// The bytes of a PNG file for paper.
Result<std::string> enrolment_picture(std::string_view text);

/// "Federation:  abcd efgh ijkl mnop", and what it is for.
void print_fingerprint(const Session& session, std::string_view fingerprint);

/// "staff tablet" in the person's language.
std::string kind_text(const Session& session, std::string_view kind);

}  // namespace samsyn
