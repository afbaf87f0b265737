// Device: what an administrator does, on an administrator's machine.

#include "client-sdk/device/directory_items.hpp"
#include "client-sdk/device/engine.hpp"

namespace samsyn {

Result<void> Device::name_organisation(const OrganisationId& organisation, std::string_view name) {
    Impl& my = *impl_;
    SAMSYN_TRY(check_directory_name(name));
    if (!my.federation().organisations().contains(organisation))
        return fail(Errc::not_found, "organisation");
    return my.transact([&]() -> Result<void> {
        return my.store.put_value(key_for("organisation", organisation), as_bytes(name));
    });
}

Result<UnitId> Device::add_unit(const OrganisationId& organisation,
                                Regime regime,
                                std::string_view name) {
    Impl& my = *impl_;
    SAMSYN_TRY(check_directory_name(name));
    if (!my.federation().organisations().contains(organisation))
        return fail(Errc::not_found, "organisation");
    return my.transact([&]() -> Result<UnitId> {
        const UnitRef unit{organisation, random_id<UnitId>(my.ports.random), regime};
        SAMSYN_TRY(my.author(Stream{}, UnitCertified{unit}));
        const auto called = SAMSYN_TRY(my.store.value(key_for("organisation", organisation)));
        Impl::Draft draft;
        draft.case_id = directory_case;
        draft.label = directory_label(unit);
        draft.item = same_bytes<ItemId>(unit.unit);
        draft.type = ItemType::directory_unit;
        draft.fields = {{"name", Value{std::string{name}}}};
        if (called) draft.fields.push_back({"organisation", Value{std::string{as_text(*called)}}});
        SAMSYN_TRY(my.create_item(draft));
        return unit.unit;
    });
}

Result<UserId> Device::add_user(const UnitId& unit, Role role, std::string_view name) {
    Impl& my = *impl_;
    SAMSYN_TRY(check_directory_name(name));
    const UnitRef* found = my.federation().unit(unit);
    if (!found) return fail(Errc::not_found, "unit");
    const UnitRef where = *found;
    return my.transact([&]() -> Result<UserId> {
        const auto user = random_id<UserId>(my.ports.random);
        SAMSYN_TRY(my.author(Stream{},
                             UserCertified{.user = user,
                                           .organisation = where.organisation,
                                           .unit = unit,
                                           .role = role,
                                           .from = my.corrected(my.now()),
                                           .until = instant_max}));
        Impl::Draft draft;
        draft.case_id = directory_case;
        draft.label = directory_label(where);
        draft.item = same_bytes<ItemId>(user);
        draft.type = ItemType::directory_user;
        draft.fields = {{"name", Value{std::string{name}}}};
        SAMSYN_TRY(my.create_item(draft));
        return user;
    });
}

Result<void> Device::import_statement(ByteView statement) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<void> {
        if (!SAMSYN_TRY(my.take_statement(statement))) return {};  // there already: as good
        // The server learns of it from here; what is signed later names it as a predecessor.
        return my.store.put_outgoing({.counter = SAMSYN_TRY(my.store.take_counter()),
                                      .kind = EntryKind::statement,
                                      .bytes = to_bytes(statement),
                                      .compartment = {},
                                      .made = my.corrected(my.now())});
    });
}

}  // namespace samsyn
