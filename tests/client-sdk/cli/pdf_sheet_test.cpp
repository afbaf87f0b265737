#include "client-sdk/cli/pdf_sheet.hpp"

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <fstream>

using namespace samsyn;

namespace {

std::size_t occurrences(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

std::size_t pages_in(const std::string& pdf) {
    return occurrences(pdf, "/Type /Page") - occurrences(pdf, "/Type /Pages");
}

std::string finished(PdfSheet& sheet) {
    auto pdf = sheet.finish();
    REQUIRE(pdf);
    return *std::move(pdf);
}

}  // namespace

TEST_CASE("PDF: a long text is broken at words and goes on to new pages, every word once",
          "[cli][pdf]") {
    PdfSheet sheet = PdfSheet::begin("Kopia").value();
    sheet.heading("Kopia", 14);
    std::string text;
    for (int i = 1000; i < 3000; ++i) text += "ord" + std::to_string(i) + " ";
    sheet.text(text + "\n\nsista raden");
    const std::string pdf = finished(sheet);
    CHECK(pdf.starts_with("%PDF-"));
    CHECK(pages_in(pdf) > 3);
    CHECK(pages_in(pdf) < 8);
    for (int i = 1000; i < 3000; ++i) CHECK(occurrences(pdf, "ord" + std::to_string(i)) == 1);
    CHECK(occurrences(pdf, "sista raden") == 1);
    CHECK(occurrences(pdf, "2 \\050" + std::to_string(pages_in(pdf)) + "\\051") == 1);
    CHECK(sheet.lacking().empty());
    // Where it is asked for, somebody looks at it.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
    if (const char* const path = std::getenv("SAMSYN_SHOW_PAGE"))
        std::ofstream{path, std::ios::binary} << pdf;
}

TEST_CASE("PDF: a word that is longer than a line is broken, and a page of it ends",
          "[cli][pdf][attack]") {
    PdfSheet sheet = PdfSheet::begin("x").value();
    sheet.text(std::string(20'000, 'W'));
    const std::string pdf = finished(sheet);
    CHECK(occurrences(pdf, "W") >= 20'000);
    CHECK(pages_in(pdf) > 5);
}

TEST_CASE("PDF: says which letters it cannot show, and shows those of Swedish", "[cli][pdf]") {
    PdfSheet sheet = PdfSheet::begin("x").value();
    sheet.text("Å ä ö é — “citat” € š Ž");
    CHECK(sheet.lacking().empty());
    sheet.text("Şenol, \u0410\u043d\u043d\u0430, Şenol");
    CHECK(sheet.lacking() == "Ş\u0410\u043d\u0430");
    sheet.text("\xff\xc3");
    CHECK(sheet.lacking() == "Ş\u0410\u043d\u0430");
    CHECK(finished(sheet).starts_with("%PDF-"));
}

TEST_CASE("PDF: says so where it would be more pages than anybody prints", "[cli][pdf][attack]") {
    PdfSheet sheet = PdfSheet::begin("x").value();
    sheet.text(std::string(200'000, '\n'));
    CHECK(sheet.finish().error().code == Errc::limit_exceeded);
}
