#pragma once

#include "core/consultation/identity.hpp"
#include "core/consultation/words.hpp"

#include <optional>

namespace samsyn {

// The parts of `find_identity`; each adds what it finds, in the order of the text.

void find_names(std::string_view text,
                std::span<const TextWord> words,
                std::vector<IdentityFinding>& findings);

/// Personal and coordination numbers, birth dates and telephone numbers.
void find_numbers(std::string_view text,
                  std::span<const TextWord> words,
                  std::vector<IdentityFinding>& findings);

/// E-mail addresses, streets with a number, postcodes with a town.
void find_addresses(std::string_view text,
                    std::span<const TextWord> words,
                    std::vector<IdentityFinding>& findings);

/// At most one: the first named school, class and age of the text.
std::optional<IdentityFinding> find_school_class_age(std::string_view text,
                                                     std::span<const TextWord> words);

IdentityFinding finding_of(std::string_view text,
                           IdentityKind kind,
                           std::size_t begin,
                           std::size_t end);

}  // namespace samsyn
