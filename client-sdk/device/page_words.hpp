#pragma once

#include "core/room/onlooker.hpp"
#include "core/room/page.hpp"

#include <samsyn/device.hpp>
#include <samsyn/showing.hpp>

#include <map>

namespace samsyn {

/// Items as the screen of a meeting words them. What a field refers to is called by name only where
/// that name may be shown to the same people; else the field is left out, as if it were empty.
class PageWords {
public:
    /// `items`: all that the presenter can read; `view`: what everybody may see of them.
    PageWords(const std::vector<ItemView>& items,
              const View& view,
              const std::vector<UserView>& users,
              const std::vector<UnitView>& units,
              PageLanguage language);

    PageItem words_of(const ItemView& item) const;

    /// "Mål: Gå till skolan": one line for a list.
    std::string title_of(const ItemView& item) const;

private:
    std::string_view say(const Words& words) const;
    std::string value_of(const FieldInfo& info, const Value& value) const;
    std::string name_of(const FieldInfo& info, const ReferenceId& id) const;
    std::string line_of(const FieldView& field) const;

    PageLanguage language_;
    std::map<ReferenceId, std::string> names_;  ///< of persons, users, units and items
};

}  // namespace samsyn
