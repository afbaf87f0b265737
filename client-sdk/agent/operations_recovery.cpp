#include "client-sdk/agent/operations_call.hpp"
#include "crypto/recovery/recovery_key.hpp"

#include <samsyn/recovery.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

/// The federation log and the splitting of secrets allow the same number of holders.
static_assert(recovery_shares_max == share_points_max);

RecoveryTerms terms_of(const RecoveryKeyView& view) {
    return {.organisation = view.organisation,
            .generation = view.generation,
            .key = view.key,
            .threshold = view.threshold,
            .commitments = view.commitments};
}

json recovery_key_json(Call& call, const RecoveryKeyView& view) {
    json row = json::object({{"organisation", call.names.describe(view.organisation)}});
    row["generation"] = view.generation;
    row["key"] = to_hex(view.key);
    row["needed"] = view.threshold;
    row["holders"] = view.commitments.size();
    row["commitments"] = json::array();
    for (const Hash& commitment : view.commitments)
        row["commitments"].push_back(to_hex(commitment));
    row["since"] = to_json(view.since);
    row["due"] = to_json(view.due);
    row["overdue"] = view.due <= call.clock.now();
    row["administered"] = view.administered;
    return row;
}

json recovery_use_json(Call& call, const RecoveryUseView& view) {
    json row = json::object({{"statement", to_hex(view.statement)}});
    row["organisation"] = call.names.describe(view.organisation);
    row["generation"] = view.generation;
    row["device"] = to_hex(view.device);
    row["until"] = to_json(view.until);
    row["waits"] = view.waits;
    row["in_force"] = view.in_force;
    return row;
}

Result<json> recovery_status(Call& call) {
    Recovery recovery{call.device};
    json result = json::object(
        {{"keys", json::array()}, {"missing", json::array()}, {"uses", json::array()}});
    for (const OrganisationId& id : recovery.missing())
        result["missing"].push_back(call.names.describe(id));
    for (const RecoveryKeyView& view : recovery.keys())
        result["keys"].push_back(recovery_key_json(call, view));
    for (const RecoveryUseView& view : recovery.uses())
        result["uses"].push_back(recovery_use_json(call, view));
    return result;
}

/// Of the organisation the key to come: its number, and who the organisation is.
Result<json> next_recovery_key(Call& call) {
    const OrganisationId id = SAMSYN_TRY(organisation_of(call));
    return json::object({{"organisation", call.names.describe(id)},
                         {"generation", Recovery{call.device}.next_generation(id)}});
}

Result<json> certify_recovery_key(Call& call) {
    RecoveryKeyCertified key;
    key.organisation = SAMSYN_TRY(organisation_of(call));
    constexpr std::int64_t generation_max = 1'000'000;
    const auto generation = SAMSYN_TRY(call.args.integer_or("generation", 1, generation_max, 1));
    const auto needed = SAMSYN_TRY(call.args.integer_or("needed", 2, recovery_shares_max, 2));
    key.generation = static_cast<std::uint32_t>(generation);
    key.threshold = static_cast<std::uint8_t>(needed);
    const auto public_key = id_from_hex<SealingPublicKey>(SAMSYN_TRY(call.args.text("key")));
    if (!public_key) return fail(Errc::invalid_argument, "key");
    key.key = *public_key;
    for (const std::string& text : SAMSYN_TRY(call.args.texts("commitments"))) {
        const auto commitment = id_from_hex<Hash>(text);
        if (!commitment) return fail(Errc::invalid_argument, "commitments");
        key.commitments.push_back(*commitment);
    }
    if (key.commitments.size() > recovery_shares_max || key.commitments.size() < key.threshold)
        return fail(Errc::invalid_argument, "commitments");
    const StatementId id = SAMSYN_TRY(Recovery{call.device}.certify(key));
    return json::object({{"statement", to_hex(id)},
                         {"organisation", call.names.describe(key.organisation)},
                         {"generation", key.generation}});
}

