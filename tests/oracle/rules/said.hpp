#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oracle {

// What statements say, as this reading of docs/PROTOCOL.md ("Signed objects") finds it in their
// bytes. Nothing here is shared with the program: that is the point of it.

using Id = std::string;     ///< raw bytes
using Time = std::int64_t;  ///< milliseconds since 1970, UTC
using Bits = std::uint64_t;

inline constexpr Time hour = 3'600'000;
inline constexpr Time day = 24 * hour;
inline constexpr Time for_ever = INT64_MAX;

/// Numbers of enumerations, as far as the rules speak of them.
enum StreamNumber : int { federation, custody_stream, disclosing_stream, roster, notice };

enum RegimeNumber : int { social = 1, team = 5, police = 6, prosecutor = 7, private_party = 8 };

enum SensitivityNumber : int { low, normal, far_reaching };

enum ActionNumber : int { read, show_in_meeting, contribute, copy_to_own_record, keep_offline };

enum ClosingNumber : int { refusal, withdrawal, objection, block };

enum FormNumber : int { written, oral, electronic };

enum CategoryNumber : int { housing = 6, meeting = 9, contact = 10, emergency = 12 };

enum MarkNumber : int { secrecy_marking, protected_registration, hidden_existence };

enum ViewerNumber : int { subject_viewer, guardian_viewer, mandate_viewer, guest_viewer };

inline bool has(Bits bits, int number) {
    return (bits >> number & 1U) != 0;
}

struct Recipient {
    Id unit;
    std::optional<int> role;
    std::optional<Id> user;
    friend bool operator==(const Recipient&, const Recipient&) = default;
};

// --- The federation log ---

struct Founding {};

struct Admitted {
    Id organisation;
    Time from, until;
};

struct Administrator {
    Id organisation, user, device;
};

struct Unit {
    Id organisation, unit;
    int regime;
};

struct Member {
    Id user, organisation, unit;
    int role;
    Time from, until;
};

struct Device {
    Id device, organisation, user;
    Time until;
};

struct Revoked {
    Id device;
};

struct MemberRemoved {
    Id user, organisation;
    Time from;
};

/// A second person's word for a statement.
struct Confirmed {
    Id statement;
};

struct Lost {
    Id device;
};

struct Found {
    Id device;
    std::vector<Id> names;
};

// --- A case ---

struct Opened {
    Id unit, lead;
};

struct Closed {};

struct Participant {
    Id user, unit;
    int duty;
    Time from, until;
};

struct Removed {
    Id user, unit;
};

struct Custody {
    Id child;
    std::vector<Id> guardians;
    Time review_at, adult_at;
};

struct Adult {
    Id person;
};

struct Consent {
    Id grantor, subject, disclosing;
    Recipient recipient;
    Bits categories;
    int purpose;
    Bits actions;
    Time not_before, not_after;
    int form;
    Bits reserved;
    std::vector<Id> names;
};

struct Confirmation {
    Id consent;
    std::vector<Id> names;
};

struct Closing {
    int kind;
    Id decider, subject;
    std::optional<Id> disclosing;
    std::optional<Recipient> recipient;
    Bits categories;
};

struct Ended {
    Id statement;
};

struct Weeded {};

struct Age {
    Id child;
    int years;
};

struct Maturity {
    Id child;
    Bits categories;
    bool alone;
    Time from, until;
};

struct Suspended {
    Id child, guardian;
    std::optional<Id> instead;
    Time from, until;
};

struct Representative {
    Id adult, representative;
    Bits categories;
    Time from, until;
};

struct Prevented {
    Id child, guardian;
    bool manifestly_required;
    Time until;
};

struct InPlace {
    Id child, guardian;
    int measure;
    Id unit, decision;
    Time until;
    bool stayed;
};

struct Mandate {
    Id principal, agent;
    Bits regimes, categories;
    Time from, until;
};

struct Mark {
    Id person;
    int kind;
    std::vector<Id> users;
};

struct Audience {
    Id id;
    std::vector<Id> users;
};

struct Lock {
    Id id, unit;
    std::vector<Id> users;
};

struct Override {
    int statute;
    Id subject;
    Bits categories;
    std::optional<Id> selection;
    std::vector<Id> items;
    Recipient recipient;
    Time from, until;
    std::vector<Id> pierced;
};

struct Verdict {
    Id statement;
    bool approved;
};

struct ToInvestigation {
    int statute;
    Id subject;
    Bits categories;
    Id selection;
    Recipient recipient;
    Time until;
};

struct Guest {
    Id consent, guest;
};

struct Acknowledged {
    Id user, unit;
};

/// A kind that the rules do not read, but know.
struct Unread {};

/// A kind that is not known.
struct Unknown {};

using Body = std::variant<Founding,
                          Admitted,
                          Administrator,
                          Unit,
                          Member,
                          Device,
                          Revoked,
                          MemberRemoved,
                          Confirmed,
                          Lost,
                          Found,
                          Opened,
                          Closed,
                          Participant,
                          Removed,
                          Custody,
                          Adult,
                          Consent,
                          Confirmation,
                          Closing,
                          Ended,
                          Weeded,
                          Age,
                          Maturity,
                          Suspended,
                          Representative,
                          Prevented,
                          InPlace,
                          Mandate,
                          Mark,
                          Audience,
                          Lock,
                          Override,
                          Verdict,
                          ToInvestigation,
                          Guest,
                          Acknowledged,
                          Unread,
                          Unknown>;

/// One statement.
struct Said {
    Id id;
    int stream = 0;  ///< `StreamNumber`
    Id of_case, of_unit;
    Id author;
    std::vector<Id> previous;
    Time time = 0;
    std::uint64_t order = 0;  ///< the hybrid time, which orders
    bool restricting = false;
    int kind = 0;
    Body body = Unknown{};
};

/// Reads the signed part of a statement; none where it is not one. `id` is its hash, which whoever
/// has the bytes knows.
std::optional<Said> read_said(const Id& id, std::string_view signed_part);

}  // namespace oracle
