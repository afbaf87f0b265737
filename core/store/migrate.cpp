#include "core/store/migrate.hpp"

#include <array>

namespace samsyn {

namespace {

constexpr std::int64_t application_id = 0x53'4d'53'4e;  // "SMSN"

// docs/STORAGE.md explains each table. WITHOUT ROWID where the row is little more than its key.
constexpr const char* schema_1 = R"sql(
CREATE TABLE settings(
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE counter(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  last INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES(1, 0);

CREATE TABLE statements(
  arrival INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL) STRICT;

CREATE TABLE cursors(
  channel BLOB NOT NULL,
  incarnation BLOB NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY(channel, incarnation)) STRICT, WITHOUT ROWID;

CREATE TABLE compartments(
  id BLOB PRIMARY KEY,
  case_id BLOB NOT NULL,
  label BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX compartments_case ON compartments(case_id);

CREATE TABLE epochs(
  arrival INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  compartment BLOB NOT NULL,
  packet BLOB NOT NULL,
  key BLOB) STRICT;
CREATE INDEX epochs_compartment ON epochs(compartment);

CREATE TABLE held(
  arrival INTEGER PRIMARY KEY,
  compartment BLOB NOT NULL,
  epoch BLOB NOT NULL,
  number INTEGER NOT NULL,
  bytes BLOB NOT NULL) STRICT;
CREATE INDEX held_epoch ON held(epoch, number);
CREATE INDEX held_compartment ON held(compartment);

CREATE TABLE items(
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  compartment BLOB NOT NULL,
  type INTEGER NOT NULL,
  UNIQUE(id, compartment)) STRICT;
CREATE INDEX items_compartment ON items(compartment);

CREATE TABLE writes(
  item INTEGER NOT NULL REFERENCES items(row) ON DELETE CASCADE,
  field INTEGER NOT NULL,
  time INTEGER NOT NULL,
  device BLOB NOT NULL,
  value BLOB,
  PRIMARY KEY(item, field, time, device)) STRICT, WITHOUT ROWID;

CREATE TABLE pending(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  compartment BLOB NOT NULL,
  item BLOB NOT NULL,
  change BLOB NOT NULL,
  written INTEGER NOT NULL,
  sealed_in INTEGER NOT NULL DEFAULT 0,
  parked_code INTEGER,
  parked_context TEXT) STRICT;
CREATE INDEX pending_unsealed ON pending(compartment, id)
  WHERE sealed_in = 0 AND parked_code IS NULL;
CREATE INDEX pending_item ON pending(item, id)
  WHERE sealed_in = 0 AND parked_code IS NULL;
CREATE INDEX pending_sealed ON pending(sealed_in);
CREATE INDEX pending_compartment ON pending(compartment);

CREATE TABLE outgoing(
  counter INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  compartment BLOB NOT NULL,
  made INTEGER NOT NULL,
  outcome INTEGER,
  bytes BLOB NOT NULL) STRICT;
CREATE INDEX outgoing_waiting ON outgoing(counter) WHERE outcome IS NULL;

CREATE TABLE positions(
  compartment BLOB PRIMARY KEY,
  sequence INTEGER NOT NULL,
  previous BLOB NOT NULL) STRICT, WITHOUT ROWID;

PRAGMA application_id = 0x534d534e;
)sql";

// Who restated a write that did not come from its author; NULL for one that did.
constexpr const char* schema_2 = "ALTER TABLE writes ADD COLUMN restater BLOB";

// Words of items. Letters are letters: å is not a (DESIGN.md, "People's screens").
constexpr const char* schema_3 =
    "CREATE VIRTUAL TABLE search USING fts5(names, number, text, "
    "tokenize = \"unicode61 remove_diacritics 0\")";

// The device's own chain of reads, and what it knows of the server's log.
constexpr const char* schema_4 = R"sql(
CREATE TABLE reads(
  sequence INTEGER PRIMARY KEY,
  case_id BLOB NOT NULL,
  entry BLOB NOT NULL,
  hash BLOB NOT NULL,
  acknowledged INTEGER) STRICT;
CREATE INDEX reads_waiting ON reads(sequence) WHERE acknowledged IS NULL;
CREATE INDEX reads_case ON reads(case_id, sequence);

CREATE TABLE log_checkpoint(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  checkpoint BLOB NOT NULL) STRICT;

CREATE TABLE log_evidence(
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  held BLOB NOT NULL,
  shown BLOB NOT NULL) STRICT;
)sql";

// Where what was taken stands in the server's log, and what a restored server is to get again.
constexpr const char* schema_5 = R"sql(
ALTER TABLE outgoing ADD COLUMN log_row INTEGER;
ALTER TABLE outgoing ADD COLUMN receipt BLOB;
CREATE INDEX outgoing_kept ON outgoing(counter)
  WHERE outcome IN (0, 1) AND kind IN (1, 2, 3);

CREATE TABLE resends(
  place INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  statement BLOB,
  tries INTEGER NOT NULL DEFAULT 0) STRICT;
)sql";

// Texts that several people write; of a run that is in its text, which numbers it held.
constexpr const char* schema_6 = R"sql(
ALTER TABLE writes ADD COLUMN run INTEGER;
CREATE TABLE texts(
  item INTEGER NOT NULL REFERENCES items(row) ON DELETE CASCADE,
  field INTEGER NOT NULL,
  saved BLOB NOT NULL,
  PRIMARY KEY(item, field)) STRICT;
CREATE INDEX writes_waiting ON writes(item, field, run)
  WHERE run IS NOT NULL AND value IS NOT NULL;
DROP INDEX pending_item;
)sql";

// Attached files, and their sealed bytes by chunk. `way`: docs/STORAGE.md.
constexpr const char* schema_7 = R"sql(
CREATE TABLE attachments(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  compartment BLOB NOT NULL,
  item BLOB NOT NULL,
  id BLOB NOT NULL,
  size INTEGER NOT NULL,
  have INTEGER NOT NULL,
  way INTEGER NOT NULL,
  sent_to BLOB,
  refused INTEGER NOT NULL DEFAULT 0,
  UNIQUE(compartment, item)) STRICT;
CREATE INDEX attachments_waiting ON attachments(size) WHERE way <> 0;
CREATE INDEX attachments_id ON attachments(id);
CREATE TABLE sealed_chunks(
  place INTEGER PRIMARY KEY,
  hash BLOB,
  bytes BLOB NOT NULL) STRICT;
CREATE INDEX items_attachments ON items(compartment) WHERE type = 18;
CREATE TABLE late_words(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  compartment BLOB NOT NULL,
  item BLOB NOT NULL,
  author BLOB NOT NULL,
  change BLOB NOT NULL) STRICT;
CREATE INDEX late_words_item ON late_words(compartment, item);
CREATE INDEX pending_parked ON pending(compartment) WHERE parked_code IS NOT NULL;
)sql";

