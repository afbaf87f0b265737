#include "client-sdk/agent/named_persons.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;

namespace {

PersonView person(unsigned char number, std::string name) {
    PersonView view;
    view.id.bytes[0] = std::byte{number};
    view.name = std::move(name);
    return view;
}

const std::vector<PersonView> family{person(1, "Elin Alm"),
                                     person(2, "Eva Alm"),
                                     person(3, "Åke Alm"),
                                     person(4, "Bo Alm"),
                                     person(5, "Elin Berg")};

/// Whom an observation about Elin Alm names besides her.
std::vector<std::string> named_in(std::string text) {
    const TypeInfo* const type = find_type(ItemType::observation);
    ItemView item;
    item.type = ItemType::observation;
    item.label.subjects = {family.front().id};
    FieldView field;
    field.info = find_field(*type, "text");
    ValueView value;
    value.value = std::move(text);
    field.values.push_back(value);
    item.fields.push_back(field);
    std::vector<std::string> names;
    for (const PersonView& each : named_beside(item, family)) names.push_back(each.name);
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("Named beside: who is named and not among whom it is about", "[operations][named]") {
    CHECK(named_in("Elin sover bättre.") == Names{});
    CHECK(named_in("Elin sover hos Eva.") == Names{"Eva Alm"});
    CHECK(named_in("EVA ringde; Åkes jobb tar slut.") == Names{"Eva Alm", "Åke Alm"});
    CHECK(named_in("Familjen Alm var hemma.") == Names{});
}

TEST_CASE("Named beside: a part of a word is no name", "[operations][named]") {
    CHECK(named_in("Hon åker, evakueras och har en ekåke.") == Names{});
    CHECK(named_in("De vill bo kvar.") == Names{});
    CHECK(named_in("Bo Alm vill bo kvar.") == Names{"Bo Alm"});
}

TEST_CASE("Named beside: of two with one first name the whole name tells", "[operations][named]") {
    CHECK(named_in("Elin leker med Elin Berg.") == Names{"Elin Berg"});
    CHECK(named_in("Elin leker ensam.") == Names{});
}
