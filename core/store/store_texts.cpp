// DeviceStore: texts that several people write. A run is a row of `writes` like any value until it
// is in its document, `texts`; from then on the row says only which of its writer's numbers it
// held.

#include "core/store/item_rows.hpp"
#include "core/store/rows.hpp"
#include "core/store/search_index.hpp"

#include <algorithm>

namespace samsyn {

namespace {

// What column `run` of `writes` says. Of a run that is in its text (no value): the first of its
// writer's numbers and how many. Of one that waits: its place in the order of arrival. Else:
constexpr std::int64_t refused = -1;  ///< no document takes it; its bytes stay

/// More runs of one writer wait for earlier ones only where somebody lies.
constexpr std::size_t waiting_max = 1024;

struct Numbers {
    std::uint32_t first;
    std::uint32_t count;
};

Numbers numbers_in(std::int64_t column) {
    const auto bits = static_cast<std::uint64_t>(column);
    return {static_cast<std::uint32_t>(bits >> 32), static_cast<std::uint32_t>(bits)};
}

Result<TextDocument> load_text(Database& db, const WritePlace& place, const DeviceId& self) {
    Query query = SAMSYN_TRY(db.query("SELECT saved FROM texts WHERE item = ? AND field = ?"));
    if (!SAMSYN_TRY(query.bind(place.row).bind(place.field).step())) return TextDocument{self};
    return intact(TextDocument::load(query.blob(0), self));
}

Result<void> save_text(Database& db, const WritePlace& place, const TextDocument& text) {
    const Bytes saved = SAMSYN_TRY(text.save());
    Query query =
        SAMSYN_TRY(db.query("INSERT INTO texts(item, field, saved) VALUES(?, ?, ?) "
                            "ON CONFLICT DO UPDATE SET saved = excluded.saved"));
    return query.bind(place.row).bind(place.field).bind(ByteView{saved}).run();
}

/// Its document has it: the bytes can be had from there.
Result<void> mark_taken(Database& db, const WritePlace& place, const Version& version, Numbers in) {
    Query query =
        SAMSYN_TRY(db.query("UPDATE writes SET value = NULL, run = ? "
                            "WHERE item = ? AND field = ? AND time = ? AND device = ?"));
    query.bind(std::int64_t{in.first} << 32 | std::int64_t{in.count});
    query.bind(place.row).bind(place.field).bind_number(version.time.value);
    return query.bind(version.device).run();
}

Result<void> mark_refused(Database& db, const WritePlace& place, const Version& version) {
    Query query =
        SAMSYN_TRY(db.query("UPDATE writes SET run = ? "
                            "WHERE item = ? AND field = ? AND time = ? AND device = ?"));
    query.bind(refused).bind(place.row).bind(place.field).bind_number(version.time.value);
    return query.bind(version.device).run();
}

struct WaitingRun {
    Version version;
    Result<TextRun> run;
};

/// In order of arrival.
Result<std::vector<WaitingRun>> waiting_runs(Database& db, const WritePlace& place) {
    Query query = SAMSYN_TRY(
        db.query("SELECT time, device, value FROM writes "
                 "WHERE item = ? AND field = ? AND value IS NOT NULL AND run >= 0 ORDER BY run"));
    query.bind(place.row).bind(place.field);
    std::vector<WaitingRun> runs;
    while (SAMSYN_TRY(query.step())) {
        const HybridTime time{static_cast<std::uint64_t>(query.number(0))};
        const Version version{time, SAMSYN_TRY(query.id<DeviceId>(1))};
        const Value value = SAMSYN_TRY(stored_value(query.blob(2)));
        const auto* const bytes = std::get_if<Bytes>(&value);
        Result<TextRun> run = bytes ? decode_text_run(*bytes) : fail(Errc::malformed, "run");
        if (run && run->writer != version.device) run = fail(Errc::malformed, "writer of a run");
        runs.push_back({version, std::move(run)});
    }
    return runs;
}

/// Takes runs into a text in the order in which they came, each as soon as what it rests on is
/// there: as if every one had been taken when it came. So devices that a server tells the same in
/// the same order agree, whatever a liar signs.
class Folding {
public:
    explicit Folding(TextDocument& text) : text_(text) {}

