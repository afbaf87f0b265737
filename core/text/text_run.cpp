#include "core/text/text_run.hpp"

#include "core/text/varint.hpp"

#include <algorithm>
#include <numeric>

namespace samsyn {

namespace {

using text::put_varint;
using text::VarintReader;
using Kind = TextStep::Kind;

constexpr std::byte run_format{1};
constexpr std::size_t step_bytes_max = 1 + 5 + 5 + 2 * (2 + 5);

// 0 is none, 1 own with the distance backwards, others from 2 on.
void put_ref(Bytes& out, const TextRef& ref, std::uint32_t next) {
    if (ref.index == TextRef::none) return put_varint(out, 0);
    if (ref.index == TextRef::own) {
        put_varint(out, 1);
        return put_varint(out, next - ref.number - 1);
    }
    put_varint(out, ref.index + 2U);
    put_varint(out, ref.number);
}

TextRef read_ref(VarintReader& in, std::size_t others, std::uint32_t next) {
    const std::uint64_t index = in.number(others + 1);
    if (index == 0) return {};
    if (index == 1) {
        const std::uint64_t distance = in.number();
        if (distance >= next) in.refuse();
        return {TextRef::own, static_cast<std::uint32_t>(next - distance - 1)};
    }
    return {static_cast<std::uint16_t>(index - 2),
            static_cast<std::uint32_t>(in.number(text_writer_operations_max - 1))};
}

/// Whether `step` only goes on with what `last` did: then they are one step. `next` is its number.
bool goes_on(const TextStep& last, const TextStep& step, std::uint32_t next) {
    if (last.kind != step.kind) return false;
    if (step.kind == Kind::insert)
        return step.first == TextRef{TextRef::own, next - 1} && step.second == last.second;
    return step.kind == Kind::erase && step.first.index == last.first.index &&
           step.first.number == last.first.number + last.count;
}

/// The parts of a step from `from` on, which may be 0, up to `to`.
TextStep part_of(const TextRun& run, TextStep step, std::uint32_t from, std::uint32_t to) {
    if (step.kind == Kind::insert) {
        const std::string_view text =
            std::string_view{run.content}.substr(step.text_at, step.text_bytes);
        const std::uint32_t skipped = text::bytes_of_points(text, from);
        step.text_bytes = text::bytes_of_points(text.substr(skipped), to - from);
        step.text_at += skipped;
    } else {
        step.first.number += from;
    }
    step.count = to - from;
    return step;
}

class RunParser {
public:
    explicit RunParser(ByteView bytes) : in_(bytes) {}

    Result<TextRun> parse() && {
        SAMSYN_TRY(read_head());
        while (in_.rest() > 0) SAMSYN_TRY(read_step());
        if (!in_.ok()) return fail(Errc::malformed, "text run");
        if (run_.steps.empty()) return fail(Errc::malformed, "empty text run");
        if (next_ - run_.first != operations_) return fail(Errc::truncated, "text run");
        if (std::ranges::find(mentioned_, false) != mentioned_.end())
            return fail(Errc::malformed, "writers of a text run");
        return std::move(run_);
    }

private:
    Result<void> read_head() {
        const ByteView format = in_.raw(1);
        if (format.empty()) return fail(Errc::truncated, "text run");
        if (format[0] != run_format) return fail(Errc::unsupported_version, "text run");
        const ByteView writer = in_.raw(DeviceId::size);
        run_.first = static_cast<std::uint32_t>(in_.number(text_writer_operations_max));
        operations_ = static_cast<std::uint32_t>(in_.number(text_run_operations_max));
        const std::size_t others = in_.number(text_writers_max);
        const ByteView ids = in_.raw(others * DeviceId::size);
        if (!in_.ok()) return fail(Errc::truncated, "head of a text run");
        next_ = run_.first;
        run_.writer = DeviceId::from(writer);
        for (std::size_t i = 0; i < others; ++i) {
            const auto seen = static_cast<std::uint32_t>(in_.number(text_writer_operations_max));
            const ByteView id = ids.subspan(i * DeviceId::size, DeviceId::size);
            run_.others.push_back({DeviceId::from(id), seen});
            mentioned_.push_back(seen > 0);
        }
        const auto unordered =
            std::ranges::adjacent_find(run_.others, std::greater_equal{}, &TextOther::writer);
        if (unordered != run_.others.end() ||
            std::ranges::count(run_.others, run_.writer, &TextOther::writer) > 0)
            return fail(Errc::malformed, "writers of a text run");
        return {};
    }

