#include "sync-server/net/frame_recorder.hpp"

#include "core/base/codec.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace samsyn {

Result<std::unique_ptr<FrameRecorder>> FrameRecorder::open(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(Errc::storage_failed, "cannot open the file for frames");
    std::FILE* stream = ::fdopen(descriptor, "ab");
    if (stream == nullptr) {
        ::close(descriptor);
        return fail(Errc::storage_failed, "cannot open the file for frames");
    }
    return std::unique_ptr<FrameRecorder>{new FrameRecorder{stream}};
}

FrameRecorder::~FrameRecorder() {
    std::fclose(file_);
}

void FrameRecorder::record(LinkId link, Direction direction, ByteView message) {
    if (may_hold_secrets(message)) return;
    Writer head;
    head.number(static_cast<std::uint32_t>(1 + 8 + message.size()));
    head.number(static_cast<std::uint8_t>(direction));
    head.number(static_cast<std::uint64_t>(link));

    const std::lock_guard lock{mutex_};
    std::fwrite(head.view().data(), 1, head.size(), file_);
    std::fwrite(message.data(), 1, message.size(), file_);
    std::fflush(file_);
}

}  // namespace samsyn
