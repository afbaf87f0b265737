#pragma once

#include "core/base/ids.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace samsyn {

/// Which files somebody is looking at, piece by piece: those whose beginning was logged as read.
/// Not thread-safe.
class Looks {
public:
    /// Its beginning is about to be shown: it counts once that is logged.
    void begin(const ItemId& item, bool copies) { begun_ = Look{item, copies}; }

    /// What was begun is logged, or is not shown after all.
    void end_of_operation(bool logged) {
        if (begun_ && logged && !has(begun_->item, begun_->copies)) {
            looks_.push_back(*begun_);
            if (looks_.size() > looks_max) looks_.pop_front();
        }
        begun_.reset();
    }

    bool has(const ItemId& item, bool copies) const {
        return std::ranges::find(looks_, Look{item, copies}) != looks_.end();
    }

private:
    static constexpr std::size_t looks_max = 64;

    struct Look {
        ItemId item;
        bool copies = false;
        friend bool operator==(const Look&, const Look&) = default;
    };

    std::optional<Look> begun_;
    std::deque<Look> looks_;
};

}  // namespace samsyn
