#pragma once

#include "sync-server/hub/hub.hpp"

#include <cstdio>
#include <filesystem>
#include <mutex>

namespace samsyn {

/// Writes every message inside TLS to a file, as it came or went: for looking for plaintext that
/// should not be there, and for debugging. The messages hold sealed content, ids, labels and times,
/// and no content that the server could read; the file is 0600 all the same.
///
/// A record: length 4 (of what follows, big-endian) · direction 1 ('<' came, '>' went) · link 8 ·
/// the message. Thread-safe. Each record reaches the kernel before the call returns, so that it
/// survives a killed process.
class FrameRecorder {
public:
    enum class Direction : char { came = '<', went = '>' };

    /// Appends to `file`. Errors: `storage_failed`.
    static Result<std::unique_ptr<FrameRecorder>> open(const std::filesystem::path& file);

    FrameRecorder(const FrameRecorder&) = delete;
    FrameRecorder& operator=(const FrameRecorder&) = delete;
    ~FrameRecorder();

    /// Leaves out what may hold a secret (`may_hold_secrets`).
    void record(LinkId link, Direction direction, ByteView message);

private:
    explicit FrameRecorder(std::FILE* file) : file_(file) {}

    std::mutex mutex_;
    std::FILE* file_;
};

}  // namespace samsyn
