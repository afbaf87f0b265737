#pragma once

#include "client-sdk/agent/hex_id.hpp"

#include <samsyn/device.hpp>

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// Something that a name or a beginning of an id may mean.
struct Candidate {
    std::string id;  ///< hex
    std::string name;
    std::string other_name;  ///< a longer name that is accepted too, as "Nora/Skolan"
};

/// Finds what people mean by a name or the beginning of an id, and what ids are called. Reads the
/// device anew for every request; must not outlive it.
///
/// A text means what it is the whole id of; else what has that name (ASCII and Å Ä Ö in any case)
/// or an id that begins with it (at least four hex digits). Errors: `not_found`; `ambiguous`, and
/// then `candidates` lists them. The context is the argument's name.
class Directory {
public:
    explicit Directory(Device& device) : device_(device) {}

    Result<UserId> user(std::string_view argument, std::string_view text);
    Result<UnitId> unit(std::string_view argument, std::string_view text);
    Result<OrganisationId> organisation(std::string_view argument, std::string_view text);
    Result<DeviceId> device(std::string_view argument, std::string_view text);
    Result<CaseId> case_id(std::string_view argument, std::string_view text);
    Result<PersonId> person(const CaseId& case_id,
                            std::string_view argument,
                            std::string_view text);

    /// A statement of the case, by the beginning of its id.
    Result<StatementId> statement(const CaseId& case_id,
                                  std::string_view argument,
                                  std::string_view text);

    /// A readable item of any case.
    Result<ItemId> item(std::string_view argument, std::string_view text);

    /// The id that the text means among these.
    Result<std::string> pick(std::string_view argument,
                             std::string_view text,
                             std::vector<Candidate> from);

    const std::vector<Candidate>& candidates() const { return candidates_; }

    /// The answer of this request will show content of the item. Whatever turns content into an
    /// answer calls this: `Operations::run` logs it before the answer leaves.
    void note_shown(const CaseId& case_id, const ItemId& item) { shown_[case_id].push_back(item); }

    const std::map<CaseId, std::vector<ItemId>>& shown() const { return shown_; }

    /// `{"id": hex, "name": …}`; a unit also names its organisation. Empty names where the device
    /// does not know one.
    nlohmann::json describe(const UserId& id);
    nlohmann::json describe(const UnitId& id);
    nlohmann::json describe(const OrganisationId& id);
    nlohmann::json describe(const CaseId& id);
    nlohmann::json describe(const CaseId& case_id, const PersonId& id);

    /// The user's own units, and the user.
    UserId me() const;
    std::vector<UnitId> my_units();

    const std::vector<UserView>& users();
    const std::vector<UnitView>& units();

private:
    const std::vector<PersonView>& persons(const CaseId& case_id);
    const std::vector<CaseSummary>& cases();

    Device& device_;
    std::vector<Candidate> candidates_;
    std::map<CaseId, std::vector<ItemId>> shown_;
    std::optional<std::vector<UserView>> users_;
    std::optional<std::vector<UnitView>> units_;
    std::optional<std::vector<CaseSummary>> cases_;
    std::map<CaseId, std::vector<PersonView>> persons_;
};

/// What `pick` has found, as an id.
template <class IdType>
IdType known_id(std::string_view hex) {
    return id_from_hex<IdType>(hex).value();
}

}  // namespace samsyn
