#include "core/text/rebase.hpp"

#include "core/text/diff.hpp"
#include "core/text/varint.hpp"

namespace samsyn::text {

namespace {

/// Where the code points of a text are after changes of it: one number each, `gone` for the erased.
class Places {
public:
    static constexpr std::uint32_t gone = 0xffff'ffff;

    Places(std::uint32_t count, const std::vector<TextPatch>& patches) {
        places_.reserve(count);
        std::uint32_t shift = 0;  // modulo 2^32: how far later ones have moved
        for (const TextPatch& patch : patches) {
            while (size() + shift < patch.position) places_.push_back(size() + shift);
            places_.insert(places_.end(), patch.erased, gone);
            shift += count_points(patch.inserted) - patch.erased;
        }
        while (size() < count) places_.push_back(size() + shift);
    }

    bool stands(std::uint32_t at) const { return places_[at] != gone; }

    /// The place behind what stands before `at`.
    std::uint32_t behind(std::uint32_t at) const {
        while (at > 0 && !stands(at - 1)) --at;
        return at == 0 ? 0 : places_[at - 1] + 1;
    }

    std::uint32_t operator[](std::uint32_t at) const { return places_[at]; }

private:
    std::uint32_t size() const { return static_cast<std::uint32_t>(places_.size()); }

    std::vector<std::uint32_t> places_;
};

}  // namespace

std::vector<TextPatch> rebase(std::string_view before,
                              std::string_view after,
                              std::string_view now) {
    std::vector<TextPatch> wanted = difference(before, after);
    if (before == now) return wanted;
    const Places places{count_points(before), difference(before, now)};

    std::vector<TextPatch> rebased;
    std::uint32_t ours = 0;  // modulo 2^32: how far our own changes have moved what follows
    std::uint32_t done = 0;  // the same in `before`
    for (TextPatch& patch : wanted) {
        const std::uint32_t begin = patch.position - done;
        const std::uint32_t points = count_points(patch.inserted);
        done += points - patch.erased;
        if (points > 0) {
            rebased.push_back({places.behind(begin) + ours, 0, std::move(patch.inserted)});
            ours += points;
        }
        for (std::uint32_t at = begin; at < begin + patch.erased; ++at) {
            if (!places.stands(at)) continue;
            const std::uint32_t position = places[at] + ours;
            const bool goes_on = !rebased.empty() && rebased.back().inserted.empty() &&
                                 rebased.back().position == position;
            if (goes_on)
                ++rebased.back().erased;
            else
                rebased.push_back({position, 1, {}});
            --ours;
        }
    }
    return rebased;
}

}  // namespace samsyn::text