    /// Errors: `malformed` where what is stored of the text cannot be read.
    Result<void> take(std::vector<WaitingRun> runs) {
        for (const TextId& one : SAMSYN_TRY(text_.version())) next_[one.writer] = one.number;
        for (WaitingRun& one : runs) {
            if (try_one(one))
                take_later();
            else
                later_.push_back(std::move(one));
        }
        std::map<DeviceId, std::size_t> waiting;
        for (const WaitingRun& one : later_)
            if (++waiting[one.version.device] > waiting_max)
                refused_.emplace_back(one.version,
                                      Error{Errc::limit_exceeded, "runs that wait for others"});
        return {};
    }

    const auto& taken() const { return taken_; }

    const auto& refused() const { return refused_; }

private:
    void take_later() {
        for (bool some = true; some;) {
            some = false;
            for (auto one = later_.begin(); one != later_.end();) {
                const bool done = try_one(*one);
                one = done ? later_.erase(one) : std::next(one);
                some = some || done;
            }
        }
    }

    /// False where it has to wait. What a bound keeps out waits too: nobody's words are lost for
    /// it.
    bool try_one(const WaitingRun& one) {
        if (!one.run && one.run.error().code == Errc::unsupported_version) return false;
        if (one.run && one.run->first > next_[one.version.device]) return false;
        const Result<std::vector<TextPatch>> done =
            one.run ? text_.apply(*one.run)
                    : Result<std::vector<TextPatch>>{std::unexpected{one.run.error()}};
        if (done) {
            const Numbers numbers{one.run->first, one.run->operations()};
            auto& next = next_[one.version.device];
            next = std::max(next, numbers.first + numbers.count);
            taken_.emplace_back(one.version, numbers);
            return true;
        }
        const Errc why = done.error().code;
        if (one.run && (why == Errc::missing_parent || why == Errc::limit_exceeded)) return false;
        refused_.emplace_back(one.version, done.error());
        return true;
    }

