#include "client-sdk/agent/pin_keeper.hpp"

#include "client-sdk/agent/child_process.hpp"
#include "core/base/errc.hpp"

namespace samsyn {

Result<std::optional<PinVerifier>> PinKeeper::unconfirmed() {
    const auto verifier = SAMSYN_TRY(vault_.unconfirmed_pin());
    if (!verifier) return std::optional<PinVerifier>{};
    return std::optional{PinVerifier::from(verifier->expose())};
}

Result<std::optional<UnlockRegistration>> PinKeeper::wanted() {
    const auto pin = SAMSYN_TRY(vault_.pin_registration());
    if (pin)
        return std::optional{
            UnlockRegistration{pin->token, PinVerifier::from(pin->verifier.expose())}};
    if (token_known_) return std::optional<UnlockRegistration>{};
    return std::optional{UnlockRegistration{vault_.token(), std::nullopt}};
}

Result<void> PinKeeper::on_registered(const UnlockRegistration& registration,
                                      const std::optional<PinSecret>& secret) {
    token_known_ = true;
    if (!registration.verifier || !secret) return {};
    const auto share = ServerShare::from(secret->view());
    // The old share opens the old slot only. Were it kept until after the write, a crash between
    // would leave the supervisor with a share that makes the right PIN look wrong.
    shares_.drop();
    SAMSYN_TRY(vault_.on_server_secret(Secret<32>::from(registration.verifier->view()), share));
    shares_.keep(share);
    return {};
}

Result<void> PinKeeper::on_confirmed(const PinVerifier& verifier) {
    return vault_.on_pin_confirmed(Secret<32>::from(verifier.view()));
}

void PinKeeper::on_refused(Errc why) {
    token_known_ = true;  // asking again in this session changes nothing
    log_line("child", "the server did not register the PIN: " + std::string{name_of(why)});
}

}  // namespace samsyn
