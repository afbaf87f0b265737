#include "client-sdk/device/item_fields.hpp"
#include "client-sdk/device/meeting_views.hpp"
#include "client-sdk/device/names.hpp"
#include "client-sdk/device/presenting.hpp"
#include "core/capture/sheet_text.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/commitments.hpp>
#include <samsyn/paper.hpp>

#include <array>

namespace samsyn {

namespace {

constexpr std::array weekdays{Words{"Sunday", "söndag"},
                              Words{"Monday", "måndag"},
                              Words{"Tuesday", "tisdag"},
                              Words{"Wednesday", "onsdag"},
                              Words{"Thursday", "torsdag"},
                              Words{"Friday", "fredag"},
                              Words{"Saturday", "lördag"}};
constexpr std::array months{Words{"January", "januari"},
                            Words{"February", "februari"},
                            Words{"March", "mars"},
                            Words{"April", "april"},
                            Words{"May", "maj"},
                            Words{"June", "juni"},
                            Words{"July", "juli"},
                            Words{"August", "augusti"},
                            Words{"September", "september"},
                            Words{"October", "oktober"},
                            Words{"November", "november"},
                            Words{"December", "december"}};

/// What one person of the family may be shown of a case.
struct ForViewer {
    std::vector<ItemView> items;
    UserId presenter;
    CasePeople people;
};

/// The only place that chooses: what is not among these items has no part in the paper.
Result<ForViewer> shown_to(Device& device, const CaseId& case_id, const PersonId& person) {
    const auto viewer = SAMSYN_TRY(device.viewer(case_id, person));
    if (!viewer) return fail(Errc::not_found, "for: neither subject nor guardian here");
    const Showing showing{.presenter = presenter_of(device)};
    const std::array eyes{Onlooker{.name = {}, .who = *viewer}};
    const Asking asking = asking_of(device, case_id);
    ForViewer shown;
    for (ItemView& item : SAMSYN_TRY(device.items(case_id)))
        if (sight_of(item.label, showing, eyes, asking).permitted)
            shown.items.push_back(std::move(item));
    shown.presenter = device.user();
    shown.people = SAMSYN_TRY(people_of_case(device, case_id));
    return shown;
}

class PaperWriter {
public:
    PaperWriter(const ForViewer& shown, FamilyLanguage language, Instant now)
        : shown_(shown),
          language_(language),
          now_(now) {}

    Paper write(const PersonId& person) {
        head(person);
        bool empty = true;
        for (const MeetingView& meeting : meetings_among(shown_.items, shown_.people, now_)) {
            if (!is_coming(meeting, now_)) continue;
            write_meeting(meeting);
            empty = false;
            break;
        }
        if (write_commitments()) empty = false;
        if (empty) {
            sheet_.line();
            sheet_.line(say("There is nothing to show just now.", "Just nu finns inget att visa."));
        }
        std::ranges::sort(items_);
        return {std::move(sheet_).take(), std::move(items_)};
    }

private:
    std::string say(std::string_view en, std::string_view sv) const {
        return std::string{in(language_, {en, sv})};
    }

    static std::string plain(std::string_view text) {
        return sheet_name(text, value_text_bytes_max);
    }

    /// "onsdag 20 maj 2026".
    std::string day(Date date) const {
        const std::chrono::year_month_day ymd{date.day};
        const unsigned weekday = std::chrono::weekday{date.day}.c_encoding();
        return std::string{in(language_, weekdays[weekday])} + " " +
               std::to_string(static_cast<unsigned>(ymd.day())) + " " +
               std::string{in(language_, months[static_cast<unsigned>(ymd.month()) - 1])} + " " +
               std::to_string(static_cast<int>(ymd.year()));
    }

    static std::string clock(Instant at) { return to_local_text(at).substr(11); }

    std::string user(const UserId& id) const {
        const auto found = std::ranges::find(shown_.people.users, id, &UserView::id);
        return found == shown_.people.users.end() ? std::string{} : plain(found->name);
    }

    std::string unit(const UnitId& id) const {
        for (const UnitView& each : shown_.people.units)
            if (each.unit.unit == id) return plain(each.name);
        return {};
    }

    std::string word_of(const FieldInfo& info, const Value& value) const {
        if (const auto* const text = std::get_if<std::string>(&value)) return plain(*text);
        if (const auto* const date = std::get_if<Date>(&value)) return day(*date);
        if (const auto* const at = std::get_if<Instant>(&value)) {
            const Instant when = in_calendar(*at);
            return day(local_date(when)) + say(" at ", " klockan ") + clock(when);
        }
        const auto* const number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || info.kind != ValueKind::choice) return {};
        const bool known = *number >= 0 && *number < std::ssize(info.choices);
        return known ? std::string{in(language_, info.choices[static_cast<std::size_t>(*number)])}
                     : std::string{};
    }

