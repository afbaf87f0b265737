#include "tests/core/text/text_world.hpp"

#include "tests/support/catch.hpp"

namespace samsyn {

namespace {

// One to four bytes each, a combining accent among them.
constexpr std::u32string_view alphabet = U"abcdefgå äö\n\u0301\u20ac\U0001F600";

}  // namespace

// Not in the order of their numbers, and with letters of both kinds.
DeviceId text_device(unsigned number) {
    DeviceId id;
    id.bytes[0] = static_cast<std::byte>(number * 97 + 13);
    id.bytes[15] = static_cast<std::byte>(number);
    return id;
}

std::u32string points_of(std::string_view utf8) {
    std::u32string points;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[at]);
        const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t point = bytes == 1 ? lead : lead & (0x7fU >> bytes);
        for (std::size_t i = 1; i < bytes; ++i)
            point = point << 6U | (static_cast<unsigned char>(utf8[at + i]) & 0x3fU);
        points.push_back(point);
        at += bytes;
    }
    return points;
}

std::string utf8_of(std::u32string_view points) {
    std::string utf8;
    const auto put = [&](char32_t value) { utf8.push_back(static_cast<char>(value)); };
    for (const char32_t point : points) {
        if (point < 0x80) {
            put(point);
        } else if (point < 0x800) {
            put(0xc0U | point >> 6U);
            put(0x80U | (point & 0x3fU));
        } else if (point < 0x10000) {
            put(0xe0U | point >> 12U);
            put(0x80U | (point >> 6U & 0x3fU));
            put(0x80U | (point & 0x3fU));
        } else {
            put(0xf0U | point >> 18U);
            put(0x80U | (point >> 12U & 0x3fU));
            put(0x80U | (point >> 6U & 0x3fU));
            put(0x80U | (point & 0x3fU));
        }
    }
    return utf8;
}

TextWorld::TextWorld(std::size_t people, std::uint64_t seed) : dice_(seed) {
    for (unsigned i = 0; i < people; ++i)
        replicas_.push_back(
            {text_device(i), TextDocument{text_device(i)}, {}, to_hex(text_device(i)), {}, {}, 0});
}

std::string TextWorld::oracle_text(std::size_t person) const {
    return utf8_of(replicas_[person].tree.text());
}

void TextWorld::type(Replica& who, std::uint32_t position, std::u32string_view letters) {
    sure(who.document.insert(position, utf8_of(letters)));
    who.screen.insert(position, letters);
    for (const char32_t letter : letters) {
        const oracle::FugueTree::Id id{who.writer, who.next++};
        told_[id] = {false, who.tree.make(position++, id, letter), {}};
        who.tree.apply(told_[id].insertion);
    }
}

void TextWorld::edit(Replica& who) {
    const std::uint32_t size = who.document.size();
    const auto position = static_cast<std::uint32_t>(dice_.below(size + 1));
    if (size == 0 || dice_.percent(65)) {
        std::u32string letters;
        for (auto i = dice_.between(1, 4); i > 0; --i)
            letters.push_back(alphabet[dice_.below(alphabet.size())]);
        if (dice_.percent(50)) return type(who, position, letters);
        for (const char32_t letter : letters) type(who, position, {&letter, 1});  // backwards
        return;
    }
    auto count = static_cast<std::uint32_t>(dice_.between(1, 5));
    count = std::min(count, size - std::min(position, size - 1));
    const std::uint32_t from = std::min(position, size - count);
    sure(who.document.erase(from, count));
    who.screen.erase(from, count);
    for (; count > 0; --count) {
        const oracle::FugueTree::Id erased = who.tree.at(from);
        told_[{who.writer, who.next++}] = {true, {}, erased};
        who.tree.erase(erased);
    }
}

void TextWorld::send(Replica& who) {
    for (TextRun& run : sure(who.document.take_runs())) {
        const Bytes bytes = encode(run);
        CHECK(sure(decode_text_run(bytes)) == run);
        runs_.push_back(std::move(run));
        for (Replica& replica : replicas_) replica.arrived.resize(runs_.size());
        who.arrived.back() = 1;
    }
}

bool TextWorld::deliver(Replica& to, std::size_t number) {
    const TextRun& run = runs_[number];
    const auto patches = to.document.apply(run);
    if (!patches) {
        INFO(to_string(patches.error()));
        REQUIRE(patches.error().code == Errc::missing_parent);
        return false;
    }
    if (to.arrived[number]++ > 0) CHECK(patches->empty());
    for (const TextPatch& patch : *patches)
        to.screen.replace(patch.position, patch.erased, points_of(patch.inserted));
    for (std::uint32_t i = 0; i < run.operations(); ++i) {
        const Told& told = told_.at({to_hex(run.writer), run.first + i});
        if (told.erases)
            to.tree.erase(told.erased);
        else
            to.tree.apply(told.insertion);
    }
    return true;
}

void TextWorld::switch_off_and_on(Replica& who) {
    const std::string before = who.document.text();
    const Bytes saved = sure(who.document.save());
    who.document = sure(TextDocument::load(saved, who.device));
    CHECK(who.document.text() == before);
    if (dice_.percent(50)) CHECK(sure(who.document.save()) == saved);
}

void TextWorld::check(Replica& who) {
    CHECK(who.document.text() == utf8_of(who.screen));
    CHECK(who.document.text() == utf8_of(who.tree.text()));
    CHECK(who.document.size() == who.screen.size());
}

void TextWorld::step() {
    Replica& who = replicas_[dice_.below(replicas_.size())];
    const auto what = dice_.below(10);
    if (what < 5)
        edit(who);
    else if (what < 7)
        send(who);
    else if (what < 9 && !runs_.empty())
        (void)deliver(who, dice_.below(runs_.size()));
    else if (what == 9 && dice_.percent(20))
        switch_off_and_on(who);
    check(who);
}

void TextWorld::settle() {
    for (Replica& who : replicas_) send(who);
    bool again = true;
    for (std::size_t round = 0; again; ++round) {
        REQUIRE(round <= runs_.size());
        again = false;
        for (Replica& who : replicas_)
            for (std::size_t run = runs_.size(); run-- > 0;)  // the newest first: the hard way
                if (who.arrived[run] == 0 && !deliver(who, run)) again = true;
    }
    for (Replica& who : replicas_) check(who);
}

}  // namespace samsyn