Result<json> use_recovery_key(Call& call) {
    const OrganisationId organisation = SAMSYN_TRY(organisation_of(call));
    const std::string text = SAMSYN_TRY(call.args.text("device"));
    const DeviceId device = SAMSYN_TRY(call.names.device("device", text));
    const std::string reason = SAMSYN_TRY(call.args.text("reason"));
    const auto hours = SAMSYN_TRY(
        call.args.integer_or("hours", 1, recovery_use_max.count(), recovery_use_max.count()));
    const StatementId id = SAMSYN_TRY(
        Recovery{call.device}.permit(organisation, device, reason, std::chrono::hours{hours}));
    return json::object({{"statement", to_hex(id)},
                         {"organisation", call.names.describe(organisation)},
                         {"device", to_hex(device)},
                         {"hours", hours}});
}

/// The permission in force for this device, of one organisation where several are.
Result<RecoveryUseView> use_of_this_device(Call& call) {
    const DeviceId self = call.device.device();
    std::optional<RecoveryUseView> found;
    std::optional<RecoveryUseView> last;
    for (const RecoveryUseView& use : Recovery{call.device}.uses()) {
        if (use.device != self) continue;
        last = use;
        if (use.in_force) found = use;
    }
    if (found) return *found;
    if (last) return *last;
    return fail(Errc::not_permitted, recovery_not_permitted);
}

/// What this device may open now, and the public part of the key for it.
struct Opening {
    RecoveryUseView use;
    RecoveryKeyView key;
};

Result<Opening> opening_here(Call& call) {
    const RecoveryUseView use = SAMSYN_TRY(use_of_this_device(call));
    Recovery recovery{call.device};
    SAMSYN_TRY(recovery.check_open(use.organisation, use.generation));
    const auto key = recovery.key(use.organisation, use.generation);
    if (!key) return fail(Errc::not_found, "recovery key");
    return Opening{use, *key};
}

/// Before a holder types anything: may this device open, and what are its shares?
Result<json> check_recovery(Call& call) {
    const Opening opening = SAMSYN_TRY(opening_here(call));
    json result = recovery_key_json(call, opening.key);
    result["until"] = to_json(opening.use.until);
    return result;
}

Result<std::vector<RecoveryShare>> recovery_shares(std::span<const std::string> texts) {
    std::vector<RecoveryShare> shares;
    for (const std::string& text : texts) {
        auto share = share_from_text(text);
        if (!share) return std::unexpected{share.error()};
        shares.push_back(*std::move(share));
    }
    return shares;
}

/// The shares are put together here, in locked memory, and only where two persons have let this
/// device; the key is gone when this returns.
Result<json> open_by_recovery_key(Call& call) {
    const Opening opening = SAMSYN_TRY(opening_here(call));
    auto texts = SAMSYN_TRY(call.args.texts("shares"));
    auto read = recovery_shares(texts);
    for (std::string& text : texts) wipe(std::as_writable_bytes(std::span{text}));
    std::vector<RecoveryShare> shares = SAMSYN_TRY(std::move(read));
    SealingKey pair = SAMSYN_TRY(open_shares(shares, terms_of(opening.key)));
    SodiumSealer opener{std::move(pair)};
    shares.clear();
    const RecoveryUseView& use = opening.use;
    const auto done =
        SAMSYN_TRY(Recovery{call.device}.open(use.organisation, use.generation, opener));
    return json::object({{"organisation", call.names.describe(use.organisation)},
                         {"generation", use.generation},
                         {"compartments", done.compartments},
                         {"keys", done.keys},
                         {"shut", done.shut},
                         {"older", done.older},
                         {"broken", done.broken}});
}

constexpr Operation recovery_table[] = {
    {"recovery.status", &recovery_status, false, ""},
    {"recovery.check", &check_recovery, false, ""},
    {"recovery.open", &open_by_recovery_key, true, "shares"},
    {"admin.recovery.next", &next_recovery_key, false, "organisation"},
    {"admin.recovery.certify",
     &certify_recovery_key,
     true,
     "organisation generation needed key commitments"},
    {"admin.recovery.use", &use_recovery_key, true, "organisation device reason", "hours"},
};

}  // namespace

std::span<const Operation> recovery_operations() {
    return recovery_table;
}

}  // namespace samsyn