    /// What stands in a field: two values where two people wrote, as everywhere.
    std::string words(const ItemView& item, std::string_view key) const {
        std::string words;
        const FieldView* const field = field_of(item, key);
        if (field == nullptr) return words;
        for (const ValueView& each : field->values) {
            const std::string word = word_of(*field->info, each.value);
            if (!word.empty()) words.append(words.empty() ? "" : " / ").append(word);
        }
        return words;
    }

    void head(const PersonId& person) {
        for (const ItemView& item : shown_.items) {
            if (item.type != ItemType::person || same_bytes<PersonId>(item.id) != person) continue;
            if (const std::string name = words(item, "name"); !name.empty()) {
                sheet_.line(say("To ", "Till ") + name);
                items_.push_back(item.id);
            }
        }
        sheet_.line(say("Written on ", "Skrivet ") + day(local_date(now_)) + say(" by ", " av ") +
                    user(shown_.presenter));
    }

    void part(std::string_view label, const std::string& text) {
        if (!text.empty()) sheet_.paragraph(std::string{label} + text);
    }

    void write_meeting(const MeetingView& meeting) {
        items_.push_back(meeting.item.id);
        sheet_.heading(say("NEXT MEETING", "NÄSTA MÖTE"));
        const std::string kind = words(meeting.item, "kind");
        sheet_.paragraph(words(meeting.item, "title") + (kind.empty() ? "" : " (" + kind + ")"));
        part({}, words(meeting.item, "starts_at"));
        if (meeting.ends_at) part(say("Until ", "Till klockan "), clock(*meeting.ends_at));
        part(say("Where: ", "Plats: "), words(meeting.item, "place"));
        std::vector<std::string> invited;
        for (const RosterView& line : meeting.roster) {
            const std::string from = line.unit ? " (" + unit(*line.unit) + ")" : std::string{};
            if (line.invited && !line.name.empty()) invited.push_back(plain(line.name) + from);
        }
        part(say("Who comes: ", "Vilka som kommer: "), joined(invited, say("and", "och")));
        part(say("What it is about: ", "Det handlar om: "), words(meeting.item, "agenda"));
        if (meeting.agenda.empty()) return;
        sheet_.paragraph(say("This is what we talk about:", "Det här ska vi tala om:"));
        // Numbered as they stand here, without clock times: both would tell of what does not.
        std::size_t number = 0;
        for (const AgendaPointView& point : meeting.agenda) {
            items_.push_back(point.id);
            std::string line = std::to_string(++number) + ". " + plain(point.title);
            if (point.minutes > std::chrono::minutes{0})
                line +=
                    " (" + std::to_string(point.minutes.count()) + say(" minutes)", " minuter)");
            if (point.presenter)
                if (const std::string name = user(*point.presenter); !name.empty())
                    line += ", " + name;
            sheet_.paragraph(line);
        }
    }

    void write_commitment(const ItemView& item) {
        items_.push_back(item.id);
        std::string who;
        if (const auto owner = reference_in<UserId>(item, "owner")) who = user(*owner);
        if (const auto at = reference_in<UnitId>(item, "owner_unit"))
            if (const std::string name = unit(*at); !name.empty())
                who += (who.empty() ? "" : ", ") + name;
        std::string line = "- " + (who.empty() ? say("Somebody", "Någon") : who) + ": ";
        line += words(item, "what") + ".";
        if (const std::string due = words(item, "due"); !due.empty())
            line += say(" By ", " Senast ") + due + ".";
        if (const std::string answer = words(item, "answer_by"); !answer.empty())
            line += say(" An answer comes by ", " Svar kommer senast ") + answer + ".";
        sheet_.paragraph(line);
    }

    bool write_commitments() {
        std::vector<const ItemView*> open;
        for (const ItemView& item : shown_.items)
            if (item.type == ItemType::commitment && is_open_commitment(item))
                open.push_back(&item);
        if (open.empty()) return false;
        const Date never{std::chrono::sys_days::max()};
        std::ranges::sort(open, {}, [&](const ItemView* item) {
            return std::pair{value_in<Date>(*item, "due").value_or(never), item->id};
        });
        sheet_.heading(say("WHO HAS PROMISED WHAT", "VEM SOM HAR LOVAT VAD"));
        for (const ItemView* item : open) write_commitment(*item);
        return true;
    }

    const ForViewer& shown_;
    FamilyLanguage language_;
    Instant now_;
    Sheet sheet_;
    std::vector<ItemId> items_;
};

}  // namespace

Result<Paper> paper_for(Device& device,
                        const CaseId& case_id,
                        const PersonId& person,
                        FamilyLanguage language,
                        Instant now) {
    const ForViewer shown = SAMSYN_TRY(shown_to(device, case_id, person));
    return PaperWriter{shown, language, now}.write(person);
}

}  // namespace samsyn
