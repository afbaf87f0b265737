#include "examples/03_joint_meeting/meeting.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace story {

using namespace std::chrono_literals;

namespace {

std::size_t count_of(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++count;
    return count;
}

}  // namespace

void JointMeeting::call() {
    chapter(3, "The team calls a joint meeting, and the mother gets a page about it");
    const json called = psychologist_->run({"--lang",
                                            "sv",
                                            "meeting",
                                            "add",
                                            case_,
                                            "Gemensamt möte",
                                            "--about",
                                            family_.child,
                                            "--kind",
                                            "joint",
                                            "--template",
                                            "own",
                                            "--place",
                                            "Nora och Lindesberg, två rum",
                                            "--starts-at",
                                            "2027-01-14 13:00",
                                            "--ends-at",
                                            "2027-01-14 14:30"});
    meeting_ = called.at("item").at("id");
    for (int round = 0; round < 2; ++round) sync_all();
    for (const Tablet* tablet : in_the_meeting())
        expect(tablet->run({"meeting", "show", meeting_}).at("meeting").at("agenda").size() > 1,
               tablet->person() + " has the agenda beforehand");
    show(counsellor_->shown({"meeting", "show", meeting_}));
    const std::string page =
        psychologist_->shown({"paper", case_, "--for", family_.mother, "--lang", "sv"});
    expect(page.find("Gemensamt möte") != std::string::npos, "the page names the meeting");
    show(page);
}

void JointMeeting::join(const Tablet& tablet) {
    connections_.push_back(std::make_unique<Background>(
        programs_.samsyn,
        std::vector<std::string>{"--data", tablet.folder().string(), "sync", "--follow"},
        folder(tablet.role() + ".follow.log")));
    (void)tablet.run({"meeting", "enter", meeting_});
}

void JointMeeting::await_all_here() const {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    const auto sees_all = [&](const Tablet* tablet) {
        const json meeting = tablet->run({"meeting", "show", meeting_}).at("meeting");
        return meeting.at("here").size() == in_the_meeting().size();
    };
    while (!std::ranges::all_of(in_the_meeting(), sees_all)) {
        expect(std::chrono::steady_clock::now() < give_up, "each sees that the others are there");
        std::this_thread::sleep_for(50ms);
    }
}

std::string JointMeeting::minutes(const Tablet& tablet) const {
    return tablet.run({"read", meeting_}).at("text");
}

void JointMeeting::add_line(const Tablet& tablet, const std::string& line) const {
    (void)tablet.run({"write", meeting_, "--append", line});
}

void JointMeeting::await(const std::vector<Tablet*>& tablets, const std::string& line) const {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    const auto arrived = [&] {
        const std::string first = minutes(*tablets.front());
        return first.find(line) != std::string::npos &&
               std::ranges::all_of(tablets,
                                   [&](const Tablet* tablet) { return minutes(*tablet) == first; });
    };
    while (!arrived()) {
        expect(std::chrono::steady_clock::now() < give_up, "all show: " + line);
        std::this_thread::sleep_for(50ms);
    }
}

void JointMeeting::write_from_two_rooms() {
    chapter(4, "Two rooms, four tablets: both write the minutes at once");
    for (const Tablet* tablet : in_the_meeting()) {
        join(*tablet);
        (void)psychologist_->run({"meeting", "let-in", meeting_, tablet->person()});
    }
    screen_.emplace(programs_.samsyn,
                    std::vector<std::string>{
                        "--data", officer_->folder().string(), "--json", "watch", "read", meeting_},
                    folder("screen"));
    tell("In Nora: " + psychologist_->person() + " and " + officer_->person() +
         ". In Lindesberg: " + counsellor_->person() + " and " + psychiatrist_->person() + ".");
    await_all_here();
    tell("Each tablet shows that the four are there; the server does not know at which meeting.");
    add_line(*psychologist_, "Närvarande: fyra av oss, i två rum.");
    await(in_the_meeting(), "i två rum");
    // Each on what they see, whatever the other has just typed.
    for (int i = 1; i <= 5; ++i) {
        const std::string number = std::to_string(i);
        std::thread nora{[&] { add_line(*psychologist_, "Nora " + number + ": hemmet."); }};
        add_line(*counsellor_, "Lindesberg " + number + ": skolan.");
        nora.join();
    }
    await(in_the_meeting(), "Nora 5");
    await(in_the_meeting(), "Lindesberg 5");
    const std::string text = minutes(*officer_);
    for (const std::string line : {": hemmet.\n", ": skolan.\n"})
        expect(count_of(text, line) == 5, "each line is there once, and whole");
    show(text);
}

