#pragma once

#include "client-sdk/agent/operations_call.hpp"

#include <initializer_list>

namespace samsyn {

// What the operations on items of all types share.

/// The item that the argument `item` names.
Result<ItemId> item_of(Call& call);

/// The item as it now is, and who reads it: what its author sees at once.
Result<nlohmann::json> written_item(Call& call, const ItemId& id);

/// A new item of a type whose fields are arguments of the operation too.
Result<NewItem> item_of_type(Call& call,
                             ItemType type,
                             std::initializer_list<std::string_view> arguments);

/// Adds an item of a type whose fields are arguments of the operation too.
Result<nlohmann::json> add_of_type(Call& call,
                                   ItemType type,
                                   std::initializer_list<std::string_view> arguments);

}  // namespace samsyn
