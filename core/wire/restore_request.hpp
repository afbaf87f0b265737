#pragma once

#include "core/policy/statement.hpp"

#include <string>
#include <string_view>

namespace samsyn {

/// What a restored server asks two people to sign: that its log was cut back (`LogRestored`). As a
/// text that one reads to the other or sends by any way; whoever signs sees what is in it.
struct RestoreRequest {
    FederationId federation;
    LogRestored restored;
    Instant backed_up;  ///< when the backup was made, by the server's clock
    friend bool operator==(const RestoreRequest&, const RestoreRequest&) = default;
};

/// "samsyn1-restore-" and base32 of federation 32 · old incarnation 16 · size 8 · root 32 · new
/// incarnation 16 · time 8, with a checksum.
std::string to_text(const RestoreRequest& request);

/// Errors: `malformed` naming what is wrong ("checksum": a letter was mistyped), `truncated`.
Result<RestoreRequest> restore_request_from_text(std::string_view text);

/// What is in it alone, as the body of the statement has it. Errors: `truncated`, `malformed`.
Bytes encode_restored(const LogRestored& restored);
Result<LogRestored> decode_restored(ByteView bytes);

/// An encoded statement as text: "samsyn1-statement-" and base32, with a checksum.
std::string statement_to_text(ByteView statement);

/// The statement's bytes, which nobody has looked at yet. Errors: as above.
Result<Bytes> statement_from_text(std::string_view text);

}  // namespace samsyn
