#include "client-sdk/cli/print_shares.hpp"

#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

using namespace samsyn;

namespace {

NewRecovery made() {
    REQUIRE(start_sodium());
    OrganisationId organisation;
    organisation.bytes.fill(std::byte{0x4e});
    SeededRandom random{11};
    auto made = make_recovery(organisation, 2, 3, 5, random);
    REQUIRE(made);
    return *std::move(made);
}

SharePage page_of(const NewRecovery& made, std::size_t index, std::string holder) {
    return {.organisation = "Nora kommun",
            .holder = std::move(holder),
            .made = "2026-05-04",
            .key = to_hex(made.terms.key.view().first(8)),
            .holders = static_cast<unsigned>(made.shares.size()),
            .share = &made.shares.at(index)};
}

std::string page(const SharePage& wanted) {
    const auto pdf = share_pdf(wanted);
    REQUIRE(pdf);
    return *pdf;
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

}  // namespace

TEST_CASE("Share page: its groups are the share, to type back", "[cli][recovery]") {
    const auto recovery = made();
    std::string typed{share_text_prefix};
    for (const std::string& group : share_groups(recovery.shares[3])) {
        CHECK(group.size() <= 5);
        typed += " " + group;
    }
    const auto read = share_from_text(typed);
    REQUIRE(read);
    CHECK(check_share(*read, recovery.terms));
    CHECK(read->point.x == 4);
}

TEST_CASE("Share page: one page with everything that its holder needs", "[cli][recovery]") {
    const auto recovery = made();
    const std::string pdf = page(page_of(recovery, 1, "Bo Lind"));
    CHECK(pdf.starts_with("%PDF-"));
    CHECK(count_of(pdf, "/Type /Page") - count_of(pdf, "/Type /Pages") == 1);
    for (const char* const text : {"Nora kommun",
                                   "Bo Lind",
                                   "2026-05-04",
                                   "SAMSYN1-SHARE-",
                                   "3 of 5 shares are needed",
                                   "3 delar av 5"})
        CHECK(pdf.find(text) != std::string::npos);
    for (const std::string& group : share_groups(recovery.shares[1]))
        CHECK(pdf.find(group) != std::string::npos);
    // Where it is asked for, somebody looks at it.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
    if (const char* const path = std::getenv("SAMSYN_SHOW_PAGE")) {
        std::ofstream{path, std::ios::binary} << pdf;
        std::ofstream{std::string{path} + ".png", std::ios::binary}
            << share_png(recovery.shares[1]).value();
    }
}

TEST_CASE("Share page: nothing of another holder's share is on it", "[cli][recovery][attack]") {
    const auto recovery = made();
    const std::string pdf = page(page_of(recovery, 0, ""));
    CHECK(pdf.find("____") != std::string::npos);
    const auto own = share_groups(recovery.shares[0]);
    for (const std::string& group : share_groups(recovery.shares[1])) {
        const bool shared = std::ranges::find(own, group) != own.end();  // whose it is
        CHECK((shared || pdf.find(group) == std::string::npos));
    }
}

TEST_CASE("Share page: takes hostile names, and letters that its fonts lack", "[cli][recovery]") {
    const auto recovery = made();
    for (const char* const name :
         {"(\\) Tj ET endstream", "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0", "\xc3", "\xff\xfe", "a\nb"})
        CHECK(page(page_of(recovery, 0, name)).starts_with("%PDF-"));
    CHECK(page(page_of(recovery, 0, std::string(5000, 'x'))).starts_with("%PDF-"));
}

TEST_CASE("Share page: the picture of the code is a PNG", "[cli][recovery]") {
    const auto recovery = made();
    const auto png = share_png(recovery.shares[0]);
    REQUIRE(png);
    CHECK(png->starts_with("\x89PNG\r\n"));
}
