#include "client-sdk/device/page_words.hpp"
#include "tests/client-sdk/agent/show_scene.hpp"

using namespace samsyn;

TEST_CASE("Show: alone, the presenter sees everything; with others, what all may see", "[show]") {
    ShowScene scene;
    scene.add("Medicinen är utbytt", Category::health);
    scene.open();
    CHECK(scene.shows("Skolgången går bättre"));
    CHECK(scene.shows("Medicinen är utbytt"));
    CHECK(scene.shows("Besöksanteckning"));
    scene.result("show.end");

    scene.open({"Mårten Öst"});
    CHECK(scene.shows("Skolgången går bättre"));
    CHECK_FALSE(scene.shows("Medicinen"));
    scene.result("show.end");

    scene.open({"Mårten Öst", "Siv Ljung"});
    CHECK(scene.neutral());
    CHECK(scene.shows("Ett ögonblick"));
}

TEST_CASE("Show: who arrives makes the page neutral, and the presenter is told what disappears",
          "[show]") {
    ShowScene scene;
    scene.add("Medicinen är utbytt", Category::health);
    scene.add("Provtagning på torsdag", Category::health);
    scene.open();
    const json preview = scene.result("show.arrive", {{"who", "Mårten Öst"}})["preview"];
    CHECK(preview["name"] == "Mårten Öst");
    CHECK(preview["disappearing"].dump().find("Besöksanteckning: Medicinen är utbytt") !=
          std::string::npos);
    CHECK(preview["disappearing"].dump().find("Provtagning") != std::string::npos);
    CHECK(preview["disappearing"].dump().find("Skolgången") == std::string::npos);
    CHECK(scene.result("show.preview")["preview"] == preview);
    CHECK(scene.neutral());
    CHECK_FALSE(scene.is_present("Mårten Öst"));
    CHECK(scene.error("show.arrive", {{"who", "Siv Ljung"}}) == "conflict");

    SECTION("waiting brings the page back, without the newcomer") {
        scene.result("show.wait");
        CHECK(scene.shows("Medicinen"));
        CHECK_FALSE(scene.is_present("Mårten Öst"));
    }
    SECTION("admitting shows what both may see, and counts once the screen has taken it") {
        scene.result("show.admit");
        CHECK_FALSE(scene.is_present("Mårten Öst"));
        CHECK_FALSE(scene.shows("Medicinen"));
        CHECK(scene.is_present("Mårten Öst"));
        CHECK(scene.shows("Skolgången"));
        scene.result("show.leave", {{"who", "Mårten Öst"}});
        CHECK_FALSE(scene.is_present("Mårten Öst"));
        CHECK(scene.shows("Medicinen"));
    }
    SECTION("closing first admits to a neutral page, which opens by a second choice") {
        scene.result("show.close_first");
        CHECK(scene.neutral());
        CHECK(scene.is_present("Mårten Öst"));
        CHECK(scene.neutral());
        scene.result("show.reopen");
        CHECK(scene.shows("Skolgången"));
        CHECK_FALSE(scene.shows("Medicinen"));
    }
}

TEST_CASE("Attack: leaving while somebody is admitted does not bring the page back early",
          "[show][attack]") {
    ShowScene scene;
    scene.add("Medicinen är utbytt", Category::health);
    scene.open({"Åke Ström"});
    scene.result("show.arrive", {{"who", "Mårten Öst"}});
    scene.result("show.admit");
    scene.result("show.leave", {{"who", "Åke Ström"}});
    CHECK_FALSE(scene.is_present("Mårten Öst"));
    CHECK_FALSE(scene.shows("Medicinen"));
    CHECK(scene.is_present("Mårten Öst"));
    CHECK_FALSE(scene.is_present("Åke Ström"));
    CHECK_FALSE(scene.shows("Medicinen"));
}

