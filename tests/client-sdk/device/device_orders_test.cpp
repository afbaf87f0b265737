// Orders to lock, wipe and revoke, from the administrator's machine to the device's own log.

#include "tests/client-sdk/device/device_scene.hpp"

namespace samsyn {

TEST_CASE("Device: finds the orders about itself once it has synced, until they are done",
          "[device][orders]") {
    DeviceScene scene;
    Device& admin = *scene.world.administrator().device;
    Device& tablet = *scene.counsellor->device;
    CHECK(must(tablet.pending_orders()).empty());
    scene.clock.advance(1s);
    const StatementId locked = must(admin.lock_device(tablet.device()));
    scene.clock.advance(1s);
    const StatementId wiped = must(admin.wipe_device(tablet.device(), UnsentWork::discard));
    scene.sync(scene.world.administrator());
    CHECK(must(tablet.pending_orders()).empty());
    scene.sync(*scene.counsellor);

    const auto orders = must(tablet.pending_orders());
    REQUIRE(orders.size() == 2);
    CHECK(orders[0] == DeviceOrder{locked, OrderKind::lock, {}, tablet.device()});
    CHECK(orders[1] == DeviceOrder{wiped, OrderKind::wipe, UnsentWork::discard, tablet.device()});
    must(tablet.mark_order_done(locked));
    must(tablet.mark_order_done(locked));
    REQUIRE(must(tablet.pending_orders()).size() == 1);
    CHECK(must(tablet.pending_orders())[0].id == wiped);
    scene.sync(*scene.worker);
    CHECK(must(scene.worker->device->pending_orders()).empty());
}

TEST_CASE("Device: one that is to be wiped can still send what it has", "[device][orders]") {
    DeviceScene scene;
    Device& tablet = *scene.psychologist->device;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    must(scene.world.administrator().device->wipe_device(tablet.device(), UnsentWork::keep));
    scene.sync(scene.world.administrator());
    scene.sync(*scene.psychologist);
    CHECK(must(tablet.pending_orders()).size() == 1);
    CHECK(must(tablet.status()).unsent_changes == 0);
    scene.sync(*scene.worker);
    CHECK(DeviceScene::text(*scene.worker, note, "text") == "Tuva sov dåligt");
}

TEST_CASE("Device: who is no administrator orders no device", "[device][orders][attack]") {
    DeviceScene scene;
    Device& worker = *scene.worker->device;
    const DeviceId tablet = scene.counsellor->device->device();
    CHECK_FALSE(worker.lock_device(tablet));
    CHECK_FALSE(worker.wipe_device(tablet, UnsentWork::keep));
    CHECK_FALSE(scene.world.administrator().device->lock_device(DeviceId{}));
}

}  // namespace samsyn
