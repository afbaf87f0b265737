#pragma once

#include "core/room/onlooker.hpp"

#include <optional>
#include <set>

namespace samsyn {

/// Those who see what a presenter shows, and how that changes: it shrinks before a newcomer is
/// admitted and grows only after somebody has left. Pure: the caller says what happened, and when.
///
///     arrive ──► asking ──┬─ admit ────────► pending ── take_effect ──► admitted
///     (neutral page)      ├─ close_first ──► pending, neutral ─ take_effect ─► admitted, closed
///                         └─ wait ─────────► as before
///     leave ────────────────────────────────► pending ── take_effect ──► gone
///
/// `take_effect` is called once every screen has dropped what `eyes` may not see. Whatever the
/// screen shows is to be computed for `eyes` of the present `round`.
class Gathering {
public:
    /// Shows until `until`. Errors: `limit_exceeded`; `invalid_argument` for a name that is empty
    /// or twice there.
    static Result<Gathering> begin(std::vector<Onlooker> present, Instant until);

    // --- What happens ---------------------------------------------------------------------------
    /// Somebody is at the door: the screen goes to the neutral page until the presenter has chosen.
    /// Errors: `conflict` while another one is; `already_exists`; `limit_exceeded`;
    /// `invalid_argument`.
    Result<void> arrive(Onlooker newcomer);

    /// The three choices. Errors: `not_found` where nobody is at the door; `conflict` where the
    /// choice was made.
    Result<void> admit();
    Result<void> wait();
    Result<void> close_first();

    /// Errors: `not_found`; `conflict` where it is said already.
    Result<void> leave(std::string_view name);

    /// The neutral page by the presenter's wish, and back.
    void close();
    void reopen();

    /// Over for good.
    void end();

    /// Every screen has dropped what `eyes` may not see: who was to be admitted is, who left has.
    void take_effect();

    // --- What follows ---------------------------------------------------------------------------
    const std::vector<Onlooker>& present() const { return present_; }

    const std::optional<Onlooker>& at_door() const { return at_door_; }

    /// Whose rights count for what is on the screen now: those present, those who are leaving, and
    /// who is being admitted.
    std::vector<Onlooker> eyes() const;

    /// Those present, and who is at the door: for the presenter's preview.
    std::vector<Onlooker> eyes_with_newcomer() const;

    /// A change of those present waits for `take_effect`.
    bool pending() const { return admitting_ || !leaving_.empty(); }

    /// Nothing but the neutral page may be shown.
    bool neutral(Instant now) const;

    bool asking() const { return at_door_ && !admitting_; }

    bool admitting() const { return admitting_; }

    bool closed() const { return closed_; }

    bool ended(Instant now) const { return ended_ || now >= until_; }

    Instant until() const { return until_; }

    /// Grows with everything that may change what the screen shows.
    std::uint64_t round() const { return round_; }

private:
    Gathering(std::vector<Onlooker> present, Instant until)
        : present_(std::move(present)),
          until_(until) {}

    std::vector<Onlooker> present_;
    std::optional<Onlooker> at_door_;
    std::set<std::string> leaving_;
    bool admitting_ = false;
    bool closed_ = false;
    bool ended_ = false;
    Instant until_;
    std::uint64_t round_ = 1;
};

}  // namespace samsyn
