#pragma once

#include "client-sdk/agent/operations_call.hpp"

#include <initializer_list>

namespace samsyn {

// What the operations on items of all types share.

/// The context of the refusal to close a case in which something is open that nobody holds.
inline constexpr std::string_view follow_ups_without_holder = "follow_ups_without_holder";

/// The context of the refusal to open a case that is not closed.
inline constexpr std::string_view case_is_open = "case_is_open";

/// The item that the argument `item` names.
Result<ItemId> item_of(Call& call);

/// The item as it now is, and who reads it: what its author sees at once.
Result<nlohmann::json> written_item(Call& call, const ItemId& id);

/// The label's part of a new item, which every `….add` takes: case, about, category, sensitivity,
/// unit, closed.
Result<NewItem> labelled_item(Call& call);

/// The rest of a label, where it is given: category, sensitivity, unit, closed.
Result<void> read_label(Call& call, NewItem& item);

/// A new item as every `….add` takes it, with these arguments as fields.
Result<NewItem> new_item_of(Call& call,
                            ItemType type,
                            std::initializer_list<std::string_view> arguments);

/// Adds an item of a type whose fields are arguments of the operation too.
Result<nlohmann::json> add_of_type(Call& call,
                                   ItemType type,
                                   std::initializer_list<std::string_view> arguments);

}  // namespace samsyn
