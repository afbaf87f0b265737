#include "client-sdk/device/page_words.hpp"
#include "client-sdk/device/presenting.hpp"

#include <samsyn/showing.hpp>

#include <algorithm>
#include <iterator>

namespace samsyn {

namespace {

/// What the presenter can read of a case, and what of it these people may all see.
struct Everything {
    std::vector<ItemView> items;
    std::vector<Labelled> compartments;
};

Result<Everything> everything_of(Device& device, const CaseId& case_id) {
    Everything all;
    all.items = SAMSYN_TRY(device.items(case_id));
    for (const ItemView& item : all.items) {
        const auto known = std::ranges::find(all.compartments, item.compartment, &Labelled::id);
        if (known == all.compartments.end())
            all.compartments.push_back({item.compartment, item.label});
    }
    return all;
}

View view_for(Device& device,
              const CaseId& case_id,
              const Requester& presenter,
              const Everything& all,
              const std::vector<Onlooker>& eyes) {
    return view_of(all.compartments, {.presenter = presenter}, eyes, asking_of(device, case_id));
}

/// The kind of viewer that custody makes of a person.
ViewerKind kind_of(const std::vector<PersonView>& persons, const PersonId& person) {
    const auto is_child_of = [&](const PersonView& other) {
        return std::ranges::find(other.guardians, person) != other.guardians.end();
    };
    return std::ranges::any_of(persons, is_child_of) ? ViewerKind::guardian : ViewerKind::subject;
}

}  // namespace

// --- Who may be there ----------------------------------------------------------------------------

Onlooker ShowMode::colleague(const UserId& user, std::string name) {
    Requester requester{.user = user, .device = {}};
    for (const DeviceView& device : device_.devices()) {
        const bool own = device.user == user && !device.revoked;
        if (own && device.kind != DeviceKind::administrator_machine) requester.device = device.id;
    }
    return {.name = std::move(name), .who = requester};
}

Result<Onlooker> ShowMode::person(const CaseId& case_id,
                                  const PersonId& person,
                                  std::string name,
                                  std::optional<ViewerKind> kind) {
    if (!kind) kind = kind_of(SAMSYN_TRY(device_.persons(case_id)), person);
    return Onlooker{.name = std::move(name), .who = Viewer{.kind = *kind, .person = person}};
}

Onlooker ShowMode::guest(std::string name) {
    PersonId nobody;
    nobody.bytes.fill(std::byte{0xff});
    return {.name = std::move(name), .who = Viewer{.kind = ViewerKind::guest, .person = nobody}};
}

// --- What the presenter does ---------------------------------------------------------------------

Result<void> ShowMode::begin(const CaseId& case_id,
                             std::vector<Onlooker> present,
                             Instant until,
                             PageLanguage language,
                             Instant now) {
    if (gathering(now) != nullptr) return fail(Errc::conflict, "something is shown");
    if (until <= now || until > now + longest) return fail(Errc::invalid_argument, "end");
    SAMSYN_TRY(everything_of(device_, case_id));
    gathering_ = SAMSYN_TRY(Gathering::begin(std::move(present), until));
    case_id_ = case_id;
    language_ = language;
    logged_.clear();
    return {};
}

Result<Gathering*> ShowMode::under_way(Instant now) {
    if (gathering_ && gathering_->ended(now)) gathering_.reset();
    if (!gathering_) return fail(Errc::not_found, "nothing is shown");
    return &*gathering_;
}

const Gathering* ShowMode::gathering(Instant now) const {
    return gathering_ && !gathering_->ended(now) ? &*gathering_ : nullptr;
}

Result<ShowMode::Preview> ShowMode::arrive(Onlooker newcomer, Instant now) {
    Gathering* const gathering = SAMSYN_TRY(under_way(now));
    SAMSYN_TRY(gathering->arrive(std::move(newcomer)));
    return preview(now);
}

Result<ShowMode::Preview> ShowMode::preview(Instant now) {
    const Gathering* const gathering = SAMSYN_TRY(under_way(now));
    if (!gathering->at_door()) return fail(Errc::not_found, "nobody is at the door");
    const Requester presenter = presenter_of(device_);
    const Everything all = SAMSYN_TRY(everything_of(device_, case_id_));
    const View before = view_for(device_, case_id_, presenter, all, gathering->present());
    const View after = view_for(device_, case_id_, presenter, all, gathering->eyes_with_newcomer());
    const PageWords words{all.items, before, device_.users(), device_.units(), language_};
    const std::vector<CompartmentId> gone = disappearing(before, after);

    Preview preview;
    preview.name = gathering->at_door()->name;
    for (const ItemView& item : all.items) {
        if (std::ranges::binary_search(gone, item.compartment))
            preview.disappearing.push_back(words.title_of(item));
        else if (after.shows(item.compartment))
            ++preview.remaining;
    }
    return preview;
}

Result<void> ShowMode::happen(Result<void> (Gathering::*what)(), Instant now) {
    Gathering* const gathering = SAMSYN_TRY(under_way(now));
    return (gathering->*what)();
}

Result<void> ShowMode::admit(Instant now) {
    return happen(&Gathering::admit, now);
}

Result<void> ShowMode::wait(Instant now) {
    return happen(&Gathering::wait, now);
}

Result<void> ShowMode::close_first(Instant now) {
    return happen(&Gathering::close_first, now);
}

Result<void> ShowMode::close(Instant now) {
    Gathering* const gathering = SAMSYN_TRY(under_way(now));
    gathering->close();
    return {};
}

Result<void> ShowMode::reopen(Instant now) {
    Gathering* const gathering = SAMSYN_TRY(under_way(now));
    gathering->reopen();
    return {};
}

Result<void> ShowMode::leave(std::string_view name, Instant now) {
    Gathering* const gathering = SAMSYN_TRY(under_way(now));
    SAMSYN_TRY(gathering->leave(name));
    // Nothing has to go from the screen for that, unless somebody is being admitted as well.
    if (!gathering->admitting()) gathering->take_effect();
    return {};
}

Result<void> ShowMode::end(Instant now) {
    (void)SAMSYN_TRY(under_way(now));
    gathering_.reset();
    return {};
}

// --- What is on the screen -----------------------------------------------------------------------

Result<ShowMode::Things> ShowMode::things_for(const std::vector<Onlooker>& eyes) {
    const Requester presenter = presenter_of(device_);
    const Everything all = SAMSYN_TRY(everything_of(device_, case_id_));
    const View view = view_for(device_, case_id_, presenter, all, eyes);
    const PageWords words{all.items, view, device_.users(), device_.units(), language_};
    Things things;
    things.valid_until = view.valid_until;
    for (const ItemView& item : all.items) {
        if (!view.shows(item.compartment)) continue;
        things.items.push_back(words.words_of(item));
        things.ids.push_back(item.id);
    }
    std::ranges::sort(things.ids);
    return things;
}

/// A screen asks for its page every few seconds: what it goes on showing is read once.
Result<void> ShowMode::log(const std::vector<ItemId>& ids) {
    std::vector<ItemId> fresh;
    std::ranges::set_difference(ids, logged_, std::back_inserter(fresh));
    if (fresh.empty()) return {};
    SAMSYN_TRY(device_.record_shown(
        {.action = ReadAction::list_shown, .case_id = case_id_, .items = fresh}));
    logged_.insert(logged_.end(), fresh.begin(), fresh.end());
    std::ranges::sort(logged_);
    return {};
}

Result<ShowMode::Shown> ShowMode::page(std::size_t number, Instant now) {
    Gathering* const gathering = SAMSYN_TRY(under_way(now));
    // Decided upon in any case, so that a neutral page takes as long as another.
    Things things = SAMSYN_TRY(things_for(gathering->eyes()));
    if (gathering->neutral(now))
        things.items.clear();
    else
        SAMSYN_TRY(log(things.ids));
    std::vector<Page> pages = pages_of(things.items);
    Shown shown;
    shown.pages = pages.size();
    shown.number = std::clamp<std::size_t>(number, 1, shown.pages);
    shown.page = std::move(pages[shown.number - 1]);
    shown.valid_until = std::min(things.valid_until, gathering->until());
    // The screen replaces what it showed by a page for the newcomer's eyes too: now they may come.
    if (gathering->pending()) gathering->take_effect();
    return shown;
}

}  // namespace samsyn