// Row n leads from version n to n + 1. A row is never changed once a program with it is released: a
// new version adds a row here and a fixture in tests/vectors/databases. What is derived from rows
// (the search index) is built by whoever opens the database, when all tables are there.
constexpr std::array steps{schema_1, schema_2, schema_3, schema_4, schema_5, schema_6, schema_7};

Result<std::int64_t> only_number(Database& db, const char* sql) {
    Query query = SAMSYN_TRY(db.query(sql));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "database header");
    return query.number(0);
}

}  // namespace

int schema_of_this_version() {
    return static_cast<int>(steps.size());
}

Result<void> migrate(Database& db) {
    int version = SAMSYN_TRY(db.version());
    const auto application = SAMSYN_TRY(only_number(db, "PRAGMA application_id"));
    const auto tables = SAMSYN_TRY(only_number(db, "SELECT count(*) FROM sqlite_schema"));
    const bool fresh = version == 0 && application == 0 && tables == 0;
    if (!fresh && application != application_id)
        return fail(Errc::malformed, "database of another program");
    if (version > schema_of_this_version()) return fail(Errc::newer_format, "device database");
    if (!fresh && version < 1) return fail(Errc::malformed, "database version");

    for (; version < schema_of_this_version(); ++version) {
        Transaction transaction = SAMSYN_TRY(Transaction::begin(db));
        SAMSYN_TRY(db.exec(steps[static_cast<std::size_t>(version)]));
        SAMSYN_TRY(db.set_version(version + 1));
        SAMSYN_TRY(std::move(transaction).commit());
    }
    return {};
}

}  // namespace samsyn
