#pragma once

#include "core/base/ports.hpp"
#include "core/policy/statement.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace samsyn {

class Device;
struct EnrolmentAnswer;

// How a new device comes in: by four short texts between the administrator's machine and the new
// device, copied, photographed or read aloud; no server is needed (docs/PROTOCOL.md, "Enrolment").
//
//     admin invite           -> INVITATION  with a commitment to the administrator's nonce
//     enrol INVITATION       -> ANSWER      the device's keys and nonce, under the secret
//     admin accept ANSWER    -> REVEAL      the administrator's nonce, after the answer is fixed
//     enrol compare REVEAL   -> six digits  over all of it; checks the commitment
//     admin accept ANSWER --code NNNNNN     certifies the device
//
// Whoever carries the texts and swaps keys must choose them before the administrator's nonce is
// known, so that the digits agree by luck only, once in a million.

/// What an administrator hands to a new device, once (DESIGN.md, "Device"). Travels as text.
struct Invitation {
    std::string server;  ///< host:port
    FederationId federation;
    SigningPublicKey root_key;
    SigningPublicKey server_key;
    UserId user;       ///< none for a room screen
    std::string name;  ///< the beginning of the person's or the room's name, for who reads it
    DeviceKind kind{};
    Instant until = instant_max;         ///< what the device's certificate will end with
    Instant expires;                     ///< of the invitation
    Nonce id;                            ///< names the invitation: used once
    Hash commitment;                     ///< to the administrator's nonce
    std::array<std::byte, 16> secret{};  ///< authenticates the answer; never goes to the server
};

inline constexpr std::size_t invitation_name_bytes_max = 96;

/// "samsyn2-invite-" and base32, with a checksum.
std::string to_text(const Invitation& invitation);

// Contexts of the errors of this page; client-sdk/agent/refusal_words.cpp has the words for each.
inline constexpr std::string_view enrolment_mistyped = "enrolment_mistyped";
inline constexpr std::string_view enrolment_other_text = "enrolment_other_text";
inline constexpr std::string_view enrolment_older_text = "enrolment_older_text";
inline constexpr std::string_view enrolment_expired = "enrolment_expired";
inline constexpr std::string_view enrolment_used = "enrolment_used";
inline constexpr std::string_view enrolment_dead = "enrolment_dead";
inline constexpr std::string_view enrolment_foreign = "enrolment_foreign";
inline constexpr std::string_view enrolment_unknown = "enrolment_unknown";
inline constexpr std::string_view enrolment_wrong_secret = "enrolment_wrong_secret";
inline constexpr std::string_view enrolment_second_answer = "enrolment_second_answer";
inline constexpr std::string_view enrolment_not_revealed = "enrolment_not_revealed";
inline constexpr std::string_view enrolment_wrong_reveal = "enrolment_wrong_reveal";
inline constexpr std::string_view enrolment_nothing_open = "enrolment_nothing_open";
inline constexpr std::string_view enrolment_no_code = "enrolment_no_code";
inline constexpr std::string_view enrolment_wrong_code_2_left = "enrolment_wrong_code_2_left";
inline constexpr std::string_view enrolment_wrong_code_1_left = "enrolment_wrong_code_1_left";

/// Errors: `malformed` with `enrolment_mistyped` or `enrolment_other_text`; `unsupported_version`
/// with `enrolment_older_text`; `limit_exceeded` for a huge text.
Result<Invitation> invitation_from_text(std::string_view text);

/// Four groups of four letters and digits by which people compare federations: 80 bits of a hash of
/// its founding and its root key. The same on every machine of the federation.
std::string federation_fingerprint(const FederationId& federation,
                                   const SigningPublicKey& root_key,
                                   const Hasher& hasher);

/// True where a typed fingerprint is this one; spaces, dashes and case do not matter.
bool is_fingerprint(std::string_view typed, std::string_view fingerprint);

