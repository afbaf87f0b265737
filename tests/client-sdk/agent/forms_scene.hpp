#pragma once

#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/consent_forms.hpp>

#include <nlohmann/json.hpp>

namespace samsyn {

/// The people and the family of `DeviceScene`, each with an agent's operations.
struct FormsScene : DeviceScene {
    using DeviceScene::DeviceScene;
    using json = nlohmann::json;

    json run(Person& person, std::string_view operation, const json& args) {
        clock.advance(1s);
        return Operations{*person.device, clock}.run(operation, args);
    }

    json say(Person& person, std::string_view operation, const json& args) {
        const json answer = run(person, operation, args);
        INFO(operation << " " << answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE(answer.value("ok", false));
        return answer["result"];
    }

    json refused(Person& person, std::string_view operation, const json& args) {
        const json answer = run(person, operation, args);
        INFO(operation << " " << answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE_FALSE(answer.value("ok", true));
        return answer["error"];
    }

    /// A form about the child, begun and read by the psychologist; its id.
    std::string begin(const json& more = json::object()) {
        json args = {{"case", title}};
        args.update(more);
        const std::string id = say(*psychologist, "form.new", args)["form"]["id"];
        say(*psychologist, "form.read", {{"form", id}});
        return id;
    }

    json sign(Person& person,
              const std::string& form,
              const char* who,
              const json& more = json::object()) {
        json args = {{"form", form}, {"person", who}};
        args.update(more);
        return say(person, "form.sign", args);
    }

    json missing(Person& person) {
        return say(person, "form.pending", {{"case", title}})["missing"];
    }

    std::string standing(Person& person, const std::string& form, std::string_view who) {
        const json listed = say(person, "form.list", {{"case", title}, {"all", true}});
        for (const json& each : listed.at("forms"))
            for (const json& one : each.at("people"))
                if (each.at("id") == form && one.at("person").at("name") == who)
                    return one.at("standing");
        return "-";
    }

    void write_field(Person& person, const std::string& form, std::string_view field, Value value) {
        clock.advance(1s);
        const std::vector<FieldInput> fields{{std::string{field}, std::move(value)}};
        must(person.device->edit_item(ItemId::from(must(from_hex(form))), fields));
    }

    const char* title = "Familjen Ekstubbe";
    const char* sol = "Sol Ekstubbe";
    const char* ask = "Ask Ekstubbe";
};

}  // namespace samsyn
