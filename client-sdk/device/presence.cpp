#include "client-sdk/device/presence_book.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

namespace {

constexpr std::chrono::seconds said_each{20};
constexpr std::chrono::seconds believed_for{60};     // after the last word
constexpr std::chrono::seconds answered_each{2};     // somebody who has just come
constexpr std::chrono::minutes clocks_apart_max{5};  // those further ahead are corrected

// Until no word from before the last one can be taken for new, whatever the clocks say.
constexpr std::chrono::seconds remembered_for = believed_for + 2 * clocks_apart_max;
constexpr std::size_t others_max = 256;

}  // namespace

// --- Said ----------------------------------------------------------------------------------------

Result<void> Device::Impl::PresenceBook::enter(const ItemId& id, Instant now) {
    SAMSYN_TRY(my_.require_lease());
    const StoredItem item = SAMSYN_TRY(my_.readable_item(id));
    const auto elsewhere = std::ranges::count_if(
        own_, [&](const auto& each) { return each.first != id && is_there(each.second, now); });
    if (std::cmp_greater_equal(elsewhere, Presences::items_max))
        return fail(Errc::limit_exceeded, "present at so many at once");
    Own& own = own_[id];
    own.compartment = item.compartment;
    own.since = own.say_next = now;
    own.leaving = false;
    return {};
}

void Device::Impl::PresenceBook::leave(const ItemId& id) {
    const auto there = own_.find(id);
    if (there == own_.end()) return;
    if (there->second.said_at == Instant{}) {  // nobody has heard of it
        own_.erase(there);
        return;
    }
    there->second.leaving = true;
    there->second.say_next = my_.now();
}

bool Device::Impl::PresenceBook::is_there(const Own& own, Instant now) {
    return !own.leaving && now - own.since < Presences::longest;
}

/// None where this device has no key that nobody has who may not read.
Result<std::optional<Presence>> Device::Impl::PresenceBook::sealed(const ItemId& item,
                                                                   const Own& own,
                                                                   Instant now) {
    KnownCompartment* const compartment = my_.find(own.compartment);
    if (compartment == nullptr || !my_.may_read(compartment->stored, now))
        return std::optional<Presence>{};
    const KnownEpoch* const epoch =
        my_.best_open(*compartment, my_.permitted(compartment->stored, now));
    if (epoch == nullptr) return std::optional<Presence>{};
    const auto key = SAMSYN_TRY(my_.store.key(epoch->packet.id));
    if (!key) return std::optional<Presence>{};
    const Instant time = my_.corrected(now);
    // A clock that was ahead is right again: nobody has believed what was said by it.
    if (said_last_ > time + clocks_apart_max) said_last_ = Instant{};
    said_last_ = std::max(time, said_last_ + std::chrono::milliseconds{1});
    Presence presence{.compartment = own.compartment,
                      .device = my_.self,
                      .epoch = epoch->packet.id,
                      .at = said_last_,
                      .sealed = {}};
    PresenceSaid said{.item = item, .here = !own.leaving, .signature = {}};
    said.signature = my_.ports.signer.sign(Domain::presence, presence_signed_part(presence, said));
    presence.sealed =
        my_.ports.sealer.seal_item(*key, presence_aad(presence), encode_presence(said));
    return std::optional{std::move(presence)};
}

Result<PresenceKeeper::Due> Device::Impl::PresenceBook::due_presence(Instant now) {
    Due due;
    for (auto at = own_.begin(); at != own_.end();) {
        Own& own = at->second;
        own.leaving = !is_there(own, now);
        if (now < own.say_next) {
            ++at;
            continue;
        }
        own.say_next = now + said_each;
        if (auto presence = SAMSYN_TRY(sealed(at->first, own, now))) {
            due.say.push_back(*std::move(presence));
            own.said_at = now;
        }
        at = own.leaving ? own_.erase(at) : std::next(at);
    }
    due.changed = forget_silent(now);
    return due;
}

bool Device::Impl::PresenceBook::forget_silent(Instant now) {
    bool changed = false;
    for (auto& [place, other] : others_) {
        const bool silent = other.here && now - other.heard >= believed_for;
        changed = changed || silent;
        other.here = other.here && !silent;
    }
    std::erase_if(others_,
                  [&](const auto& each) { return now - each.second.heard >= remembered_for; });
    return changed;
}

std::optional<Instant> Device::Impl::PresenceBook::next_presence() const {
    std::optional<Instant> next;
    const auto consider = [&](Instant at) { next = std::min(next.value_or(at), at); };
    for (const auto& [item, own] : own_) consider(own.say_next);
    for (const auto& [place, other] : others_)
        if (other.here) consider(other.heard + believed_for);
    return next;
}

