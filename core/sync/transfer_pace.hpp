#pragma once

#include "core/attachment/attached_file.hpp"

#include <algorithm>

namespace samsyn {

/// How many bytes of a file to have on the way: about a second's worth, so that a change a person
/// writes meanwhile waits no longer than that, and a link that breaks every few seconds still makes
/// progress. Begins anew, small, with each session. Not thread-safe.
class TransferPace {
public:
    explicit TransferPace(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    std::size_t bytes() const { return bytes_; }

    /// All that was on the way has arrived.
    void on_arrived(std::chrono::milliseconds took) {
        if (took < std::chrono::seconds{1})
            bytes_ = std::min(bytes_ * 2, bytes_max_);
        else if (took > std::chrono::seconds{3})
            bytes_ = std::max(bytes_ / 2, attachment_piece_bytes_min);
    }

private:
    std::size_t bytes_ = attachment_piece_bytes_min;
    std::size_t bytes_max_;
};

}  // namespace samsyn
