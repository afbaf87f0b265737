#include "client-sdk/device/item_fields.hpp"

#include <samsyn/day.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace samsyn {

namespace {

// Fourteen days, to the end of the last one, are shown from the first one on.
constexpr std::chrono::days clocks_shown_before{15};

/// When somebody met the family by this item. Of a note that has only a day: in the course of it.
std::optional<Instant> contact_of(const ItemView& item) {
    if (item.type == ItemType::meeting) return value_in<Instant>(item, "starts_at");
    if (item.type != ItemType::visit_note) return std::nullopt;
    const FieldView* text = field_of(item, "text");
    if (text == nullptr || item.text("text").empty()) return std::nullopt;  // begun, not written
    const Instant written = text->values.front().version.time.instant();
    const auto date = value_in<Date>(item, "date");
    return !date || *date == local_date(written) ? written : start_of_day(*date);
}

void watch(WatchedCase& watched, const ItemView& item) {
    if (const auto contact = contact_of(item)) watched.contacts.push_back(*contact);
    if (item.type == ItemType::concern_report) {
        if (const auto date = value_in<Date>(item, "date"))
            watched.reports.push_back({item.id, *date, item.label.subjects});
    } else if (item.type == ItemType::decision) {
        if (const auto date = value_in<Date>(item, "date"))
            watched.decisions.push_back({*date, item.label.subjects});
    } else if (item.type == ItemType::plan_goal) {
        if (const auto day = value_in<Date>(item, "follow_up"))
            watched.goals.push_back({item.id, *day, is_open_goal(item)});
    }
}

Result<WatchedCase> watched_case(Device& device,
                                 const CaseSummary& summary,
                                 const std::vector<ItemView>& items) {
    WatchedCase watched;
    watched.model = summary.model;
    watched.opened = summary.opened_at;
    watched.closed = summary.closed;
    for (const ItemView& item : items) watch(watched, item);
    for (const ConsentView& consent : SAMSYN_TRY(device.consents(summary.id)))
        if (consent.in_force) watched.consents.push_back({consent.id, consent.consent.not_after});
    return watched;
}

std::vector<DayClock> named(const CaseId& case_id,
                            const std::vector<CaseClock>& clocks,
                            const std::vector<ItemView>& items) {
    std::vector<DayClock> named;
    for (const CaseClock& clock : clocks) {
        DayClock row{.case_id = case_id, .clock = clock, .about = {}};
        for (const ItemView& item : items)
            if (clock.item == item.id)
                row.about = item.text(item.type == ItemType::plan_goal ? "goal" : "text");
        named.push_back(std::move(row));
    }
    return named;
}

/// A clock of many weeks is of no interest before its last ones.
bool is_of_the_day(const DayClock& row, Instant now) {
    const CaseClock& clock = row.clock;
    if (clock.kind == ClockKind::consent_end) return false;
    const bool waits = clock_rule(clock.kind).limit.count == 0;  // for its day, and runs not before
    return clock.alarm != ClockAlarm::running ||
           (!waits && clock.ends - now <= clocks_shown_before);
}

std::optional<DayMeeting> meeting_on(const ItemView& item, Date today) {
    DayMeeting row{.item = item.id, .case_id = item.case_id, .type = item.type};
    row.place = item.text("place");
    if (item.type == ItemType::meeting) {
        row.title = item.text("title");
        row.starts_at = value_in<Instant>(item, "starts_at");
        if (row.starts_at && local_date(*row.starts_at) == today) return row;
    } else if (item.type == ItemType::visit_note) {
        if (value_in<Date>(item, "date") == today) return row;
    }
    return std::nullopt;
}

/// From the own unit alone: nobody else puts anything on somebody's page.
std::optional<DayHandover> handover_to(const ItemView& item, const UserView& me, Date today) {
    const auto until = value_in<Date>(item, "until");
    const FieldView* const text = field_of(item, "text");
    if (item.type != ItemType::handover || item.presence != ItemState::Presence::present ||
        reference_in<UserId>(item, "stands_in") != me.id || !until || *until < today ||
        text == nullptr ||
        std::ranges::find(me.units, item.label.disclosing.unit) == me.units.end())
        return std::nullopt;
    return DayHandover{.item = item.id,
                       .case_id = item.case_id,
                       .away = reference_in<UserId>(item, "away").value_or(UserId{}),
                       .by = text->values.front().writer,
                       .until = *until,
                       .text = item.text("text")};
}

Result<void> put_case(
    Device& device, const CaseSummary& summary, const UserView& me, Instant now, DayView& day) {
    const auto items = SAMSYN_TRY(device.items(summary.id));
    for (const ItemView& item : items) {
        if (const auto row = meeting_on(item, day.today)) day.meetings.push_back(*row);
        if (auto row = handover_to(item, me, day.today)) day.handovers.push_back(*std::move(row));
    }
    const WatchedCase watched = SAMSYN_TRY(watched_case(device, summary, items));
    const auto clocks = clocks_of(watched, now);
    for (DayClock& row : named(summary.id, clocks, items))
        if (is_of_the_day(row, now)) day.clocks.push_back(std::move(row));
    for (const ConsentView& consent : SAMSYN_TRY(device.consents(summary.id))) {
        const auto clock = std::ranges::find(clocks, consent.id, &CaseClock::consent);
        if (clock != clocks.end() && clock->alarm != ClockAlarm::running)
            day.consents.push_back(consent);
    }
    return {};
}

void put_commitments(std::vector<CommitmentView> all, DayView& day) {
    for (CommitmentView& view : all) {
        const CommitmentStanding& standing = view.standing;
        if (standing.late())
            day.late.push_back(std::move(view));
        else if (standing.due_soon)
            day.this_week.push_back(std::move(view));
        else if (standing.reminder_due)
            day.reminders.push_back(std::move(view));
    }
}

std::vector<UserId> holders_of(Device& device, const CompartmentView& compartment) {
    std::set<UserId> users;
    // Who may not ask who holds it is told of nobody.
    if (const auto holders = device.copy_holders(compartment.id))
        for (const HolderView& holder : *holders)
            if (holder.permitted && !holder.revoked && holder.device != device.device())
                users.insert(holder.user);
    users.erase(UserId{});
    return {users.begin(), users.end()};
}

}  // namespace

