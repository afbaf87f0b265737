#include "core/text/diff.hpp"

#include "core/text/graphemes.hpp"
#include "core/text/varint.hpp"

#include <algorithm>
#include <optional>

namespace samsyn::text {

namespace {

using Tokens = std::vector<std::string_view>;
using TokensView = std::span<const std::string_view>;

constexpr std::int32_t letters_differ_max = 600;  // E. W. Myers' D
constexpr std::int32_t lines_differ_max = 600;

/// Tokens `[a, a_end)` of the one become `[b, b_end)` of the other.
struct Edit {
    std::size_t a;
    std::size_t a_end;
    std::size_t b;
    std::size_t b_end;
};

using Edits = std::vector<Edit>;

Tokens letters_of(std::string_view utf8) {
    Tokens letters;
    letters.reserve(utf8.size());
    while (!utf8.empty()) {
        const std::size_t bytes = first_grapheme(utf8);
        letters.push_back(utf8.substr(0, bytes));
        utf8.remove_prefix(bytes);
    }
    return letters;
}

/// Where the lines end, as indices into letters.
std::vector<std::size_t> line_ends(TokensView letters) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < letters.size(); ++i)
        if (letters[i].back() == '\n' || i + 1 == letters.size()) ends.push_back(i + 1);
    return ends;
}

void add_edit(Edits& edits, const Edit& edit) {
    if (edit.a == edit.a_end && edit.b == edit.b_end) return;
    if (!edits.empty() && edits.back().a_end == edit.a && edits.back().b_end == edit.b) {
        edits.back().a_end = edit.a_end;
        edits.back().b_end = edit.b_end;
    } else {
        edits.push_back(edit);
    }
}

/// The greedy algorithm of E. W. Myers, "An O(ND) difference algorithm and its variations" (1986);
/// nothing where more than `differ_max` tokens differ.
class Myers {
public:
    Myers(TokensView a, TokensView b)
        : a_(a),
          b_(b),
          n_(static_cast<std::int32_t>(a.size())),
          m_(static_cast<std::int32_t>(b.size())) {}

    std::optional<Edits> find(std::int32_t differ_max) {
        const std::int32_t middle = differ_max + 1;
        const auto size = static_cast<std::size_t>(middle) * 2 + 1;
        std::vector<std::int32_t> furthest(size, 0);
        for (std::int32_t d = 0; d <= differ_max; ++d) {
            for (std::int32_t k = -d; k <= d; k += 2) {
                std::int32_t* at = furthest.data() + (middle + k);
                const bool down = k == -d || (k != d && at[-1] < at[1]);
                std::int32_t x = down ? at[1] : at[-1] + 1;
                while (x < n_ && x - k < m_ && same(x, x - k)) ++x;
                *at = x;
                if (x >= n_ && x - k >= m_) return edits(d, k);
            }
            const auto begin = furthest.begin() + (middle - d);
            rows_.emplace_back(begin, begin + 2 * d + 1);
        }
        return std::nullopt;
    }

private:
    bool same(std::int32_t x, std::int32_t y) const {
        return a_[static_cast<std::size_t>(x)] == b_[static_cast<std::size_t>(y)];
    }

    std::int32_t row(std::int32_t d, std::int32_t k) const {
        return *(rows_[static_cast<std::size_t>(d)].data() + (k + d));
    }

    Edits edits(std::int32_t d, std::int32_t k) const {
        Edits backwards;
        for (; d > 0; --d) {
            const bool down =
                k == -d || (k != d && row_or_none(d - 1, k - 1) < row_or_none(d - 1, k + 1));
            const std::int32_t from = down ? k + 1 : k - 1;
            const std::int32_t x = row(d - 1, from);
            const auto a = static_cast<std::size_t>(x);
            const auto b = static_cast<std::size_t>(x - from);
            backwards.push_back(down ? Edit{a, a, b, b + 1} : Edit{a, a + 1, b, b});
            k = from;
        }
        Edits all;
        std::for_each(
            backwards.rbegin(), backwards.rend(), [&](const Edit& edit) { add_edit(all, edit); });
        return all;
    }

