#include "crypto/recovery/recovery_key.hpp"

#include "core/base/checked_text.hpp"
#include "core/base/codec.hpp"

#include <sodium.h>

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t share_bytes = OrganisationId::size + 4 + 1 + 1 + 32;

unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

/// `BLAKE2b-256(key, label ‖ message)`: the key is the secret, the message is public.
void derive(std::span<std::byte, 32> target,
            const Secret<32>& key,
            Domain domain,
            ByteView message) {
    crypto_generichash_state state;
    const ByteView label = as_bytes(label_of(domain));
    int failed = crypto_generichash_init(
        &state, raw(key.expose().data()), key.expose().size(), target.size());
    failed |= crypto_generichash_update(&state, raw(label.data()), label.size());
    failed |= crypto_generichash_update(&state, raw(message.data()), message.size());
    failed |= crypto_generichash_final(&state, raw(target.data()), target.size());
    sodium_memzero(&state, sizeof state);  // holds the key's block
    SAMSYN_ASSERT(failed == 0);            // fails only for sizes out of range
}

SealingKey key_pair_of(const Secret<32>& secret,
                       const OrganisationId& organisation,
                       std::uint32_t generation) {
    Writer whose;
    whose.id(organisation);
    whose.number(generation);
    auto seed = Secret<32>::random();
    derive(seed.fill(), secret, Domain::recovery_secret, whose.view());

    static_assert(crypto_box_SEEDBYTES == 32 && crypto_box_SECRETKEYBYTES == 32);
    SealingPublicKey public_key;
    auto secret_key = Secret<32>::random();
    const int failed = crypto_box_seed_keypair(
        raw(public_key.bytes.data()), raw(secret_key.fill().data()), raw(seed.expose().data()));
    SAMSYN_ASSERT(failed == 0);
    return SealingKey::from_secret(secret_key.expose());
}

std::string named(const RecoveryShare& share, std::string_view what) {
    return "share " + std::to_string(share.point.x) + " " + std::string{what};
}

Result<void> check_doubles(std::span<const RecoveryShare> shares) {
    for (std::size_t i = 0; i < shares.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (shares[i].point.x == shares[j].point.x)
                return fail(Errc::already_exists, named(shares[i], "was given twice"));
    return {};
}

}  // namespace

std::string to_text(const RecoveryShare& share) {
    Writer out;
    out.id(share.organisation);
    out.number(share.generation);
    out.number(share.point.x);
    out.number(share.threshold);
    out.raw(share.point.y.expose());
    Bytes content = std::move(out).take();
    std::string text = to_checked_text(share_text_prefix, content);
    wipe(content);
    return text;
}

Result<RecoveryShare> share_from_text(std::string_view text) {
    Bytes content = SAMSYN_TRY(from_checked_text(share_text_prefix, text, share_text_bytes_max));
    if (content.size() != share_bytes) {
        wipe(content);
        return fail(content.size() < share_bytes ? Errc::truncated : Errc::malformed, "share");
    }
    Reader in{content};
    const auto organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation of the share"));
    const auto generation = SAMSYN_TRY(in.number<std::uint32_t>("generation of the share"));
    const auto number = SAMSYN_TRY(in.number<std::uint8_t>("number of the share"));
    const auto threshold = SAMSYN_TRY(in.number<std::uint8_t>("threshold of the share"));
    RecoveryShare share{.organisation = organisation,
                        .generation = generation,
                        .threshold = threshold,
                        .point = {.x = number, .y = Secret<32>::from(in.rest().first<32>())}};
    wipe(content);
    if (number == 0 || number > share_points_max)
        return fail(Errc::malformed, "number of the share");
    return share;
}

Result<NewRecovery> make_recovery(const OrganisationId& organisation,
                                  std::uint32_t generation,
                                  unsigned needed,
                                  unsigned holders,
                                  Random& random) {
    if (generation == 0) return fail(Errc::invalid_argument, "generation");
    auto secret = Secret<32>::random();
    random.fill(secret.fill());
    auto points = SAMSYN_TRY(split_secret(secret, needed, holders, random));

    NewRecovery made;
    made.terms.organisation = organisation;
    made.terms.generation = generation;
    made.terms.key = key_pair_of(secret, organisation, generation).public_key();
    made.terms.threshold = static_cast<std::uint8_t>(needed);
    for (SharePoint& point : points) {
        made.shares.push_back({.organisation = organisation,
                               .generation = generation,
                               .threshold = made.terms.threshold,
                               .point = std::move(point)});
        made.terms.commitments.push_back(commitment_of(made.shares.back()));
    }
    return made;
}

Hash commitment_of(const RecoveryShare& share) {
    Writer whose;
    whose.id(share.organisation);
    whose.number(share.generation);
    whose.number(share.point.x);
    whose.number(share.threshold);
    Hash commitment;
    derive(commitment.bytes, share.point.y, Domain::recovery_share, whose.view());
    return commitment;
}

Result<void> check_share(const RecoveryShare& share, const RecoveryTerms& terms) {
    if (share.organisation != terms.organisation)
        return fail(Errc::wrong_federation, named(share, "belongs to another organisation"));
    if (share.generation != terms.generation) {
        const bool old = share.generation < terms.generation;
        return fail(old ? Errc::stale_epoch : Errc::update_needed,
                    named(share,
                          "is of generation " + std::to_string(share.generation) +
                              ", wanted is generation " + std::to_string(terms.generation)));
    }
    const std::size_t number = share.point.x;
    if (number == 0 || number > terms.commitments.size() ||
        commitment_of(share) != terms.commitments[number - 1])
        return fail(Errc::not_authentic, named(share, "is not the one that was handed out"));
    return {};
}

Result<SealingKey> open_shares(std::span<const RecoveryShare> shares, const RecoveryTerms& terms) {
    for (const RecoveryShare& share : shares) SAMSYN_TRY(check_share(share, terms));
    SAMSYN_TRY(check_doubles(shares));
    if (terms.threshold < 2 || shares.size() < terms.threshold)
        return fail(
            Errc::no_key,
            std::to_string(shares.size()) + " of " + std::to_string(terms.threshold) + " shares");
    std::vector<const SharePoint*> points;
    for (const RecoveryShare& share : shares.first(terms.threshold)) points.push_back(&share.point);
    const Secret<32> secret = SAMSYN_TRY(combine_points(points));
    SealingKey key = key_pair_of(secret, terms.organisation, terms.generation);
    if (key.public_key() != terms.key)
        return fail(Errc::not_authentic, "the shares do not make the certified key");
    return key;
}

}  // namespace samsyn