/// What a new device keeps between its answer and the comparison. Holds no secret.
struct OpenComparison {
    Nonce invitation;
    Hash commitment;  ///< to the administrator's nonce
    Hash transcript;  ///< invitation, own keys and own nonce
    friend bool operator==(const OpenComparison&, const OpenComparison&) = default;
};

Bytes encode_comparison(const OpenComparison& comparison);

/// Errors: `truncated`, `trailing_bytes`.
Result<OpenComparison> decode_comparison(ByteView bytes);

struct EnrolmentReply {
    std::string answer;  ///< "samsyn2-answer-…", for the administrator
    OpenComparison comparison;
};

/// The answer of a new device to its invitation: federation, keys and a fresh nonce, under a MAC
/// with the invitation's secret.
EnrolmentReply answer_invitation(const Invitation& invitation,
                                 const SigningPublicKey& signing_key,
                                 const SealingPublicKey& sealing_key,
                                 Random& random,
                                 const Hasher& hasher);

/// The six digits that the new device shows. Errors: those of a text; `not_authentic` with
/// `enrolment_wrong_reveal` where `reveal` does not open the commitment.
Result<std::string> comparison_code(const OpenComparison& comparison,
                                    std::string_view reveal,
                                    const Hasher& hasher);

/// For whom or for which room a device is to be.
struct NewInvitation {
    UserId user{};       ///< none for a room screen
    UnitId unit{};       ///< of a room screen: whose room it is
    std::string room{};  ///< and its name
    DeviceKind kind = DeviceKind::staff_tablet;
    Instant until = instant_max;  ///< the certificate's end; a loaner has one
    std::chrono::hours valid_for{72};
};

/// What the administrator's machine knows of an invitation that was answered.
struct AnsweredInvitation {
    UserId user;  ///< none for a room screen
    std::string name;
    DeviceKind kind{};
    Instant until;
    std::string reveal{};              ///< of `reveal`
    std::optional<DeviceId> device{};  ///< of `accept`
    bool waits = false;  ///< certified, but without effect until a second person confirms
};

/// An administrator's machine letting devices in. Works offline.
///
/// Errors common to all: those of `Device`; where a text is given, those of
/// `invitation_from_text`. Not thread-safe; the device must outlive it.
class Inviting {
public:
    /// Wrong codes before an invitation is dead.
    static constexpr std::uint8_t wrong_codes_max = 3;

    explicit Inviting(Device& device) : device_(device) {}

    /// Errors: `not_found` for "user" or "unit"; `not_permitted` for another organisation's;
    /// `invalid_argument` naming "kind", "room", "until" or "validity".
    Result<Invitation> invite(const NewInvitation& wish);

    /// Takes the answer, once and for good, and only then says the nonce: durable before it
    /// returns. The same answer gives the same text again.
    ///
    /// Errors: `wrong_federation`, `not_found`, `not_authentic`, `already_exists`, `timed_out`,
    /// `revoked_device` (dead), `conflict` (another answer came first), each with its
    /// `enrolment_…`; `weak_key`.
    Result<AnsweredInvitation> reveal(std::string_view answer);

    /// Certifies the device where `code` is what it shows. A wrong code is counted durably before
    /// this returns; the third kills the invitation. What is not six digits is not counted.
    ///
    /// Errors: as `reveal`; `invalid_argument` with `enrolment_no_code`; `conflict` with
    /// `enrolment_not_revealed`; `not_authentic` for a wrong code.
    Result<AnsweredInvitation> accept(std::string_view answer, std::string_view code);

    /// Forgets the secrets of invitations that have expired, for good. Used and dead ones have none
    /// any more. A device does it in each session, when the server has said what time it is: by
    /// this machine's clock alone one that is wrong would end them all.
    Result<void> forget_expired();

    /// Of this machine's federation.
    std::string fingerprint() const;

private:
    struct Record;
    Result<Invitation> fill(const NewInvitation& wish);
    Result<Record> record_of(const EnrolmentAnswer& answer);
    Result<AnsweredInvitation> certify(const EnrolmentAnswer& answer, Record& record);

    Device& device_;
};

}  // namespace samsyn
