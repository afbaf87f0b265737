#include "client-sdk/agent/server_share.hpp"

#include "client-sdk/agent/proxy_settings.hpp"
#include "client-sdk/net/restricted_link.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>

namespace samsyn {

namespace {

/// Hears one restricted session until it is clear what came of the proof.
class ShareListener final : public RestrictedLink::Listener {
public:
    explicit ShareListener(boost::asio::io_context& io) : io_(io) {}

    void on_accepted() override {}

    void on_secret(const PinSecret& secret) override { end(ServerShare::from(secret.view())); }

    void on_wrong_pin(std::uint32_t) override { end(fail(Errc::not_authentic, "pin")); }

    void on_destroyed() override { end(fail(Errc::not_permitted, "pin")); }

    void on_order(const VerifiedOrder&) override {}  // the courier's business

    void on_ignored_order(const StatementId&, const Error&) override {}

    void on_closed(const Error& why) override {
        // A server that does not know this device has not tried the PIN either.
        end(fail(why.code == Errc::not_permitted ? Errc::unknown_device : why.code, why.context));
    }

    Result<ServerShare> take() {
        if (!result_) return fail(Errc::timed_out, "the server does not answer");
        return *std::move(result_);
    }

private:
    void end(Result<ServerShare> result) {
        if (!result_) result_ = std::move(result);
        io_.stop();
    }

    boost::asio::io_context& io_;
    std::optional<Result<ServerShare>> result_;
};

}  // namespace

Result<PinnedFederation> pinned_federation(const FolderConfig& config) {
    if (config.device.server.empty()) return fail(Errc::not_found, "server");
    return PinnedFederation{.federation = config.device.federation,
                            .device = config.id,
                            .organisation = config.organisation,
                            .server_keys = {config.device.server_key}};
}

ShareSource server_share(const std::filesystem::path& folder,
                         const FolderConfig& config,
                         std::chrono::seconds time_max) {
    return [&folder, &config, time_max](const Vault& vault, PinTry& tried) -> Result<ServerShare> {
        PinnedFederation pinned = SAMSYN_TRY(pinned_federation(config));
        Route route = SAMSYN_TRY(route_of(folder, config.device.server));
        const SystemClock clock;
        SodiumRandom random;
        const SodiumHasher hasher;
        const SodiumVerifier verifier;
        boost::asio::io_context io{1};
        ShareListener listener{io};
        const RestrictedLink link{
            io,
            config.device.server,
            {.session = {.verifier = verifier, .hasher = hasher, .random = random},
             .clock = clock,
             .proxy = std::move(route.proxy)},
            std::move(pinned),
            {.token = vault.token(),
             .make_proof =
                 [&tried](const Nonce& server, const Nonce& client, const Hash& exporter) {
                     return tried.proof(server, client, exporter);
                 }},
            listener};
        io.run_for(time_max);
        return listener.take();
    };
}

}  // namespace samsyn