TEST_CASE("Attack: the page does not tell whether something is hidden", "[show][attack]") {
    ShowScene with_secret;
    with_secret.add("Medicinen är utbytt", Category::health);
    ShowScene without;
    without.clock.advance(1s);
    for (ShowScene* scene : {&with_secret, &without}) scene->open({"Mårten Öst"});
    CHECK(with_secret.page() == without.page());

    // Neither do the neutral page and its answer, whoever is at the door.
    with_secret.result("show.arrive", {{"who", "Siv Ljung"}});
    without.result("show.arrive", {{"who", "Siv Ljung"}});
    CHECK(with_secret.page() == without.page());
    CHECK(with_secret.neutral());
}

TEST_CASE("Attack: a withdrawal in the middle takes the text from the next page",
          "[show][attack]") {
    ShowScene scene;
    scene.open({"Mårten Öst"});
    CHECK(scene.shows("Skolgången"));
    scene.withdraw(scene.world.school);
    CHECK(scene.neutral());
}

TEST_CASE("Attack: a showing ends by itself, and with the process", "[show][attack]") {
    ShowScene scene;
    scene.result("show.open", {{"case", to_hex(scene.family.case_id)}, {"minutes", 30}});
    scene.clock.advance(29min);
    CHECK(scene.shows("Skolgången"));
    CHECK(Operations{*scene.psychologist->device, scene.clock}.run(
              "show.page", json::object())["error"]["code"] == "not_found");
    scene.clock.advance(1min);
    CHECK(scene.error("show.page") == "not_found");
    CHECK(scene.error("show.admit") == "not_found");
    CHECK(scene.result("show.status")["showing"] == false);
}

TEST_CASE("Attack: more people come by the door only", "[show][attack]") {
    ShowScene scene;
    scene.open({"Mårten Öst"});
    CHECK(scene.error("show.open", {{"case", to_hex(scene.family.case_id)}}) == "conflict");
    CHECK(scene.is_present("Mårten Öst"));
    CHECK(scene.error("show.admit") == "not_found");
    CHECK(scene.error("show.leave", {{"who", "Siv Ljung"}}) == "not_found");
    CHECK(scene.error("show.arrive", {{"who", "Mårten Öst"}}) == "already_exists");
    CHECK(scene.error("show.arrive", {{"who", "Nobody"}}) == "not_found");
    CHECK(scene.error("show.arrive", {{"who", "Siv Ljung"}, {"as", "ghost"}}) ==
          "invalid_argument");
}

