#pragma once

#include <samsyn/device.hpp>

namespace samsyn {

/// The context of the refusal to change what somebody signed.
inline constexpr std::string_view signed_note_refused = "note_is_signed";

/// The context of the refusal to do something with what is not as the person was shown it.
inline constexpr std::string_view changed_since_shown = "changed_since_shown";

/// What was signed, as it was then: its fields without the texts, and the texts.
struct SignedContent {
    UserId user;
    Instant at;
    std::vector<std::pair<FieldNumber, std::vector<Value>>> fields;
    std::vector<std::pair<FieldNumber, std::string>> texts;
};

/// Signs notes and minutes, which are locked from then on and take addenda only (DESIGN.md,
/// "Merge"). Every device verifies a signature against the device that its author was certified
/// on; how it stands is in `ItemView::signatures`.
///
/// As `Device`: errors, thread, durability. The device must outlive it.
class SignedNotes {
public:
    explicit SignedNotes(Device& device) : device_(device) {}

    /// What stands in an item, for `sign`. Errors: also `invalid_argument` for a type that is not
    /// signed.
    Result<Hash> content(const ItemId& item);

    /// Signs what `shown` names, under the clock of now. Whoever wrote in its text may; where it is
    /// signed already, everybody who may change such items.
    ///
    /// Errors: also `conflict` where what stands is not what was shown, or a conflict is to be
    /// settled first; `not_permitted` with `not_author`; `already_exists` where this user's
    /// signature stands; `limit_exceeded` where its fields are more than a signature holds.
    Result<void> sign(const ItemId& item, const Hash& shown);

    /// Adds to what is signed. Errors: also `conflict` with `not_signed` where nobody has.
    Result<void> add(const ItemId& item, std::string_view text);

    /// What the signature of that number in `ItemView::signatures` covers. Errors: also
    /// `not_found`; `not_authentic` where it does not verify; `missing_parent` where not all of it
    /// has come yet.
    Result<SignedContent> signed_content(const ItemId& item, std::size_t number);

    static constexpr std::string_view not_author = "note_of_others";
    static constexpr std::string_view not_signed = "note_not_signed";

private:
    Device& device_;
};

}  // namespace samsyn