void JointMeeting::drop_out() {
    chapter(5, "One tablet's battery dies; without a network she writes on, the others too");
    psychiatrist_->power_off();
    connections_.pop_back();
    (void)psychiatrist_->unlock_by_phrase();
    tell(psychiatrist_->person() +
         "'s tablet is on a charger again, opened by the phrase, and has "
         "no network. (Ten minutes there, a few seconds here.)");
    add_line(*psychiatrist_, "BUP: återbesök i februari.");
    (void)psychiatrist_->run({"commitment",
                              "add",
                              case_,
                              "--about",
                              family_.child,
                              "--what",
                              "Boka återbesök",
                              "--owner",
                              psychiatrist_->person(),
                              "--due",
                              "2027-02-01",
                              "--meeting",
                              meeting_});
    const std::vector<Tablet*> others{psychologist_, officer_, counsellor_};
    add_line(*officer_, "Socialtjänsten: tar frågan om avlastning med hem.");
    (void)counsellor_->run({"meeting",
                            "decide",
                            meeting_,
                            "Skolan börjar med halva dagar",
                            "--by",
                            counsellor_->person()});
    await(others, "avlastning");
    expect(minutes(*psychiatrist_).find("avlastning") == std::string::npos,
           "what the others wrote has not reached her");

    join(*psychiatrist_);
    await(in_the_meeting(), "återbesök i februari");
    await(in_the_meeting(), "avlastning");
    await_all_here();
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    std::string screen = await_file(folder("screen"), 20s);
    while (screen.find("återbesök i februari") == std::string::npos) {
        expect(std::chrono::steady_clock::now() < give_up, "the officer's screen follows");
        std::this_thread::sleep_for(50ms);
        screen = await_file(folder("screen"), 20s);
    }
    expect(count_of(screen, "\n") > 3, "it has grown with the text");
    expect(psychologist_->run({"conflicts"}).at("items").empty(), "there is nothing to settle");
    tell("Back in the network: the four show the same minutes, with her line and theirs.");
}

void JointMeeting::end() {
    chapter(6, "Signed minutes, who does what, and the next meeting");
    const json before = psychologist_->run({"open", meeting_});
    const std::string code = before.at("content");
    (void)psychologist_->run({"note", "sign", meeting_, "--code", code});
    (void)psychologist_->run(
        {"meeting", "next", meeting_, "--starts-at", "2027-02-11 13:00", "--template", "own"});
    for (int round = 0; round < 2; ++round) sync_all();
    for (const Tablet* tablet : in_the_meeting()) {
        const json item = tablet->run({"open", meeting_}).at("item");
        expect(item.at("locked") == true && item.at("signatures").at(0).at("standing") == "stands",
               tablet->person() + " verifies the signature");
    }
    const json refused = officer_->refused({"write", meeting_, "--text", "Något annat"});
    tell("samsyn write: " + refused.at("reason").at("en").get<std::string>() + ".");
    show(counsellor_->shown({"meeting", "show", meeting_}));
    show(psychologist_->shown({"paper", case_, "--for", family_.mother, "--lang", "sv"}));
    screen_.reset();
    connections_.clear();
}

}  // namespace story
