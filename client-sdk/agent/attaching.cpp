#include "client-sdk/agent/attaching.hpp"

#include "client-sdk/agent/private_file.hpp"
#include "core/attachment/image_cleaning.hpp"
#include "core/base/codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t first_bytes = 64UL * 1024;  // by which a file's kind is told

bool is_titled(const NewItem& item) {
    return std::ranges::find(item.fields, "title", &FieldInput::key) != item.fields.end();
}

/// A name as it may stand in a text.
std::string title_of(const std::filesystem::path& file) {
    std::string name = file.filename().string();
    if (!is_utf8(as_bytes(name)))
        std::ranges::replace_if(
            name, [](char letter) { return static_cast<unsigned char>(letter) > 0x7e; }, '?');
    return name;
}

}  // namespace

struct Attaching::File {
    NewAttachment attachment;
    std::optional<FileReader> reader;  ///< what is read on
    Bytes waiting;                     ///< what was read before
    std::uint64_t done = 0;
    std::uint64_t size = 0;
    std::uint64_t touched = 0;  ///< in the order of begins and steps
};

Attaching::Attaching() = default;
Attaching::~Attaching() = default;

Result<Attaching::Begun> Attaching::begin(Device& device,
                                          const std::filesystem::path& path,
                                          NewItem item) {
    // Nobody goes on with it: its command was ended.
    if (files_.size() >= files_max) {
        const auto touched = [](const auto& entry) { return entry.second->touched; };
        const Ticket oldest = std::ranges::min_element(files_, {}, touched)->first;
        SAMSYN_TRY(drop(device, oldest));
    }
    const std::string name = path.filename().string();
    FileReader reader = SAMSYN_TRY(FileReader::open(path));
    Begun begun;
    begun.size = reader.size();
    if (begun.size > file_bytes_max)
        return fail(
            Errc::limit_exceeded,
            name + ": " + std::to_string(file_bytes_max / (1024UL * 1024)) + " MiB at most");
    Bytes waiting = SAMSYN_TRY(reader.read(first_bytes));
    begun.media_type = std::string{media_type_of(waiting)};
    std::optional<FileReader> rest;
    const auto beginning = clean_image(waiting);
    if (beginning && !*beginning) {
        rest = std::move(reader);
    } else {  // a picture, whole or not
        if (begun.size > image_bytes_max) return fail(Errc::limit_exceeded, name);
        const Bytes more = SAMSYN_TRY(reader.read(image_bytes_max));
        waiting.insert(waiting.end(), more.begin(), more.end());
        auto cleaned = SAMSYN_TRY(clean_image(waiting));
        if (!cleaned) return fail(Errc::malformed, name);
        begun.stripped = waiting.size() - std::min(waiting.size(), cleaned->bytes.size());
        begun.media_type = std::string{cleaned->media_type};
        waiting = std::move(cleaned->bytes);
        begun.size = waiting.size();
    }
    if (!is_titled(item)) item.fields.push_back({"title", title_of(path)});
    item.fields.push_back({"media_type", begun.media_type});
    auto attachment = SAMSYN_TRY(Attachments{device}.begin(std::move(item)));
    begun.ticket = ++last_;
    files_.emplace(
        begun.ticket,
        std::make_unique<File>(
            std::move(attachment), std::move(rest), std::move(waiting), 0, begun.size, ++touches_));
    return begun;
}

Result<Attaching::Step> Attaching::step(Device& device, Ticket ticket) {
    const auto found = files_.find(ticket);
    if (found == files_.end()) return fail(Errc::not_found, "ticket");
    found->second->touched = ++touches_;
    auto step = read_on(device, *found->second);
    if (!step) (void)Attachments{device}.drop(found->second->attachment);
    if (!step || step->item) files_.erase(found);
    return step;
}

Result<Attaching::Step> Attaching::read_on(Device& device, File& file) {
    Attachments attachments{device};
    const std::size_t taken = std::min(file.waiting.size(), step_bytes);
    SAMSYN_TRY(attachments.append(file.attachment, ByteView{file.waiting}.first(taken)));
    file.waiting.erase(file.waiting.begin(),
                       file.waiting.begin() + static_cast<std::ptrdiff_t>(taken));
    file.done += taken;
    if (file.waiting.empty() && file.reader)
        file.waiting = SAMSYN_TRY(file.reader->read(step_bytes));
    Step step{file.done, std::max(file.size, file.done), std::nullopt};
    if (file.waiting.empty()) step.item = SAMSYN_TRY(attachments.finish(file.attachment));
    return step;
}

Result<void> Attaching::drop(Device& device, Ticket ticket) {
    const auto found = files_.find(ticket);
    if (found == files_.end()) return fail(Errc::not_found, "ticket");
    const auto dropped = Attachments{device}.drop(found->second->attachment);
    files_.erase(found);
    return dropped;
}

}  // namespace samsyn
