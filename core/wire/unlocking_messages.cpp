#include "core/wire/unlocking_messages.hpp"

#include "core/wire/lists.hpp"

namespace samsyn {

Result<Errc> read_why(Reader& in) {
    const auto number = SAMSYN_TRY(in.number<std::uint16_t>("error code"));
    return number == 0 ? Errc{} : errc_from_wire(number);
}

namespace unlocking {

namespace {

template <class Tag>
void write_secret(Writer& out, const std::optional<SecretBytes<Tag>>& secret) {
    out.boolean(secret.has_value());
    if (secret) out.raw(secret->view());
}

template <class Tag>
Result<SecretBytes<Tag>> read_secret(Reader& in, std::string_view what) {
    constexpr std::size_t size = SecretBytes<Tag>::size;
    const ByteView bytes = SAMSYN_TRY(in.raw(size, what));
    return SecretBytes<Tag>::from(bytes.first<size>());
}

template <class Tag>
Result<void> read_secret(Reader& in,
                         std::optional<SecretBytes<Tag>>& secret,
                         std::string_view what) {
    if (SAMSYN_TRY(in.boolean(what))) secret = SAMSYN_TRY(read_secret<Tag>(in, what));
    return {};
}

}  // namespace

void write(Writer& out, const UnlockRegister& request) {
    out.id(request.token);
    write_secret(out, request.verifier);
}

template <>
Result<UnlockRegister> read(Reader& in) {
    UnlockRegister request;
    request.token = SAMSYN_TRY(in.id<UnlockToken>("unlock token"));
    SAMSYN_TRY(read_secret(in, request.verifier, "verifier"));
    if (request.token.is_none()) return fail(Errc::malformed, "unlock token");
    return request;
}

void write(Writer& out, const UnlockRegistered& registered) {
    out.enumerator(registered.refused);
    write_secret(out, registered.secret);
}

template <>
Result<UnlockRegistered> read(Reader& in) {
    UnlockRegistered registered;
    registered.refused = SAMSYN_TRY(read_why(in));
    SAMSYN_TRY(read_secret(in, registered.secret, "secret"));
    if (registered.secret && registered.refused != Errc{}) return fail(Errc::malformed, "refused");
    return registered;
}

void write(Writer& out, const UnlockConfirm& confirm) {
    out.raw(confirm.verifier.view());
}

template <>
Result<UnlockConfirm> read(Reader& in) {
    return UnlockConfirm{SAMSYN_TRY(read_secret<PinVerifierTag>(in, "verifier"))};
}

void write(Writer& out, const UnlockConfirmed& confirmed) {
    out.enumerator(confirmed.refused);
}

template <>
Result<UnlockConfirmed> read(Reader& in) {
    return UnlockConfirmed{SAMSYN_TRY(read_why(in))};
}

void write(Writer& out, const RestrictedProof& proof) {
    out.id(proof.token);
    write_optional_id(out, proof.pin_proof);
}

template <>
Result<RestrictedProof> read(Reader& in) {
    RestrictedProof proof;
    proof.token = SAMSYN_TRY(in.id<UnlockToken>("unlock token"));
    proof.pin_proof = SAMSYN_TRY(read_optional_id<Hash>(in, "proof of the PIN"));
    return proof;
}

void write(Writer& out, const RestrictedAnswer& answer) {
    out.enumerator(answer.outcome);
    out.number(answer.tries_left);
    write_secret(out, answer.secret);
}

template <>
Result<RestrictedAnswer> read(Reader& in) {
    RestrictedAnswer answer;
    answer.outcome = SAMSYN_TRY(in.enumerator(RestrictedOutcome::last, "outcome"));
    answer.tries_left = SAMSYN_TRY(in.number<std::uint8_t>("tries left"));
    SAMSYN_TRY(read_secret(in, answer.secret, "secret"));
    const bool gives = answer.outcome == RestrictedOutcome::secret;
    if (answer.secret.has_value() != gives) return fail(Errc::malformed, "secret");
    if (answer.tries_left != 0 && answer.outcome != RestrictedOutcome::wrong)
        return fail(Errc::malformed, "tries left");
    return answer;
}

void write(Writer& out, const Order& order) {
    out.blob(order.statement);
    out.list(order.chain, [&](const Bytes& statement) { out.blob(statement); });
}

template <>
Result<Order> read(Reader& in) {
    Order order;
    order.statement = to_bytes(SAMSYN_TRY(in.blob(statement_bytes_max, "order")));
    const auto count = SAMSYN_TRY(in.count(order_chain_max, "chain"));
    for (std::size_t i = 0; i < count; ++i)
        order.chain.push_back(to_bytes(SAMSYN_TRY(in.blob(statement_bytes_max, "chain"))));
    return order;
}

void write(Writer& out, const OrderAnswer& answer) {
    out.id(answer.order);
    out.enumerator(answer.outcome);
}

template <>
Result<OrderAnswer> read(Reader& in) {
    OrderAnswer answer;
    answer.order = SAMSYN_TRY(in.id<StatementId>("order"));
    answer.outcome = SAMSYN_TRY(in.enumerator(OrderOutcome::last, "outcome"));
    return answer;
}

}  // namespace unlocking

}  // namespace samsyn
