#include "core/wire/fleet_messages.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/unlocking_messages.hpp"

#include <string_view>

namespace samsyn::fleet {

namespace {

/// Versions end up on terminals and in logs.
bool is_version(std::string_view text) {
    constexpr std::string_view allowed =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-~";
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

void write_row(Writer& out, const FleetRow& row) {
    out.id(row.device);
    out.instant(row.last_contact);
    out.number(row.unconfirmed);
    out.boolean(row.emptied);
    out.boolean(row.reported);
    if (row.reported) write(out, row.report);
}

Result<FleetRow> read_row(Reader& in) {
    FleetRow row;
    row.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    row.last_contact = SAMSYN_TRY(in.instant("last contact"));
    row.unconfirmed = SAMSYN_TRY(in.number<std::uint32_t>("unconfirmed"));
    row.emptied = SAMSYN_TRY(in.boolean("emptied"));
    row.reported = SAMSYN_TRY(in.boolean("reported"));
    if (row.reported) row.report = SAMSYN_TRY(read_device_report(in));
    return row;
}

}  // namespace

void write(Writer& out, const DeviceReport& report) {
    out.text(report.version);
    out.number(report.unsent);
    out.instant(report.oldest_unsent);
    out.number(report.waiting_keys);
    out.number(report.owed_receipts);
    out.instant(report.reading_ends);
}

Result<DeviceReport> read_device_report(Reader& in) {
    DeviceReport report;
    report.version = SAMSYN_TRY(in.text(version_bytes_max, "version"));
    if (!is_version(report.version)) return fail(Errc::malformed, "version");
    report.unsent = SAMSYN_TRY(in.number<std::uint32_t>("unsent"));
    report.oldest_unsent = SAMSYN_TRY(in.instant("oldest unsent"));
    report.waiting_keys = SAMSYN_TRY(in.number<std::uint32_t>("waiting keys"));
    report.owed_receipts = SAMSYN_TRY(in.number<std::uint32_t>("owed receipts"));
    report.reading_ends = SAMSYN_TRY(in.instant("reading ends"));
    return report;
}

void write(Writer& out, const FleetQuery& query) {
    out.id(query.organisation);
    out.id(query.after);
}

Result<FleetQuery> read_fleet_query(Reader& in) {
    FleetQuery query;
    query.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    query.after = SAMSYN_TRY(in.id<DeviceId>("after"));
    return query;
}

void write(Writer& out, const FleetRows& rows) {
    out.enumerator(rows.refused);
    out.list(rows.rows, [&](const FleetRow& row) { write_row(out, row); });
    out.boolean(rows.last);
}

Result<FleetRows> read_fleet_rows(Reader& in) {
    FleetRows rows;
    rows.refused = SAMSYN_TRY(read_why(in));
    const auto count = SAMSYN_TRY(in.count(fleet_rows_max, "devices"));
    for (std::size_t i = 0; i < count; ++i) rows.rows.push_back(SAMSYN_TRY(read_row(in)));
    if (!ascends(rows.rows, &FleetRow::device)) return fail(Errc::malformed, "order of devices");
    rows.last = SAMSYN_TRY(in.boolean("last"));
    return rows;
}

}  // namespace samsyn::fleet
