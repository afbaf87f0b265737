#pragma once

#include "core/wire/messages.hpp"

namespace samsyn {

/// None, or a code of the table; a number that only a newer peer knows reads as `malformed`.
Result<Errc> read_why(Reader& in);

// The bodies of the messages about unlocking and orders. Private to core/wire.
namespace unlocking {

void write(Writer& out, const UnlockRegister& request);
void write(Writer& out, const UnlockRegistered& registered);
void write(Writer& out, const UnlockConfirm& confirm);
void write(Writer& out, const UnlockConfirmed& confirmed);
void write(Writer& out, const RestrictedProof& proof);
void write(Writer& out, const RestrictedAnswer& answer);
void write(Writer& out, const Order& order);
void write(Writer& out, const OrderAnswer& answer);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
template <class Body>
Result<Body> read(Reader& in);

template <>
Result<UnlockRegister> read(Reader& in);
template <>
Result<UnlockRegistered> read(Reader& in);
template <>
Result<UnlockConfirm> read(Reader& in);
template <>
Result<UnlockConfirmed> read(Reader& in);
template <>
Result<RestrictedProof> read(Reader& in);
template <>
Result<RestrictedAnswer> read(Reader& in);
template <>
Result<Order> read(Reader& in);
template <>
Result<OrderAnswer> read(Reader& in);

}  // namespace unlocking

}  // namespace samsyn
