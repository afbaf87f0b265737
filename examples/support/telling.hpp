#pragma once

#include <string>

namespace story {

void tell(const std::string& text);
void chapter(int number, const std::string& title);

/// What a program printed, as the person would see it.
void show(const std::string& output);

/// The story's own promises: a broken one ends it with what was expected.
void expect(bool held, const std::string& what);

}  // namespace story
