#pragma once

#include <samsyn/attachments.hpp>

#include <filesystem>
#include <map>
#include <memory>

namespace samsyn {

/// Files on their way from the disk into a device, a step at a time, so that the agent answers
/// others meanwhile and a person sees a bar. Memory is bounded by a step; a picture is read whole,
/// because it is cleaned first (`clean_image`). Not thread-safe.
class Attaching {
public:
    using Ticket = std::uint64_t;

    static constexpr std::size_t files_max = 8;  ///< at once: one more ends the longest untouched
    static constexpr std::uint64_t file_bytes_max = 255UL * 1024 * 1024;  ///< servers take them
    static constexpr std::size_t step_bytes = 2UL * 1024 * 1024;          ///< read by one `step`

    Attaching();
    ~Attaching();
    Attaching(const Attaching&) = delete;
    Attaching& operator=(const Attaching&) = delete;

    struct Begun {
        Ticket ticket = 0;
        std::uint64_t size = 0;  ///< of the file when it was opened, or of the cleaned picture
        std::string media_type;
        std::uint64_t stripped = 0;  ///< bytes of a picture that stay behind
    };

    /// `item`: as for `Attachments::begin`; its title is the file's name where the fields have
    /// none. Errors: also those of `FileReader` and `clean_image`; `limit_exceeded` for too large a
    /// file or picture.
    Result<Begun> begin(Device& device, const std::filesystem::path& file, NewItem item);

    struct Step {
        std::uint64_t done = 0;  ///< bytes
        std::uint64_t size = 0;
        std::optional<ItemId> item;  ///< once all of it is there
    };

    /// On an error nothing of the file is left. Errors: also `not_found` for a ticket that is none.
    Result<Step> step(Device& device, Ticket ticket);

    Result<void> drop(Device& device, Ticket ticket);

private:
    struct File;

    static Result<Step> read_on(Device& device, File& file);

    std::map<Ticket, std::unique_ptr<File>> files_;
    Ticket last_ = 0;
    std::uint64_t touches_ = 0;
};

}  // namespace samsyn
