#pragma once

#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <nlohmann/json.hpp>

namespace samsyn {

using nlohmann::json;

/// The psychologist shows on her own tablet; the counsellor may see what is social, the
/// psychiatrist nothing.
struct ShowScene : DeviceScene {
    ShowScene() {
        share(world.school, {Category::social, Category::plan});
        social = add("Skolgången går bättre", Category::social);
    }

    void share(const UnitId& recipient, std::initializer_list<Category> categories) {
        for (const PersonId& guardian : family.guardians) {
            clock.advance(1s);
            NewConsent wish;
            wish.case_id = family.case_id;
            wish.grantor = guardian;
            wish.capacity = Capacity::guardian;
            wish.subjects = {family.child};
            wish.disclosing = {world.team};
            wish.recipients = {Recipient{recipient, std::nullopt, std::nullopt}};
            for (const Category category : categories) wish.categories.insert(category);
            wish.actions.insert(Action::read);
            wish.actions.insert(Action::show_in_meeting);
            wish.not_before = clock.now();
            wish.not_after = clock.now() + 24h * 200;
            wish.form = ConsentForm::written;
            must(psychologist->device->record_consent(wish));
        }
    }

    ItemId add(std::string_view text, Category category) {
        clock.advance(1s);
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::visit_note;
        item.about = {family.child};
        item.category = category;
        item.sensitivity = Sensitivity::normal;
        item.fields = {{"text", Value{std::string{text}}}};
        return must(psychologist->device->add_item(item));
    }

    json run(std::string_view operation, const json& args = json::object()) {
        return operations.run(operation, args);
    }

    json result(std::string_view operation, const json& args = json::object()) {
        const json answer = run(operation, args);
        INFO(operation << " " << answer.dump());
        REQUIRE(answer.value("ok", false));
        return answer["result"];
    }

    std::string error(std::string_view operation, const json& args = json::object()) {
        const json answer = run(operation, args);
        INFO(operation << " " << answer.dump());
        REQUIRE_FALSE(answer.value("ok", true));
        return answer["error"]["code"];
    }

    void open(const json& with = json::array()) {
        result("show.open", {{"case", to_hex(family.case_id)}, {"with", with}, {"language", "sv"}});
    }

    std::string page() { return result("show.page")["page"].dump(); }

    bool shows(std::string_view text) { return page().find(text) != std::string::npos; }

    bool neutral() { return result("show.page")["page"]["items"].empty(); }

    bool is_present(std::string_view name) {
        const json status = result("show.status");
        for (const json& each : status.at("present"))
            if (each.at("name") == name) return true;
        return false;
    }

    Operations operations{*psychologist->device, clock};
    ItemId social;
};

}  // namespace samsyn