Result<std::vector<DayClock>> case_clocks(Device& device, const CaseId& case_id, Instant now) {
    const auto items = SAMSYN_TRY(device.items(case_id));
    for (const CaseSummary& summary : SAMSYN_TRY(device.cases())) {
        if (summary.id != case_id) continue;
        const auto watched = SAMSYN_TRY(watched_case(device, summary, items));
        return named(case_id, clocks_of(watched, now), items);
    }
    return std::vector<DayClock>{};
}

Result<DayView> day_of(Device& device, Instant now) {
    DayView day;
    day.today = local_date(now);
    UserView me{.id = device.user(), .name = {}, .units = {}};
    for (UserView& user : device.users())
        if (user.id == me.id) me = std::move(user);
    for (const CaseSummary& summary : SAMSYN_TRY(device.cases()))
        SAMSYN_TRY(put_case(device, summary, me, now, day));
    put_commitments(SAMSYN_TRY(commitments(device, {}, day.today)), day);
    day.status = SAMSYN_TRY(device.status());
    for (const CompartmentView& compartment : day.status.waiting_for_key)
        day.waiting.push_back({compartment, holders_of(device, compartment)});
    if (const auto& synced = day.status.last_synced)
        day.days_since_sync = static_cast<int>((day.today.day - local_date(*synced).day).count());
    std::ranges::sort(day.meetings, {}, [](const DayMeeting& row) {
        return std::tuple{row.starts_at, row.case_id, row.item};
    });
    std::ranges::sort(day.handovers, std::ranges::greater{}, [](const DayHandover& row) {
        return std::tuple{row.until, row.case_id, row.item};
    });
    std::ranges::sort(day.clocks, {}, [](const DayClock& row) {
        return std::tuple{row.clock.ends, row.clock.kind, row.case_id, row.clock.item};
    });
    std::ranges::sort(day.consents, {}, [](const ConsentView& view) {
        return std::tuple{view.consent.not_after, view.case_id, view.id};
    });
    return day;
}

}  // namespace samsyn
