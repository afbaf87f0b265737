#pragma once

#include <samsyn/device.hpp>

#include <optional>
#include <vector>

namespace samsyn {

/// One way to file what is about to be written, as the people who would read it.
struct AudienceChoice {
    Sensitivity sensitivity{};
    std::optional<AudienceId> closed;  ///< a circle that this user is in
    std::vector<UserId> readers;       ///< sorted
    std::vector<UnitId> without;       ///< take part, and nobody there has a device that reads it
};

/// Who would read what is not written yet: people, and not labels.
///
/// As `Device`: errors, thread. The device must outlive it.
class Audiences {
public:
    static constexpr std::size_t choices_max = 3;

    explicit Audiences(Device& device) : device_(device) {}

    /// Ways to file `item`, of which only the label counts: as it says, or as usual, first; then
    /// closed to a circle, and more sensitive, where that makes other readers. At most
    /// `choices_max`. Errors: those of `Device::add_item` for the first; others are left out.
    Result<std::vector<AudienceChoice>> choices(const NewItem& item);

private:
    Device& device_;
};

}  // namespace samsyn