    Result<void> read_step() {
        const std::uint64_t tag = in_.number(std::uint64_t{text_run_operations_max} * 2 + 1);
        TextStep step;
        step.kind = static_cast<Kind>(tag & 1U);
        step.count = static_cast<std::uint32_t>(tag >> 1);
        step.first = read_mentioned();
        if (!in_.ok() || step.count == 0) return fail(Errc::malformed, "text step");
        if (step.kind == Kind::insert) {
            step.second = read_mentioned();
            SAMSYN_TRY(read_content(step));
        } else if (step.first.index == TextRef::none ||
                   step.first.number > text_writer_operations_max - step.count ||
                   (step.first.index == TextRef::own && step.first.number + step.count > next_)) {
            return fail(Errc::malformed, "what is erased");
        }
        if (!run_.steps.empty() && goes_on(run_.steps.back(), step, next_))
            return fail(Errc::malformed, "one text step as two");
        if (step.count > run_.first + operations_ - next_ ||
            step.count > text_writer_operations_max - next_)
            return fail(Errc::malformed, "operations of a text run");
        next_ += step.count;
        run_.steps.push_back(step);
        return {};
    }

    TextRef read_mentioned() {
        const TextRef ref = read_ref(in_, run_.others.size(), next_);
        if (ref.index < mentioned_.size()) mentioned_[ref.index] = true;
        return ref;
    }

    Result<void> read_content(TextStep& step) {
        const ByteView bytes = in_.raw(in_.number(text_run_bytes_max));
        if (!in_.ok() || !is_utf8(bytes) || text::count_points(as_text(bytes)) != step.count)
            return fail(Errc::malformed, "inserted text");
        step.text_at = static_cast<std::uint32_t>(run_.content.size());
        step.text_bytes = static_cast<std::uint32_t>(bytes.size());
        run_.content += as_text(bytes);
        return {};
    }

