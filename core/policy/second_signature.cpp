#include "core/policy/second_signature.hpp"

namespace samsyn {

namespace {

bool by_one_person(const DeviceId& a, const DeviceId& b, const Federation& federation) {
    if (a == b) return true;
    const auto user = federation.user_of(a);
    return !user.is_none() && user == federation.user_of(b);
}

}  // namespace

Result<const SigningPublicKey*> second_key(const Statement& statement,
                                           const Federation& federation) {
    if (!statement.second) return nullptr;
    const auto& device = statement.second->device;
    if (by_one_person(device, statement.header.author, federation))
        return fail(Errc::not_permitted, "one person signs once");
    const auto* key = federation.signing_key(device);
    if (!key) return fail(Errc::unknown_device, "second signature");
    return key;
}

}  // namespace samsyn
