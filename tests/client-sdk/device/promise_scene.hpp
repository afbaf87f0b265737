#pragma once

#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/day.hpp>

namespace samsyn {

/// A scene in which people promise things.
struct PromiseScene : DeviceScene {
    ItemId promise(Person& author, std::string_view what, std::vector<FieldInput> more = {}) {
        clock.advance(1s);
        NewItem item;
        item.case_id = family.case_id;
        item.about = {family.child};
        item.fields = std::move(more);
        item.fields.push_back({"what", Value{std::string{what}}});
        const auto owner = [](const FieldInput& field) { return field.key == "owner"; };
        if (std::ranges::none_of(item.fields, owner)) item.fields.push_back(owned_by(*counsellor));
        return must(add_commitment(*author.device, item));
    }

    static FieldInput owned_by(const Person& person) {
        return {"owner", Value{ReferenceId::from(person.user.view())}};
    }

    Result<void> step(Person& who,
                      const ItemId& item,
                      CommitmentStep step,
                      std::optional<Date> day = {},
                      std::string note = {}) {
        clock.advance(1s);
        return step_commitment(*who.device,
                               {.item = item, .step = step, .day = day, .note = std::move(note)},
                               today());
    }

    CommitmentView seen(Person& reader, const ItemId& item) {
        return must(commitment(*reader.device, item, today()));
    }

    Date today() const { return local_date(clock.now()); }

    Date in_days(int days) const { return {today().day + std::chrono::days{days}}; }

    std::vector<std::string> names_of(const std::vector<CommitmentView>& views) {
        std::vector<std::string> names;
        for (const CommitmentView& view : views) names.push_back(view.what);
        return names;
    }
};

}  // namespace samsyn
