#include "core/wire/fields.hpp"

namespace samsyn {

template <class Archive, SameBody<ReportOfConcern> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.from, "from"));
    return archive.id(body.intake, "intake");
}

template <class Archive, SameBody<PurgeReceipt> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.ids(body.compartments, statement_items_max, "compartments"));
    SAMSYN_TRY(archive.ids(body.because, statement_names_max, "because"));
    SAMSYN_TRY(archive.instant(body.noticed_at, "noticed at"));
    return archive.instant(body.purged_at, "purged at");
}

template <class Archive, SameBody<EscrowVerdict> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.blob, "blob"));
    SAMSYN_TRY(archive.flag(body.released, "released"));
    return archive.id(body.reason, "reason");
}

template <class Archive, SameBody<ReviewVerdict> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.sample, "sample"));
    SAMSYN_TRY(archive.id(body.reviewed, "reviewed"));
    SAMSYN_TRY(archive.enumerator(body.outcome, ReviewOutcome::last, "outcome"));
    return archive.id(body.text, "text");
}

SAMSYN_BODY(ReportOfConcern)
SAMSYN_BODY(PurgeReceipt)
SAMSYN_BODY(EscrowVerdict)
SAMSYN_BODY(ReviewVerdict)

}  // namespace samsyn
