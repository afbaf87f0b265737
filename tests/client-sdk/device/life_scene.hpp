#pragma once

#include "tests/client-sdk/device/second_administrator.hpp"

namespace samsyn {

/// A scene with what its administrator does.
struct LifeScene : DeviceScene {
    LifeScene() : admin(*world.administrator().device) {
        note_id = note(*psychologist, "Delad anteckning");
        consent(world.school);
        sync_everybody();
        REQUIRE(text(*counsellor, note_id, "text") == "Delad anteckning");
    }

    void sync_admin() { sync(world.administrator()); }

    /// What a tablet that is turned away does next.
    void hand_in(Person& person) {
        clock.advance(5s);
        Pump::Line& refused = pump->connect(*person.device);
        REQUIRE(pump->run());
        REQUIRE(refused.closed);
        pump->disconnect_all();
        Pump::Line& line = pump->connect(*person.device, SessionPurpose::hand_in);
        REQUIRE(pump->run());
        if (line.closed) FAIL(to_string(*line.closed));
        pump->disconnect_all();
    }

    bool is_turned_away(Person& person) {
        clock.advance(5s);
        Pump::Line& line = pump->connect(*person.device);
        REQUIRE(pump->run());
        const bool closed = line.closed.has_value();
        pump->disconnect_all();
        return closed;
    }

    std::string name_of_device(Person& reader, const DeviceId& device) {
        for (const DeviceView& view : reader.device->devices())
            if (view.id == device) return view.name;
        return "?";
    }

    std::string name_of_user(Person& reader, const UserId& user) {
        for (const UserView& view : reader.device->users())
            if (view.id == user) return view.name;
        return "?";
    }

    /// Is the text in escrow with the psychologist, opened?
    bool is_in_escrow(const ItemId& item, std::string_view wanted) {
        for (const EscrowView& entry : must(psychologist->device->escrow()))
            for (const EscrowView::Piece& piece : entry.pieces)
                if (entry.opened && piece.item == item && !piece.texts.empty() &&
                    piece.texts.front().text == wanted)
                    return true;
        return false;
    }

    Provisioning admin;
    ItemId note_id;
};

}  // namespace samsyn
