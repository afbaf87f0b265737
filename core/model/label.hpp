#pragma once

#include "core/base/codec.hpp"
#include "core/base/ports.hpp"

#include <optional>
#include <vector>

namespace samsyn {

/// The secrecy rules that a unit works under (consent-rules.md, "Label").
enum class Regime : std::uint8_t {
    health,
    social,
    school_medical,
    school_pupil_health,
    school_other,
    team,
    police,
    prosecutor,
    private_party,
    last = private_party,
};

/// A set of regimes; bit n is `Regime` n.
struct Regimes {
    std::uint16_t bits = 0;

    static constexpr std::uint16_t known = (2U << static_cast<unsigned>(Regime::last)) - 1U;

    constexpr void insert(Regime regime) {
        bits = static_cast<std::uint16_t>(bits | 1U << static_cast<unsigned>(regime));
    }

    constexpr bool contains(Regime regime) const {
        return (bits >> static_cast<unsigned>(regime) & 1U) != 0;
    }

    friend auto operator<=>(const Regimes&, const Regimes&) = default;
};

/// What an item is about. `directory` is reserved for the sealed directory of names, `emergency`
/// for the contact sheet that the own unit may open in an emergency.
enum class Category : std::uint8_t {
    attendance,
    school_adaptation,
    social,
    health,
    diagnosis,
    finances,
    housing,
    parenting,
    plan,
    meeting,
    contact,
    directory,
    emergency,
    last = emergency,
};

/// A set of categories, as in a consent's "about what". Bit n is `Category` n.
struct Categories {
    std::uint64_t bits = 0;

    static constexpr std::uint64_t known =
        (std::uint64_t{2} << static_cast<unsigned>(Category::last)) - 1;

    constexpr void insert(Category category) {
        bits |= std::uint64_t{1} << static_cast<unsigned>(category);
    }

    constexpr bool contains(Category category) const {
        return (bits >> static_cast<unsigned>(category) & 1U) != 0;
    }

    constexpr bool empty() const { return bits == 0; }

    friend auto operator<=>(const Categories&, const Categories&) = default;
};

enum class Sensitivity : std::uint8_t { low, normal, far_reaching, last = far_reaching };

/// A unit inside an organisation, the unit of secrecy.
struct UnitRef {
    OrganisationId organisation;
    UnitId unit;
    Regime regime{};

    friend auto operator<=>(const UnitRef&, const UnitRef&) = default;
};

inline constexpr std::size_t label_subjects_max = 16;

/// Decides who may read an item. Never changes: correcting one copies the item elsewhere.
/// Items of one case with the same label form a compartment.
struct Label {
    std::vector<PersonId> subjects;  ///< everybody the item is about: sorted, each once, 1 to 16
    UnitRef disclosing;              ///< whose secrecy it is
    Category category{};
    Sensitivity sensitivity{};
    std::optional<AudienceId> closed;  ///< only the users named in this audience

    friend auto operator<=>(const Label&, const Label&) = default;
};

/// The reserved case of the sealed directory: names of units and users, one compartment a unit.
/// Its labels have no subjects and category `directory`; every other label has at least one.
inline constexpr CaseId directory_case = [] {
    CaseId id;
    id.bytes.fill(std::byte{0xd1});
    return id;
}();

void encode(Writer& out, const UnitRef& unit);
Result<UnitRef> decode_unit(Reader& in);

void encode(Writer& out, const Label& label);

/// Errors: `truncated`, `limit_exceeded`, `malformed` where subjects are not sorted and distinct,
/// or are missing outside the directory.
Result<Label> decode_label(Reader& in);

/// Sorts subjects and drops doubles: what a label needs before it is used.
void normalise(Label& label);

/// The compartment of a label in a case.
CompartmentId compartment_id(const Hasher& hasher, const CaseId& case_id, const Label& label);

}  // namespace samsyn
