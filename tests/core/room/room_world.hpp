#pragma once

#include "core/room/presenter.hpp"
#include "core/room/screen.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/envelope/sodium_view_sealer.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <ranges>

namespace samsyn {

using namespace std::chrono_literals;

template <class IdType>
IdType numbered(unsigned char number) {
    IdType id;
    id.bytes.fill(std::byte{number});
    return id;
}

inline Onlooker colleague(std::string name) {
    const auto number = static_cast<unsigned char>(name.front());
    return {std::move(name), Requester{numbered<UserId>(number), numbered<DeviceId>(number)}};
}

/// One device with real keys.
struct RoomSide {
    SigningKey signing = SigningKey::generate();
    SealingKey sealing = SealingKey::generate();
    SealingPublicKey sealing_public = sealing.public_key();
    SodiumSealer sealer{std::move(sealing)};
    SodiumViewSealer views;
    SodiumRandom random;
    SodiumHasher hasher;
    SodiumVerifier verifier;
    DeviceId device = device_id_of(signing.public_key(), hasher);

    RoomPorts ports() { return {random, hasher, verifier, signing, sealer, views}; }
};

/// A presenter, a room's screen and the line between them, which a test may cut or abuse. The page
/// holds a plan that everybody may see, and a health note that Karin may not.
class RoomWorld {
public:
    RoomWorld() { must(presenter.add_room(screen_of(room), now)); }

    RoomScreen screen_of(const RoomSide& side) const {
        return {session, side.device, side.sealing_public};
    }

    static void must(const Result<void>& result) {
        if (!result) FAIL(to_string(result.error()));
    }

    Page page_for(const std::vector<Onlooker>& eyes) const {
        Page page;
        page.items.push_back({plan, "Plan", {"Skolgång varje dag"}});
        if (std::ranges::find(eyes, "Karin", &Onlooker::name) == eyes.end())
            page.items.push_back({health, "Hälsa", {"Medicinen byts"}});
        return page;
    }

    /// As a host does: gives the page that is wanted, at once.
    void host() {
        if (presenter.wants_page(now))
            must(presenter.show(
                page_for(presenter.gathering().eyes()), presenter.gathering().round(), now));
    }

    void change(const std::function<Result<void>(Gathering&)>& happening) {
        must(presenter.change(happening, now));
        host();
    }

    void arrive(const std::string& name) {
        change([&](Gathering& gathering) { return gathering.arrive(colleague(name)); });
    }

    void admit() {
        change([](Gathering& gathering) { return gathering.admit(); });
    }

    void leave(const std::string& name) {
        change([&](Gathering& gathering) { return gathering.leave(name); });
    }

    bool is_present(std::string_view name) const {
        const auto& present = presenter.gathering().present();
        return std::ranges::find(present, name, &Onlooker::name) != present.end();
    }

    /// What the presenter has sent goes to the screen; what it refuses is counted.
    void to_screen() {
        for (Message& message : presenter.take_outgoing()) {
            sent.push_back(message);
            give(message);
        }
    }

    void give(const Message& message) {
        Result<void> taken;
        if (const auto* const call = std::get_if<RoomCall>(&message)) {
            if (auto hello = screen.on_call(*call, now)) hellos.push_back(*hello);
        } else if (const auto* const key = std::get_if<RoomKey>(&message)) {
            taken = screen.on_key(*key, presenter_side.signing.public_key(), now);
        } else if (const auto* const frame = std::get_if<RoomFrame>(&message)) {
            taken = screen.on_frame(*frame, now);
        }
        last_error = taken ? Errc{} : taken.error().code;
    }

    /// What the screen has to say goes to the presenter.
    void to_presenter() {
        for (const RoomHello& hello : std::exchange(hellos, {}))
            (void)presenter.on_message(hello, now);
        while (const auto tick = screen.next_tick(now)) {
            ticks.push_back(*tick);
            (void)presenter.on_message(*tick, now);
        }
        host();
    }

    /// Everything that is to be said now arrives.
    void settle() {
        for (int round = 0; round < 8; ++round) {
            to_screen();
            to_presenter();
        }
    }

    /// Time goes by second by second, with the line as it should be.
    void run(std::chrono::seconds time) {
        for (auto second = 0s; second < time; ++second) {
            now += 1s;
            presenter.on_time(now);
            settle();
        }
    }

    bool screen_shows(std::string_view title) const {
        const auto page = screen.shown(now);
        return page && std::ranges::find(page->items, title, &PageItem::title) != page->items.end();
    }

    std::size_t keys_sent() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            sent, [](const Message& message) { return std::holds_alternative<RoomKey>(message); }));
    }

    template <class Body>
    Body last() const {
        for (const Message& message : sent | std::views::reverse)
            if (const auto* const body = std::get_if<Body>(&message)) return *body;
        FAIL("no such message was sent");
        return {};
    }

    Result<void> started = start_sodium();
    Instant now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 26} + 9h;
    Instant until = now + 2h;
    StatementId session = numbered<StatementId>(7);
    CompartmentId plan = numbered<CompartmentId>(1);
    CompartmentId health = numbered<CompartmentId>(2);
    RoomSide presenter_side;
    RoomSide room;
    CaseId case_id = numbered<CaseId>(3);
    Presenter presenter{case_id,
                        presenter_side.device,
                        *Gathering::begin({colleague("Anna"), colleague("Per")}, until),
                        presenter_side.ports()};
    Screen screen{room.device, room.ports()};
    std::vector<Message> sent;
    std::vector<RoomHello> hellos;
    std::vector<RoomTick> ticks;
    Errc last_error{};
};

}  // namespace samsyn