    TextDocument& text_;
    std::map<DeviceId, std::uint32_t> next_;
    std::vector<WaitingRun> later_;
    std::vector<std::pair<Version, Numbers>> taken_;
    std::vector<std::pair<Version, Error>> refused_;
};

/// Takes into one text what waits for it.
Result<void> fold(Database& db,
                  const WritePlace& place,
                  const DeviceId& self,
                  std::vector<Error>& faults) {
    auto waiting = SAMSYN_TRY(waiting_runs(db, place));
    if (waiting.empty()) return {};
    TextDocument text = SAMSYN_TRY(load_text(db, place, self));
    Folding folding{text};
    SAMSYN_TRY(folding.take(std::move(waiting)));
    if (!folding.taken().empty()) SAMSYN_TRY(save_text(db, place, text));
    for (const auto& [version, numbers] : folding.taken())
        SAMSYN_TRY(mark_taken(db, place, version, numbers));
    for (const auto& [version, why] : folding.refused()) {
        SAMSYN_TRY(mark_refused(db, place, version));
        faults.push_back(why);
    }
    return index_item(db, place.row);  // whether it is deleted may rest on a run, taken or not
}

std::uint32_t count_of(const TextVersion& version, const DeviceId& writer) {
    const auto found = std::ranges::find(version, writer, &TextId::writer);
    return found == version.end() ? 0 : found->number;
}

std::string key_of(const TextPlace& text) {
    return "text/" + to_hex(text.item.view()) + "/" +
           std::to_string(static_cast<unsigned>(text.field));
}

Result<std::optional<WritePlace>> place_of(Database& db, const TextPlace& text) {
    Query query = SAMSYN_TRY(db.query("SELECT row FROM items WHERE id = ? AND compartment = ?"));
    if (!SAMSYN_TRY(query.bind(text.item).bind(text.compartment).step()))
        return std::optional<WritePlace>{};
    return std::optional{WritePlace{query.number(0), static_cast<std::int64_t>(text.field)}};
}

}  // namespace

Result<bool> add_run(Database& db,
                     const WritePlace& place,
                     const Version& version,
                     const Value& value) {
    const auto* const run = std::get_if<Bytes>(&value);
    if (run != nullptr && run->empty()) {
        Query query =
            SAMSYN_TRY(db.query("INSERT INTO writes(item, field, time, device) VALUES(?, ?, ?, ?) "
                                "ON CONFLICT DO NOTHING"));
        query.bind(place.row).bind(place.field).bind_number(version.time.value);
        SAMSYN_TRY(query.bind(version.device).run());
        return db.changes() > 0;
    }
    const Bytes encoded = encode_values({value});
    // The author's own word takes the place of what another said it was, while that still waits.
    Query query = SAMSYN_TRY(
        db.query("INSERT INTO writes(item, field, time, device, value, run) "
                 "VALUES(?1, ?2, ?3, ?4, ?5, (SELECT ifnull(max(run), 0) + 1 FROM writes "
                 "WHERE item = ?1 AND field = ?2 AND value IS NOT NULL AND run IS NOT NULL)) "
                 "ON CONFLICT DO UPDATE "
                 "SET value = excluded.value, run = excluded.run, restater = NULL "
                 "WHERE (value IS NULL AND run IS NULL) OR "
                 "(value IS NOT NULL AND restater IS NOT NULL)"));
    query.bind(place.row).bind(place.field).bind_number(version.time.value).bind(version.device);
    SAMSYN_TRY(query.bind(ByteView{encoded}).run());
    return db.changes() > 0;
}

Result<std::string> stored_text(Database& db, const WritePlace& place) {
    const TextDocument text = SAMSYN_TRY(load_text(db, place, DeviceId{}));
    return text.text();
}

Result<std::vector<Error>> DeviceStore::fold_texts(const DeviceId& self) {
    std::vector<Error> faults;
    for (const auto& [row, field] : unfolded_) {
        const auto folded = fold(database_, {row, field}, self, faults);
        if (folded) continue;
        // One text that cannot be read holds up nothing else: its runs go on waiting.
        if (database_.failed()) return std::unexpected{folded.error()};
        faults.push_back(folded.error());
    }
    return faults;
}

Result<bool> DeviceStore::edit_text(const TextPlace& text,
                                    const std::optional<std::string>& before,
                                    std::string_view utf8,
                                    const DeviceId& self) {
    const auto place = SAMSYN_TRY(place_of(database_, text));
    if (!place) return fail(Errc::not_found, "item");
    TextDocument document = SAMSYN_TRY(load_text(database_, *place, self));
    if (count_of(SAMSYN_TRY(document.version()), self) < SAMSYN_TRY(numbers_used(text)))
        return fail(Errc::conflict, "your earlier words in this text are not here");
    if (SAMSYN_TRY(before ? document.replace(*before, utf8) : document.replace(utf8)).empty())
        return false;
    SAMSYN_TRY(save_text(database_, *place, document));
    SAMSYN_TRY(index_item(database_, place->row));
    return true;
}

Result<std::vector<Bytes>> DeviceStore::take_text(const TextPlace& text, const DeviceId& self) {
    std::vector<Bytes> taken;
    const auto place = SAMSYN_TRY(place_of(database_, text));
    if (!place) return taken;
    TextDocument document = SAMSYN_TRY(load_text(database_, *place, self));
    if (!document.has_edits()) return taken;
    for (const TextRun& run : SAMSYN_TRY(document.take_runs())) taken.push_back(encode(run));
    SAMSYN_TRY(save_text(database_, *place, document));
    Writer used;
    used.number(count_of(SAMSYN_TRY(document.version()), self));
    SAMSYN_TRY(put_value(key_of(text), used.view()));
    return taken;
}

/// A number is never used twice, though the text was purged and has come back without what its
/// writer had not sent.
Result<std::uint32_t> DeviceStore::numbers_used(const TextPlace& text) {
    const auto stored = SAMSYN_TRY(value(key_of(text)));
    if (!stored) return std::uint32_t{0};
    Reader in{*stored};
    return intact(in.number<std::uint32_t>("numbers of a text"));
}

Result<std::vector<DeviceStore::StoredRun>> DeviceStore::text_runs(const TextPlace& text,
                                                                   const DeviceId& self) {
    std::vector<StoredRun> out;
    const auto place = SAMSYN_TRY(place_of(database_, text));
    if (!place) return out;
    const TextDocument document = SAMSYN_TRY(load_text(database_, *place, self));
    Query query = SAMSYN_TRY(
        database_.query("SELECT time, device, run FROM writes "
                        "WHERE item = ? AND field = ? AND value IS NULL AND run IS NOT NULL "
                        "ORDER BY time"));
    query.bind(place->row).bind(place->field);
    while (SAMSYN_TRY(query.step())) {
        StoredRun run;
        run.version.time.value = static_cast<std::uint64_t>(query.number(0));
        run.version.device = SAMSYN_TRY(query.id<DeviceId>(1));
        const Numbers in = numbers_in(query.number(2));
        const auto cut = document.run(run.version.device, in.first, in.count);
        // Of one that only went on with what was known some may have been another's to say.
        if (!cut && cut.error().code == Errc::not_found) continue;
        if (!cut) return std::unexpected{cut.error()};
        run.bytes = encode(*cut);
        out.push_back(std::move(run));
    }
    return out;
}

}  // namespace samsyn