    std::int32_t row_or_none(std::int32_t d, std::int32_t k) const {
        return k < -d || k > d ? -1 : row(d, k);
    }

    TokensView a_;
    TokensView b_;
    std::int32_t n_;
    std::int32_t m_;
    std::vector<std::vector<std::int32_t>> rows_;
};

class Difference {
public:
    Difference(TokensView a, TokensView b) : a_(a), b_(b) {}

    Edits find() && {
        Edit whole{0, a_.size(), 0, b_.size()};
        trim(whole);
        if (!add_by_letters(whole)) add_by_lines(whole);
        return std::move(edits_);
    }

private:
    void trim(Edit& edit) const {
        while (edit.a < edit.a_end && edit.b < edit.b_end && a_[edit.a] == b_[edit.b])
            ++edit.a, ++edit.b;
        while (edit.a < edit.a_end && edit.b < edit.b_end &&
               a_[edit.a_end - 1] == b_[edit.b_end - 1])
            --edit.a_end, --edit.b_end;
    }

    bool add_by_letters(const Edit& part) {
        if (part.a == part.a_end || part.b == part.b_end) {
            add_edit(edits_, part);
            return true;
        }
        const auto found =
            Myers{a_.subspan(part.a, part.a_end - part.a), b_.subspan(part.b, part.b_end - part.b)}
                .find(letters_differ_max);
        if (!found) return false;
        for (const Edit& edit : *found)
            add_edit(edits_,
                     {part.a + edit.a, part.a + edit.a_end, part.b + edit.b, part.b + edit.b_end});
        return true;
    }

    void add_by_lines(const Edit& part) {
        const TokensView a = a_.subspan(part.a, part.a_end - part.a);
        const TokensView b = b_.subspan(part.b, part.b_end - part.b);
        const std::vector<std::size_t> a_ends = line_ends(a);
        const std::vector<std::size_t> b_ends = line_ends(b);
        const Tokens a_lines = lines(a, a_ends);
        const Tokens b_lines = lines(b, b_ends);
        const auto found = Myers{a_lines, b_lines}.find(lines_differ_max);
        if (!found) return add_edit(edits_, part);
        const auto start = [](const std::vector<std::size_t>& ends, std::size_t line) {
            return line == 0 ? 0 : ends[line - 1];
        };
        for (const Edit& edit : *found) {
            Edit letters{part.a + start(a_ends, edit.a),
                         part.a + start(a_ends, edit.a_end),
                         part.b + start(b_ends, edit.b),
                         part.b + start(b_ends, edit.b_end)};
            trim(letters);
            if (!add_by_letters(letters)) add_edit(edits_, letters);
        }
    }

    /// Letters of one text lie side by side in memory, so that a line is one token again.
    static Tokens lines(TokensView letters, const std::vector<std::size_t>& ends) {
        Tokens lines;
        std::size_t begin = 0;
        for (const std::size_t end : ends) {
            const std::string_view last = letters[end - 1];
            lines.emplace_back(letters[begin].data(), last.data() + last.size());
            begin = end;
        }
        return lines;
    }

    TokensView a_;
    TokensView b_;
    Edits edits_;
};

}  // namespace

std::vector<TextPatch> difference(std::string_view before, std::string_view after) {
    const Tokens a = letters_of(before);
    const Tokens b = letters_of(after);
    std::vector<TextPatch> patches;
    std::uint32_t position = 0;
    std::size_t at = 0;  // in `b`
    for (const Edit& edit : Difference{a, b}.find()) {
        for (; at < edit.b; ++at) position += count_points(b[at]);
        TextPatch patch{position, 0, {}};
        for (std::size_t i = edit.a; i < edit.a_end; ++i) patch.erased += count_points(a[i]);
        for (; at < edit.b_end; ++at) {
            patch.inserted += b[at];
            position += count_points(b[at]);
        }
        patches.push_back(std::move(patch));
    }
    return patches;
}

}  // namespace samsyn::text
