#include "examples/03_joint_meeting/meeting.hpp"

#include <cstdio>
#include <exception>

// Usage: story_joint_meeting --bin BUILD_FOLDER

int main(int argc, char** argv) {
    if (argc != 3 || std::string_view{argv[1]} != "--bin") {
        std::fprintf(stderr, "usage: story_joint_meeting --bin BUILD_FOLDER\n");
        return 2;
    }
    const std::filesystem::path bin{argv[2]};
    std::printf("An invented family. Every step runs the real programs.\n");
    try {
        story::JointMeeting{{bin / "client-sdk" / "samsyn", bin / "sync-server" / "samsyn-server"},
                            7}
            .tell_all();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "\nThe meeting went wrong: %s\n", error.what());
        return 1;
    }
    std::printf("\nThe meeting is over: six chapters, all as promised.\n");
    return 0;
}
