#include "core/wire/restore_request.hpp"

#include "core/base/checked_text.hpp"
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
    out.id(request.restored.old_incarnation);
    out.number(request.restored.size);
    out.id(request.restored.root);
    out.id(request.restored.new_incarnation);
    out.instant(request.backed_up);
    return to_checked_text(restore_prefix, out.view());
}

Result<RestoreRequest> restore_request_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(from_checked_text(restore_prefix, text, restore_text_max));
    Reader in{bytes};
    RestoreRequest request;
    request.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    request.restored.old_incarnation = SAMSYN_TRY(in.id<Incarnation>("old life"));
    request.restored.size = SAMSYN_TRY(in.number<std::uint64_t>("size of the log"));
    request.restored.root = SAMSYN_TRY(in.id<Hash>("root of the log"));
    request.restored.new_incarnation = SAMSYN_TRY(in.id<Incarnation>("new life"));
    request.backed_up = SAMSYN_TRY(in.instant("time of the backup"));
    SAMSYN_TRY(in.finish("restore"));
    return request;
}

Result<Bytes> statement_from_text(std::string_view text) {
    return from_checked_text(exported_prefix, text, exported_text_max);
}

}  // namespace samsyn
