#pragma once

#include "core/room/gathering.hpp"
#include "core/room/page.hpp"

#include <samsyn/device.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// In which language a page is laid out.
enum class PageLanguage : std::uint8_t { english, swedish };

/// *Show mode*: the presenter's own tablet as the screen of a meeting, without a network. It shows
/// what everybody present may see, by `decide` and anew for each page, and nothing that tells
/// whether more is there. Nothing of it is stored: it ends with the process, with the lock, and at
/// its time.
///
/// What is shown goes into the device's log of reads once in a showing, before it is shown.
///
/// Not thread-safe. The device must outlive it.
class ShowMode {
public:
    static constexpr std::chrono::hours longest{12};

    explicit ShowMode(Device& device) : device_(device) {}

    // --- Who may be there -----------------------------------------------------------------------
    /// A colleague, by one of their tablets that is not revoked.
    Onlooker colleague(const UserId& user, std::string name);

    /// A person of the case: guardian where custody says so, else subject; mandate holder or guest
    /// where the presenter says so.
    Result<Onlooker> person(const CaseId& case_id,
                            const PersonId& person,
                            std::string name,
                            std::optional<ViewerKind> kind = {});

    /// A guest who is no person of the case: sees what any guest may, time and place. All of them
    /// look as one person whom no statement can name but by intent: ids of persons are random.
    static Onlooker guest(std::string name);

    // --- What the presenter does ----------------------------------------------------------------
    /// Errors: `conflict` while something is shown: more people come by the door; `not_found`;
    /// `invalid_argument` for an end that is past or more than `longest` away; those of
    /// `Gathering::begin`.
    Result<void> begin(const CaseId& case_id,
                       std::vector<Onlooker> present,
                       Instant until,
                       PageLanguage language,
                       Instant now);

    /// The page goes neutral, and the presenter alone is told what would disappear. Errors: those
    /// of `Gathering::arrive`; `not_found` where nothing is shown (all below too).
    struct Preview {
        std::string name;
        std::vector<std::string> disappearing;  ///< titles of what is shown now and would not be
        std::size_t remaining = 0;              ///< things that would still be shown
    };

    Result<Preview> arrive(Onlooker newcomer, Instant now);

    /// The same once more. Errors: `not_found` where nobody is at the door.
    Result<Preview> preview(Instant now);

    /// The three choices. Who is admitted counts for the page at once, and is present when the
    /// screen has asked for that page: only then has it dropped the one before.
    Result<void> admit(Instant now);
    Result<void> wait(Instant now);
    Result<void> close_first(Instant now);

    Result<void> close(Instant now);
    Result<void> reopen(Instant now);
    Result<void> leave(std::string_view name, Instant now);
    Result<void> end(Instant now);

    // --- What is on the screen ------------------------------------------------------------------
    struct Shown {
        Page page;
        std::size_t number = 1;  ///< of the page
        std::size_t pages = 1;
        Instant valid_until;  ///< look again then
    };

    /// The page, decided upon at this moment. A number beyond the last gives the last. Errors:
    /// also those of `Device::items` and `record_shown`; then nothing may be shown.
    Result<Shown> page(std::size_t number, Instant now);

    /// For the presenter alone. Null where nothing is shown.
    const Gathering* gathering(Instant now) const;

    CaseId case_id() const { return case_id_; }

private:
    struct Things {
        std::vector<PageItem> items;
        std::vector<ItemId> ids;  ///< of these, sorted
        Instant valid_until = instant_max;
    };

    Result<void> happen(Result<void> (Gathering::*what)(), Instant now);
    Result<Gathering*> under_way(Instant now);

    /// What these people may all see of the case.
    Result<Things> things_for(const std::vector<Onlooker>& eyes);
    Result<void> log(const std::vector<ItemId>& ids);

    Device& device_;
    CaseId case_id_;
    PageLanguage language_{};
    std::optional<Gathering> gathering_;
    std::vector<ItemId> logged_;  ///< in this showing; sorted
};

}  // namespace samsyn
