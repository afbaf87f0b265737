#pragma once

#include "examples/support/town.hpp"

namespace story {

/// One day with Samsyn, told step by step.
class Day : private Town {
public:
    using Town::Town;

    void tell_all() {
        found();
        open_case();
        home_visit();
        settle();
        withdraw();
        kill_server();
        search_server();
    }

private:
    void home_visit();
    void lock_and_unlock();
    void settle();
    void withdraw();
    void kill_server();
    void search_server();

    std::string goal_;
};

}  // namespace story
