#include "core/wire/log_rows.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/generators.hpp"

#include <rapidcheck.h>

namespace samsyn {
namespace {

LogRow row_with(RowAct act) {
    LogRow row;
    row.salt = *gen::id<RowSalt>();
    row.at = *gen::instant();
    row.device = *gen::id<DeviceId>();
    row.user = *gen::id<UserId>();
    row.unit = *gen::id<UnitId>();
    row.case_id = *gen::id<CaseId>();
    row.disclosing = *gen::id<UnitId>();
    row.act = std::move(act);
    return row;
}

Channel any_channel() {
    return *rc::gen::arbitrary<bool>() ? Channel{*gen::stream()}
                                       : Channel{*gen::id<CompartmentId>()};
}

RowGround any_ground() {
    return {"consent_covers", *gen::sorted_list(3, gen::id<StatementId>())};
}

RowAct any_act() {
    const auto number = [] { return *rc::gen::arbitrary<std::uint64_t>(); };
    switch (*rc::gen::inRange(0, 8)) {
        case 0:
            return RowAccepted{any_channel(),
                               *gen::enumerator(EntryKind::last),
                               number(),
                               *gen::id<Hash>(),
                               *rc::gen::arbitrary<std::uint16_t>()};
        case 1:
            return RowDelivered{any_channel(), number(), number(), 3, any_ground()};
        case 2:
            return RowWithdrawn{any_channel()};
        case 3:
            return RowRefused{*gen::enumerator(RefusedWhat::last),
                              *gen::enumerator(EntryKind::last),
                              Errc::not_permitted};
        case 4:
            return RowRead{*gen::id<CompartmentId>(),
                           number(),
                           *gen::id<Hash>(),
                           *gen::instant(),
                           *gen::instant(),
                           *gen::enumerator(ReadAction::last),
                           *rc::gen::arbitrary<bool>(),
                           any_ground(),
                           *gen::sorted_list(5, gen::id<ItemId>())};
        case 5:
            return RowChainBroken{*gen::enumerator(RowChainBroken::How::last),
                                  number(),
                                  number(),
                                  *gen::id<Hash>(),
                                  *gen::id<Hash>()};
        case 6:
            return RowAttachment{{*gen::id<CompartmentId>(), *gen::id<AttachmentId>()},
                                 *rc::gen::arbitrary<bool>(),
                                 any_ground()};
        default:
            return RowQueried{number(), number()};
    }
}

}  // namespace

TEST_CASE("LogRow: every kind comes back as it was, and no part of it is one", "[wire][log]") {
    CHECK(rc::check("round trip and prefixes", [] {
        const LogRow row = row_with(any_act());
        const Bytes bytes = encode_log_row(row);
        RC_ASSERT(bytes.size() <= log_row_bytes_max);
        const auto read = decode_log_row(bytes);
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == row);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            RC_ASSERT(!decode_log_row(ByteView{bytes}.first(size)));
    }));
}

TEST_CASE("LogRow: the largest read fits into a row", "[wire][log]") {
    RowRead act;
    act.items.resize(read_items_max);
    for (std::size_t i = 0; i < act.items.size(); ++i)
        act.items[i].bytes[0] = static_cast<std::byte>(i);
    act.ground.reason = std::string(row_reason_bytes_max, 'r');
    act.ground.by.resize(row_statements_max);
    for (std::size_t i = 0; i < act.ground.by.size(); ++i)
        act.ground.by[i].bytes[0] = static_cast<std::byte>(i);
    LogRow row;
    row.act = act;
    const Bytes bytes = encode_log_row(row);
    CHECK(bytes.size() <= log_row_bytes_max);
    CHECK(decode_log_row(bytes));
}

}  // namespace samsyn