    VarintReader in_;
    TextRun run_;
    std::uint32_t next_ = 0;
    std::uint32_t operations_ = 0;
    std::vector<bool> mentioned_;
};

}  // namespace

std::uint32_t TextRun::operations() const {
    std::uint32_t sum = 0;
    for (const TextStep& step : steps) sum += step.count;
    return sum;
}

Bytes encode(const TextRun& run) {
    Bytes out;
    out.reserve(32 + run.others.size() * DeviceId::size + run.steps.size() * 8 +
                run.content.size());
    out.push_back(run_format);
    out.insert(out.end(), run.writer.bytes.begin(), run.writer.bytes.end());
    put_varint(out, run.first);
    put_varint(out, run.operations());
    put_varint(out, run.others.size());
    for (const TextOther& other : run.others)
        out.insert(out.end(), other.writer.bytes.begin(), other.writer.bytes.end());
    for (const TextOther& other : run.others) put_varint(out, other.seen);
    std::uint32_t next = run.first;
    for (const TextStep& step : run.steps) {
        put_varint(out, std::uint64_t{step.count} << 1 | static_cast<unsigned>(step.kind));
        put_ref(out, step.first, next);
        if (step.kind == Kind::insert) {
            put_ref(out, step.second, next);
            put_varint(out, step.text_bytes);
            const ByteView bytes = as_bytes(run.content).subspan(step.text_at, step.text_bytes);
            out.insert(out.end(), bytes.begin(), bytes.end());
        }
        next += step.count;
    }
    return out;
}

Result<TextRun> decode_text_run(ByteView bytes) {
    if (bytes.size() > text_run_bytes_max) return fail(Errc::limit_exceeded, "text run");
    return RunParser{bytes}.parse();
}

TextRunBuilder::TextRunBuilder(const DeviceId& writer, std::uint32_t first)
    : next_(first),
      bytes_(1 + DeviceId::size + 15) {
    run_.writer = writer;
    run_.first = first;
}

std::uint16_t TextRunBuilder::index_of(const DeviceId& other) {
    auto found = std::ranges::find(run_.others, other, &TextOther::writer);
    if (found == run_.others.end()) {
        bytes_ += DeviceId::size + 5;
        found = run_.others.insert(found, {other, 0});
    }
    return static_cast<std::uint16_t>(found - run_.others.begin());
}

TextRef TextRunBuilder::refer(const std::optional<TextId>& id) {
    if (!id) return {};
    return {id->writer == run_.writer ? TextRef::own : index_of(id->writer), id->number};
}

void TextRunBuilder::saw(const DeviceId& other, std::uint32_t below) {
    run_.others[index_of(other)].seen = below;
}

void TextRunBuilder::insert(const std::optional<TextId>& left,
                            const std::optional<TextId>& right,
                            std::string_view utf8,
                            std::uint32_t count) {
    const TextStep step{.kind = Kind::insert,
                        .first = refer(left),
                        .second = refer(right),
                        .count = count,
                        .text_at = static_cast<std::uint32_t>(run_.content.size()),
                        .text_bytes = static_cast<std::uint32_t>(utf8.size())};
    bytes_ += utf8.size();
    run_.content += utf8;
    if (!run_.steps.empty() && goes_on(run_.steps.back(), step, next_)) {
        run_.steps.back().count += count;
        run_.steps.back().text_bytes += step.text_bytes;
    } else {
        bytes_ += step_bytes_max;
        run_.steps.push_back(step);
    }
    next_ += count;
}

void TextRunBuilder::erase(const TextId& first, std::uint32_t count) {
    const TextStep step{.kind = Kind::erase, .first = refer(first), .second = {}, .count = count};
    if (!run_.steps.empty() && goes_on(run_.steps.back(), step, next_)) {
        run_.steps.back().count += count;
    } else {
        bytes_ += step_bytes_max;
        run_.steps.push_back(step);
    }
    next_ += count;
}

// Until here the others stand as they were met.
TextRun TextRunBuilder::take() && {
    std::vector<std::uint16_t> order(run_.others.size());
    std::iota(order.begin(), order.end(), std::uint16_t{0});
    std::ranges::sort(order, {}, [&](std::uint16_t i) { return run_.others[i].writer; });
    std::vector<std::uint16_t> place(order.size());
    std::vector<TextOther> sorted(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = static_cast<std::uint16_t>(i);
        sorted[i] = run_.others[order[i]];
    }
    run_.others = std::move(sorted);
    for (TextStep& step : run_.steps)
        for (TextRef* ref : {&step.first, &step.second})
            if (ref->index < place.size()) ref->index = place[ref->index];
    return std::move(run_);
}

TextRun slice(const TextRun& run, std::uint32_t from, std::uint32_t to) {
    TextRunBuilder out{run.writer, run.first + from};
    const auto id_of = [&](const TextRef& ref) -> std::optional<TextId> {
        if (ref.index == TextRef::none) return std::nullopt;
        return TextId{ref.index == TextRef::own ? run.writer : run.others[ref.index].writer,
                      ref.number};
    };
    for (const TextOther& other : run.others)
        if (from == 0 && other.seen > 0) out.saw(other.writer, other.seen);
    std::uint32_t at = 0;
    for (const TextStep& whole : run.steps) {
        const std::uint32_t begin = std::max(from, at);
        const std::uint32_t end = std::min(to, at + whole.count);
        if (begin < end) {
            const TextStep step = part_of(run, whole, begin - at, end - at);
            const std::string_view text =
                std::string_view{run.content}.substr(step.text_at, step.text_bytes);
            const auto left = begin > at ? std::optional{TextId{run.writer, run.first + begin - 1}}
                                         : id_of(step.first);
            if (step.kind == Kind::insert)
                out.insert(left, id_of(step.second), text, step.count);
            else
                out.erase(*id_of(step.first), step.count);
        }
        at += whole.count;
    }
    return std::move(out).take();
}

}  // namespace samsyn
