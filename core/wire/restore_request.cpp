#include "core/wire/restore_request.hpp"

#include "core/base/checked_text.hpp"
#include "core/wire/statement_bodies.hpp"
#include "core/wire/statement_codec.hpp"

namespace samsyn {

namespace {

constexpr std::string_view restore_prefix = "samsyn1-restore-";
constexpr std::string_view exported_prefix = "samsyn1-statement-";
constexpr std::size_t restore_text_max = 1024;
constexpr std::size_t exported_text_max = 2 * statement_bytes_max;  // base32 and dashes

}  // namespace

std::string to_text(const RestoreRequest& request) {
    Writer out;
    out.id(request.federation);
    write_body(out, request.restored);
    out.instant(request.backed_up);
    return to_checked_text(restore_prefix, out.view());
}

Result<RestoreRequest> restore_request_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(from_checked_text(restore_prefix, text, restore_text_max));
    Reader in{bytes};
    RestoreRequest request;
    request.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    request.restored = SAMSYN_TRY(read_body<LogRestored>(in));
    request.backed_up = SAMSYN_TRY(in.instant("time of the backup"));
    SAMSYN_TRY(in.finish("restore"));
    return request;
}

Bytes encode_restored(const LogRestored& restored) {
    Writer out;
    write_body(out, restored);
    return std::move(out).take();
}

Result<LogRestored> decode_restored(ByteView bytes) {
    Reader in{bytes};
    LogRestored restored = SAMSYN_TRY(read_body<LogRestored>(in));
    SAMSYN_TRY(in.finish("restore"));
    return restored;
}

std::string statement_to_text(ByteView statement) {
    return to_checked_text(exported_prefix, statement);
}

Result<Bytes> statement_from_text(std::string_view text) {
    return from_checked_text(exported_prefix, text, exported_text_max);
}

}  // namespace samsyn