TEST_CASE("Show: what makes no sense is refused", "[show]") {
    ShowScene scene;
    const std::string id = to_hex(scene.family.case_id);
    CHECK(scene.error("show.page") == "not_found");
    CHECK(scene.error("show.open", {{"case", id}, {"minutes", 0}}) == "invalid_argument");
    CHECK(scene.error("show.open", {{"case", id}, {"minutes", 100'000}}) == "invalid_argument");
    CHECK(scene.error("show.open", {{"case", id}, {"language", "de"}}) == "invalid_argument");
    CHECK(scene.error("show.open", {{"case", id}, {"with", {"Mårten Öst", "Mårten Öst"}}}) ==
          "invalid_argument");
    CHECK(scene.error("show.open", {{"case", "ingen"}}) == "not_found");
    CHECK(scene.error("show.open", {{"case", id}, {"agents", {"Nobody"}}}) == "not_found");
}

TEST_CASE("Show: a guest sees time and place, and nothing else", "[show]") {
    ShowScene scene;
    scene.clock.advance(1s);
    NewItem meeting;
    meeting.case_id = scene.family.case_id;
    meeting.type = ItemType::meeting;
    meeting.about = {scene.family.child};
    meeting.fields = {{"title", Value{std::string{"Nätverksmöte"}}},
                      {"place", Value{std::string{"Biblioteket"}}}};
    must(scene.psychologist->device->add_item(meeting));
    scene.result("show.open",
                 {{"case", to_hex(scene.family.case_id)}, {"guests", {"Tolken Amir"}}});
    CHECK(scene.is_present("Tolken Amir"));
    CHECK(scene.shows("Biblioteket"));
    CHECK_FALSE(scene.shows("Skolgången"));
}

TEST_CASE("Show: a guardian sees what is about the child, not what is about the other guardian",
          "[show]") {
    ShowScene scene;
    const auto [mine, other] = std::pair{scene.family.guardians[0], scene.family.guardians[1]};
    scene.clock.advance(1s);
    NewItem item;
    item.case_id = scene.family.case_id;
    item.type = ItemType::visit_note;
    item.about = {other};
    item.category = Category::social;
    item.fields = {{"text", Value{std::string{"Samtal om arbetet"}}}};
    must(scene.psychologist->device->add_item(item));

    scene.open();
    CHECK(scene.shows("Samtal om arbetet"));
    const json preview = scene.result("show.arrive", {{"who", to_hex(mine)}})["preview"];
    CHECK(preview["disappearing"].dump().find("Samtal om arbetet") != std::string::npos);
    scene.result("show.admit");
    CHECK(scene.shows("Skolgången"));
    CHECK_FALSE(scene.shows("Samtal om arbetet"));
    CHECK(scene.result("show.status")["present"][0]["as"] == "guardian");
}

TEST_CASE("Show: what is shown is a read, logged once in a showing", "[show]") {
    ShowScene scene;
    Device& device = *scene.psychologist->device;
    const auto logged = [&] { return must(device.own_reads(scene.family.case_id, 1000)).size(); };
    const auto before = logged();
    scene.open();
    const auto after = logged();
    CHECK(after > before);
    for (int again = 0; again < 5; ++again) CHECK(scene.shows("Skolgången"));
    CHECK(logged() == after);
    scene.result("show.end");
    scene.open();
    CHECK(logged() > after);
}

TEST_CASE("Attack: what a text refers to is named only where its name may be shown too",
          "[show][attack]") {
    static constexpr FieldInfo person_field{.number = make_field(1, MergeKind::single),
                                            .key = "who",
                                            .title = {"Who", "Vem"},
                                            .kind = ValueKind::person};
    static constexpr FieldInfo number_field{.number = make_field(2, MergeKind::single),
                                            .key = "personal_number",
                                            .title = {"Number", "Nummer"},
                                            .kind = ValueKind::text,
                                            .finds = Finds::personal_number};
    const auto id = [](unsigned char number) {
        ItemId made;
        made.bytes.fill(std::byte{number});
        return made;
    };
    const auto field = [](const FieldInfo& info, Value value) {
        FieldView view;
        view.number = info.number;
        view.info = &info;
        view.values.emplace_back().value = std::move(value);
        return view;
    };
    CompartmentId hidden;
    CompartmentId open;
    hidden.bytes.fill(std::byte{1});
    open.bytes.fill(std::byte{2});

    ItemView person;
    person.id = id(7);
    person.type = ItemType::person;
    person.compartment = hidden;
    const TypeInfo* const type = find_type(ItemType::person);
    REQUIRE(type != nullptr);
    person.fields.push_back(field(*find_field(*type, "name"), Value{std::string{"Nora Alm"}}));
    ItemView note;
    note.id = id(8);
    note.type = ItemType::visit_note;
    note.compartment = open;
    note.fields.push_back(field(person_field, Value{ReferenceId::from(person.id.view())}));
    note.fields.push_back(field(number_field, Value{std::string{"20170305-2389"}}));

    const std::vector<ItemView> items{person, note};
    const auto words = [&](const View& view) {
        return PageWords{items, view, {}, {}, PageLanguage::swedish}.words_of(note);
    };
    CHECK(words({.compartments = {open}}).lines.empty());
    CHECK(words({.compartments = {hidden, open}}).lines ==
          std::vector<std::string>{"Vem: Nora Alm"});
}
