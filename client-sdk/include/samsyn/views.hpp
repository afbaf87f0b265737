#pragma once

#include "core/merge/field_state.hpp"
#include "core/model/schema.hpp"
#include "core/policy/decide.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace samsyn {

// What the device library tells its host: plain values with names already looked up. A name that
// the device has no key for is empty; the host shows the id instead.

struct UserView {
    UserId id;
    std::string name;
    std::vector<UnitId> units;
    Role role{};
};

struct UnitView {
    UnitRef unit;
    std::string name;
    std::string organisation;
};

struct OrganisationView {
    OrganisationId id;
    std::string name;
};

struct DeviceView {
    DeviceId id;
    UserId user;
    DeviceKind kind{};
    std::string name;  ///< of a room screen the room's; empty where nobody has given it one
    bool revoked = false;
    Instant until{};  ///< the end of its certificate
};

struct CaseSummary {
    CaseId id;
    std::string title;
    ServiceModel model{};
    UserId lead;
    Instant opened_at;    ///< as the statement that opened it claims
    bool closed = false;  ///< or weeded
    std::size_t items = 0;
    std::size_t conflicts = 0;
};

struct PersonView {
    PersonId id;
    std::string name;
    bool adult = false;
    std::vector<PersonId> guardians;
};

/// One standing value of a field, with who wrote it and when.
struct ValueView {
    Value value;
    Version version;
    UserId writer;                      ///< of the device that wrote it; none if unknown
    std::optional<UserId> restated_by;  ///< we have it from somebody else than the writer
    bool own = false;                   ///< written on this device
    bool unsent = false;
};

struct FieldView {
    FieldNumber number{};
    const FieldInfo* info = nullptr;  ///< null for a field of a newer version
    std::vector<ValueView> values;    ///< registers: shown value first; sets: all elements
    bool conflict = false;
};

/// How a signature on an item stands.
enum class SignatureStanding : std::uint8_t {
    stands,         ///< what stands is what was signed
    changed,        ///< somebody wrote in it without having seen the signature, or against it
    incomplete,     ///< not all that was signed has come yet
    copied,         ///< of the item that this one was copied from
    not_authentic,  ///< not from whom it claims, or unreadable
};

struct SignatureView {
    UserId user;
    DeviceId device;
    Instant at;  ///< the clock as it was shown to who signed
    SignatureStanding standing{};
};

struct ItemView {
    ItemId id;
    CaseId case_id;
    CompartmentId compartment;
    Label label;
    ItemType type{};
    std::vector<FieldView> fields;
    ItemState::Presence presence{};
    bool conflict = false;
    bool unsent = false;
    std::vector<SignatureView> signatures;  ///< oldest first
    bool locked = false;                    ///< signed by somebody who wrote it: addenda only

    /// The shown text of a field, or empty: for titles and lists.
    std::string text(std::string_view field_key) const;

    /// What a list shows of it: its first text, of those that it must have if there is one.
    std::string title() const;
};

/// A piece of the text around what was found; `hit`: a word that was searched for.
struct SnippetPart {
    std::string text;
    bool hit = false;
};

/// An item in which all words were found.
struct SearchHit {
    ItemView item;
    std::vector<SnippetPart> snippet;
};

struct SearchView {
    std::vector<SearchHit> hits;  ///< newest first
    bool more = false;            ///< there are older ones than asked for
};

/// What a search across cases may go by (C-51).
enum class FoundBy : std::uint8_t { name, personal_number, case_number };

struct FoundView {
    CaseId case_id;
    std::optional<PersonId> person;  ///< none where the case was found by its number
    std::string name;
    FoundBy by{};
};

/// A compartment as a person sees it: what it is about, who reads it.
struct CompartmentView {
    CompartmentId id;
    CaseId case_id;
    Label label;
    std::size_t items = 0;
    Decision mine;                ///< may this device's user read it now
    std::vector<UserId> readers;  ///< users whose devices `decide` permits; sorted
    bool has_key = false;
    std::optional<Instant> waiting_since;  ///< permitted, waiting for a key since
};

struct ConsentView {
    StatementId id;
    CaseId case_id;
    Consent consent;
    UserId recorded_by;
    Instant recorded_at;
    bool confirmed = false;
    /// A withdrawal, refusal, block or objection stands against it, or it ended with the case.
    bool closed = false;
    bool in_force = false;
};

struct ClosingView {
    StatementId id;
    CaseId case_id;
    Closing closing;
    UserId recorded_by;
    Instant recorded_at;
};

/// Work of this device's person that the server or the policy does not take: a change of an item,
/// or a statement of ours (`id` 0, no item). It stays readable here by its author.
struct ParkedView {
    struct Text {
        std::string field;  ///< key of the schema's field; empty for one of a newer version
        std::string text;
    };

    std::uint64_t id = 0;
    CaseId case_id;
    ItemId item;
    ItemType type{};
    std::vector<Text> texts{};  ///< what was written
    Error why;
    Instant written;
    bool in_effect =
        false;  ///< a statement that denies: not accepted, and obeyed here all the same
};

/// One author closed something in more than five cases within an hour, and this device's user leads
/// one of them: they took effect, and somebody should ask why.
struct MassClosingView {
    UserId author;
    std::string author_name;
    std::size_t cases = 0;
    Instant from;
    Instant to;
};

struct StatusView {
    DeviceId device;
    UserId user;
    std::string user_name;
    FederationId federation;
    std::string server;              ///< host:port
    std::size_t unsent_changes = 0;  ///< written, not yet stored at the server
    std::size_t unsent_statements = 0;
    std::optional<Instant> unsent_since;  ///< the oldest of both
    std::vector<CompartmentView> waiting_for_key;
    std::vector<ParkedView> parked;
    std::size_t conflicts = 0;
    std::vector<MassClosingView> mass_closings;  ///< of the last seven days
    std::optional<Instant> last_synced;          ///< own clock, at the last complete sync
    std::optional<Instant> server_time;          ///< newest signed time
    /// A signed time more than a day ahead of our clock, not believed: the clock or the server is
    /// wrong, and a person has to look.
    std::optional<Instant> doubtful_server_time;
};

}  // namespace samsyn
