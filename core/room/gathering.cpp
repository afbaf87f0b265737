#include "core/room/gathering.hpp"

#include <algorithm>

namespace samsyn {

namespace {

bool is_there(const std::vector<Onlooker>& people, std::string_view name) {
    return std::ranges::find(people, name, &Onlooker::name) != people.end();
}

}  // namespace

Result<Gathering> Gathering::begin(std::vector<Onlooker> present, Instant until) {
    if (present.size() > onlookers_max) return fail(Errc::limit_exceeded, "onlookers");
    std::set<std::string_view> names;
    for (const Onlooker& each : present)
        if (each.name.empty() || !names.insert(each.name).second)
            return fail(Errc::invalid_argument, "name of an onlooker");
    return Gathering{std::move(present), until};
}

Result<void> Gathering::arrive(Onlooker newcomer) {
    if (newcomer.name.empty()) return fail(Errc::invalid_argument, "name of an onlooker");
    if (at_door_) return fail(Errc::conflict, "somebody else is at the door");
    if (is_there(present_, newcomer.name)) return fail(Errc::already_exists, "onlooker");
    if (present_.size() >= onlookers_max) return fail(Errc::limit_exceeded, "onlookers");
    at_door_ = std::move(newcomer);
    ++round_;
    return {};
}

Result<void> Gathering::admit() {
    if (!at_door_) return fail(Errc::not_found, "nobody is at the door");
    if (admitting_) return fail(Errc::conflict, "being admitted");
    admitting_ = true;
    ++round_;
    return {};
}

Result<void> Gathering::wait() {
    if (!at_door_) return fail(Errc::not_found, "nobody is at the door");
    if (admitting_) return fail(Errc::conflict, "being admitted");
    at_door_.reset();
    ++round_;
    return {};
}

Result<void> Gathering::close_first() {
    SAMSYN_TRY(admit());
    closed_ = true;
    return {};
}

Result<void> Gathering::leave(std::string_view name) {
    if (!is_there(present_, name)) return fail(Errc::not_found, "onlooker");
    if (!leaving_.emplace(name).second) return fail(Errc::conflict, "leaving already");
    ++round_;
    return {};
}

void Gathering::close() {
    closed_ = true;
    ++round_;
}

void Gathering::reopen() {
    closed_ = false;
    ++round_;
}

void Gathering::end() {
    ended_ = true;
    ++round_;
}

void Gathering::take_effect() {
    std::erase_if(present_, [&](const Onlooker& each) { return leaving_.contains(each.name); });
    leaving_.clear();
    if (admitting_) {
        present_.push_back(*std::move(at_door_));
        at_door_.reset();
    }
    admitting_ = false;
    ++round_;
}

std::vector<Onlooker> Gathering::eyes() const {
    return admitting_ ? eyes_with_newcomer() : present_;
}

std::vector<Onlooker> Gathering::eyes_with_newcomer() const {
    std::vector<Onlooker> eyes = present_;
    if (at_door_) eyes.push_back(*at_door_);
    return eyes;
}

bool Gathering::neutral(Instant now) const {
    return asking() || closed_ || ended(now);
}

}  // namespace samsyn
