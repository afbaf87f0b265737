#include "client-sdk/cli/commitment_views.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace samsyn;
using nlohmann::json;

namespace {

Session speaking(Language language) {
    Session session;
    session.language = language;
    return session;
}

json promise(const char* what) {
    return {{"id", "1a2b3c4d5e6f"},
            {"what", what},
            {"next", "2026-05-01"},
            {"owner", {{"id", "aa"}, {"name", "Anna Ek"}}},
            {"owner_unit", {{"id", "bb"}, {"name", "Skolan"}}},
            {"case", {{"id", "cc"}, {"name", "Familjen Alm"}}},
            {"overdue", true},
            {"days_late", 3}};
}

json a_day() {
    json day = {{"today", "2026-05-04"}, {"user", {{"id", "aa"}, {"name", "Åsa Ek"}}}};
    const json family = {{"id", "cc"}, {"name", "Familjen Alm"}};
    day["meetings"] = json::array({{{"item", "99887766"},
                                    {"title", "Nätverksmöte"},
                                    {"place", "Nora"},
                                    {"starts_at", "2026-05-04T11:00:00Z"},
                                    {"case", family}}});
    day["late"] = json::array({promise("Ringa skolan")});
    day["clocks"] = json::array({{{"title", "First contact"},
                                  {"title_sv", "Första kontakt"},
                                  {"stopped_by", "a visit"},
                                  {"stopped_by_sv", "ett besök"},
                                  {"alarm", "passed"},
                                  {"ends", "2026-05-04T01:00:00Z"},
                                  {"minutes_left", -240},
                                  {"case", family}}});
    day["waiting_for_key"] =
        json::array({{{"case", family},
                      {"unit", {{"id", "bb"}, {"name", "Skolan"}}},
                      {"category_title", "Plan"},
                      {"waiting_since", "2026-05-03T11:00:00Z"},
                      {"holders", json::array({{{"id", "dd"}, {"name", "Per Ås"}}})}}});
    day["unsent_changes"] = 2;
    day["unsent_statements"] = 0;
    day["unsent_since"] = "2026-05-03T11:00:00Z";
    day["conflicts"] = 1;
    day["days_since_sync"] = 1;
    day["last_synced"] = "2026-05-03T05:00:00Z";
    return day;
}

bool has(const std::string& page, std::string_view text) {
    INFO(page);
    return page.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("Today: says it all on a page, in the person's language", "[cli][today]") {
    const std::string en = today_page(speaking(Language::english), a_day());
    CHECK(has(en, "Monday 2026-05-04  Åsa Ek"));
    CHECK(has(en, "13:00  Familjen Alm: Nätverksmöte, Nora  99887766"));
    CHECK(has(en,
              "Late\n  1a2b3c4d  2026-05-01  Ringa skolan  (Anna Ek, Skolan; Familjen Alm)  [3 "
              "days late]\n"));
    CHECK(has(en, "! First contact: passed 4 h ago, 2026-05-04 03:00; Familjen Alm"));
    CHECK(has(en, "Comes when a tablet of these has synced: Per Ås"));
    CHECK(has(en, "To be sent: 2 changes, 0 statements, since 2026-05-03 13:00."));
    CHECK(has(en, "Conflicts: 1"));
    CHECK(has(en, "Synced 1 day ago"));

    const std::string sv = today_page(speaking(Language::swedish), a_day());
    CHECK(has(sv, "Måndag 2026-05-04  Åsa Ek"));
    CHECK(has(sv, "Försenat\n"));
    CHECK(has(sv, "[3 dagar sen]"));
    CHECK(has(sv, "! Första kontakt: gick ut för 4 h sedan"));
    CHECK(has(sv, "Stoppas av ett besök."));
    CHECK(has(sv, "Synkad för 1 dag sedan"));
    for (const char* english : {"Late", "Clocks", "since", "Synced", "Conflicts", "days"})
        CHECK_FALSE(has(sv, english));
}

TEST_CASE("Today: an empty day says that nothing is late, and has no empty headings",
          "[cli][today]") {
    const json nothing = {{"today", "2026-05-04"}, {"days_since_sync", nullptr}};
    const std::string page = today_page(speaking(Language::english), nothing);
    CHECK(has(page, "No visit or meeting is noted for today."));
    CHECK(has(page, "Nothing is late."));
    CHECK(has(page, "Never synced."));
    for (const char* heading : {"Late\n", "Clocks", "Reminders", "Waits", "Consents", "To be sent"})
        CHECK_FALSE(has(page, heading));
}

TEST_CASE("Today: what colleagues wrote cannot move the cursor nor forge a line",
          "[cli][today][attack]") {
    json day = a_day();
    day["late"][0]["what"] = "x\x1b[2J\nLate";
    day["late"][0]["case"]["name"] = "Alm\r\x1b]0;";
    day["meetings"][0]["place"] = "\x1b[1A\nSynced today";
    day["waiting_for_key"][0]["holders"][0]["name"] = "Per\nÅs\x1b";
    const std::string page = today_page(speaking(Language::english), day);
    CHECK(page.find('\x1b') == std::string::npos);
    CHECK(page.find('\r') == std::string::npos);
    const std::string plain = today_page(speaking(Language::english), a_day());
    CHECK(std::ranges::count(page, '\n') == std::ranges::count(plain, '\n'));
}
