#pragma once

#include "core/base/codec.hpp"
#include "core/policy/statement.hpp"

namespace samsyn {

// The bodies of statements, kind by kind. Private to core/wire.

inline constexpr std::size_t pin_gaps_max = 256;
inline constexpr std::size_t custody_guardians_max = 8;

/// The fields of one body, in the order of the struct's members (docs/PROTOCOL.md).
void write_body(Writer& out, const Founding& body);
void write_body(Writer& out, const OrganisationAdmitted& body);
void write_body(Writer& out, const AdministratorCertified& body);
void write_body(Writer& out, const UnitCertified& body);
void write_body(Writer& out, const UserCertified& body);
void write_body(Writer& out, const DeviceCertified& body);
void write_body(Writer& out, const DeviceRevoked& body);
void write_body(Writer& out, const RevocationPinned& body);
void write_body(Writer& out, const UserRemoved& body);
void write_body(Writer& out, const ServerCertified& body);
void write_body(Writer& out, const DeviceLocked& body);
void write_body(Writer& out, const DeviceWiped& body);
void write_body(Writer& out, const CaseOpened& body);
void write_body(Writer& out, const CaseClosed& body);
void write_body(Writer& out, const ParticipantAdded& body);
void write_body(Writer& out, const ParticipantRemoved& body);
void write_body(Writer& out, const Custody& body);
void write_body(Writer& out, const AdultRecorded& body);
void write_body(Writer& out, const Consent& body);
void write_body(Writer& out, const Confirmation& body);
void write_body(Writer& out, const Closing& body);
void write_body(Writer& out, const Ended& body);
void write_body(Writer& out, const Unknown& body);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
template <class Body>
Result<Body> read_body(Reader& in);

template <>
Result<Founding> read_body(Reader& in);
template <>
Result<OrganisationAdmitted> read_body(Reader& in);
template <>
Result<AdministratorCertified> read_body(Reader& in);
template <>
Result<UnitCertified> read_body(Reader& in);
template <>
Result<UserCertified> read_body(Reader& in);
template <>
Result<DeviceCertified> read_body(Reader& in);
template <>
Result<DeviceRevoked> read_body(Reader& in);
template <>
Result<RevocationPinned> read_body(Reader& in);
template <>
Result<UserRemoved> read_body(Reader& in);
template <>
Result<ServerCertified> read_body(Reader& in);
template <>
Result<DeviceLocked> read_body(Reader& in);
template <>
Result<DeviceWiped> read_body(Reader& in);
template <>
Result<CaseOpened> read_body(Reader& in);
template <>
Result<CaseClosed> read_body(Reader& in);
template <>
Result<ParticipantAdded> read_body(Reader& in);
template <>
Result<ParticipantRemoved> read_body(Reader& in);
template <>
Result<Custody> read_body(Reader& in);
template <>
Result<AdultRecorded> read_body(Reader& in);
template <>
Result<Consent> read_body(Reader& in);
template <>
Result<Confirmation> read_body(Reader& in);
template <>
Result<Closing> read_body(Reader& in);
template <>
Result<Ended> read_body(Reader& in);

Bytes encode_body(const StatementBody& body);

/// A kind that is not in the table becomes `Unknown` with the bytes as they are.
/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`.
Result<StatementBody> decode_body(std::uint16_t kind, ByteView bytes);

/// Sorts the lists that a decoder wants sorted.
void normalise(StatementBody& body);

}  // namespace samsyn
