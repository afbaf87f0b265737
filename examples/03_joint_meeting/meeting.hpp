#pragma once

#include "examples/support/town.hpp"

namespace story {

/// A joint meeting of two rooms, in Nora and in Lindesberg, around four tablets, of which one drops
/// out for a while.
class JointMeeting : private Town {
public:
    using Town::Town;

    void tell_all() {
        found();
        open_case();
        call();
        write_from_two_rooms();
        drop_out();
        end();
    }

private:
    std::vector<Tablet*> in_the_meeting() const {
        return {psychologist_, officer_, counsellor_, psychiatrist_};
    }

    void call();
    void write_from_two_rooms();
    void drop_out();
    void end();

    void join(const Tablet& tablet);
    std::string minutes(const Tablet& tablet) const;
    void add_line(const Tablet& tablet, const std::string& line) const;

    /// Until all of them show the same minutes with this in them.
    /// Until each tablet shows that all are there.
    void await_all_here() const;
    void await(const std::vector<Tablet*>& tablets, const std::string& line) const;

    std::string meeting_;
    std::vector<std::unique_ptr<Background>> connections_;
    std::optional<Background> screen_;  ///< the officer's, which shows the minutes as they grow
};

}  // namespace story