void Device::Impl::PresenceBook::begin_session() {
    for (auto& [item, own] : own_) own.say_next = my_.now();
}

// --- Heard ---------------------------------------------------------------------------------------

/// A server can hold a word back for a minute, or tell it to whom it likes; it can neither make one
/// nor tell one again.
Result<std::optional<PresenceSaid>> Device::Impl::PresenceBook::opened(const Presence& presence,
                                                                       Instant now) {
    const std::optional<PresenceSaid> nothing;
    const auto apart = my_.corrected(now) - presence.at;
    if (apart > clocks_apart_max || apart < -clocks_apart_max) return nothing;
    KnownCompartment* const compartment = my_.find(presence.compartment);
    if (compartment == nullptr || find_epoch(*compartment, presence.epoch) == nullptr ||
        !my_.may_read(compartment->stored, now))
        return nothing;
    const auto* const author = my_.federation().device(presence.device);
    if (author == nullptr || presence.device == my_.self) return nothing;
    const auto readers = my_.permitted(compartment->stored, now);
    if (std::ranges::find(readers, presence.device) == readers.end()) return nothing;
    const auto key = SAMSYN_TRY(my_.store.key(presence.epoch));
    if (!key) return nothing;
    const auto body = my_.ports.sealer.open_item(
        *key, presence_aad(presence), presence.sealed, presence_sealed_bytes_max);
    const auto said = body ? decode_presence(*body) : std::unexpected{body.error()};
    if (!said || !my_.ports.verifier.verify(author->certificate.signing_key,
                                            Domain::presence,
                                            presence_signed_part(presence, *said),
                                            said->signature))
        return nothing;
    return *said;
}

Result<bool> Device::Impl::PresenceBook::on_presence(const Presence& presence, Instant now) {
    const auto said = SAMSYN_TRY(opened(presence, now));
    if (!said) return false;
    // Whoever is not there hears of nobody; and so the item is one of that compartment.
    const auto own = own_.find(said->item);
    if (own == own_.end() || own->second.compartment != presence.compartment) return false;
    const std::pair who{said->item, presence.device};
    const auto before = others_.find(who);
    if (before != others_.end()) {
        Other& other = before->second;
        if (presence.at <= other.said) return false;
        const bool changed = other.here != said->here;
        if (changed && said->here) other.since = now;
        other.said = presence.at;
        other.heard = now;
        other.here = said->here;
        if (!changed) return false;
    } else {
        if (others_.size() >= others_max) return false;
        others_.emplace(who,
                        Other{.user = my_.user_of(presence.device),
                              .since = now,
                              .said = presence.at,
                              .heard = now,
                              .here = said->here});
    }
    // Who has just come hears at once who is here.
    if (said->here)
        own->second.say_next =
            std::min(own->second.say_next, std::max(now, own->second.said_at + answered_each));
    return said->here || before != others_.end();
}

Result<std::vector<PresentView>> Device::Impl::PresenceBook::at(const ItemId& id, Instant now) {
    SAMSYN_TRY(my_.require_lease());
    (void)SAMSYN_TRY(my_.readable_item(id));
    std::vector<PresentView> all;
    const auto own = own_.find(id);
    if (own == own_.end() || !is_there(own->second, now)) return all;
    all.push_back({my_.config.user, my_.self, own->second.since, true});
    for (const auto& [who, other] : others_)
        if (who.first == id && other.here && now - other.heard < believed_for)
            all.push_back({other.user, who.second, other.since, false});
    std::ranges::sort(all.begin() + 1, all.end(), {}, [](const PresentView& view) {
        return std::pair{view.user, view.device};
    });
    return all;
}

// --- The device ----------------------------------------------------------------------------------

Device::Impl::PresenceBook& Device::Impl::presence_book() {
    if (!presence_book_) presence_book_ = std::make_shared<PresenceBook>(*this);
    return *presence_book_;
}

PresenceKeeper* Device::presence_keeper() {
    return &impl_->presence_book();
}

Result<void> Presences::enter(const ItemId& item) {
    return device_.impl_->presence_book().enter(item, device_.impl_->now());
}

void Presences::leave(const ItemId& item) {
    device_.impl_->presence_book().leave(item);
}

Result<std::vector<PresentView>> Presences::at(const ItemId& item) {
    return device_.impl_->presence_book().at(item, device_.impl_->now());
}

}  // namespace samsyn
