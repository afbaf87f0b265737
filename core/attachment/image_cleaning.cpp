#include "core/attachment/image_cleaning.hpp"

#include "core/attachment/file_kind.hpp"
#include "core/attachment/formats.hpp"

#include <string>

namespace samsyn {

namespace {

bool is_picture(FileKind kind) {
    return kind == FileKind::jpeg || kind == FileKind::png || kind == FileKind::webp ||
           kind == FileKind::gif;
}

std::string_view type_of(FileKind kind) {
    switch (kind) {
        case FileKind::jpeg:
            return "image/jpeg";
        case FileKind::png:
            return "image/png";
        case FileKind::webp:
            return "image/webp";
        case FileKind::gif:
            return "image/gif";
        case FileKind::pdf:
            return "application/pdf";
        case FileKind::text:
            return "text/plain";
        case FileKind::other:
            break;
    }
    return "application/octet-stream";
}

Result<Bytes> clean_picture(FileKind kind, ByteView file) {
    switch (kind) {
        case FileKind::jpeg:
            return clean_jpeg(file);
        case FileKind::png:
            return clean_png(file);
        case FileKind::webp:
            return clean_webp(file);
        default:
            return clean_gif(file);
    }
}

}  // namespace

Result<std::optional<CleanImage>> clean_image(ByteView file) {
    FileKind kind = kind_of(file);
    if (!is_picture(kind)) {
        const std::string_view other = other_picture(file);
        if (!other.empty())
            return fail(Errc::invalid_argument,
                        std::string{other} + " picture: save it as JPEG or PNG and attach that");
        // What is a text or a PDF to a reader is none to a viewer of pictures.
        const auto nearly = kind == FileKind::other ? nearly_picture(file) : std::nullopt;
        if (!nearly) return std::nullopt;
        kind = *nearly;
    }
    if (file.size() > image_bytes_max) return fail(Errc::limit_exceeded, "picture");
    Bytes cleaned = SAMSYN_TRY(clean_picture(kind, file));
    return CleanImage{type_of(kind), std::move(cleaned)};
}

std::string_view media_type_of(ByteView file) {
    return type_of(kind_of(file));
}

}  // namespace samsyn
