// ClientSession: attached files, when all else is quiet; one each way at a time, and never the same
// one both ways: the server's answers name the place alone.

#include "core/sync/client_session.hpp"

#include <algorithm>

namespace samsyn {

Result<void> ClientSession::serve_attachments(Instant now) {
    const bool quiet = caught_up_ && drained_ && unanswered_.empty() && phase_ == Phase::live;
    const bool idle = hands_in() || attachments_done_ || !quiet;
    if (idle || ports_.ledger.attachment_keeper() == nullptr) return {};
    if (!upload_) SAMSYN_TRY(begin_upload());
    if (!download_) SAMSYN_TRY(begin_download(now));
    attachments_done_ = !upload_ && !download_;
    return {};
}

Result<void> ClientSession::begin_upload() {
    const auto offer = SAMSYN_TRY(ports_.ledger.attachment_keeper()->wanted_upload(incarnation_));
    if (!offer || (download_ && download_->wanted.place == offer->place)) return {};
    upload_ = Upload{*offer};
    announced_ = false;
    send(*offer);
    return {};
}

Result<void> ClientSession::begin_download(Instant now) {
    const auto busy = upload_ ? std::optional{upload_->offer.place} : std::nullopt;
    const auto wanted = SAMSYN_TRY(ports_.ledger.attachment_keeper()->wanted_download(busy));
    if (!wanted) return {};
    download_ = Download{*wanted};
    announced_ = false;
    request_pieces(now);
    return {};
}

void ClientSession::request_pieces(Instant now) {
    const std::uint64_t rest = download_->wanted.size - download_->wanted.have;
    const auto bytes =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(rest, download_pace_.bytes()));
    download_->until = download_->wanted.have + bytes;
    download_->asked = now;
    send(AttachmentRequest{download_->wanted.place, download_->wanted.have, bytes});
}

/// What is about neither is about something that is wanted no more, or that has come to the server
/// since it was asked for.
Result<void> ClientSession::handle(const AttachmentState& state, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (ports_.ledger.attachment_keeper() == nullptr)
        return fail(Errc::unexpected_message, "attachment");
    if (upload_ && upload_->offer.place == state.place) {
        SAMSYN_TRY(go_on_with_upload(state, now));
    } else if (download_ && download_->wanted.place == state.place) {
        const bool there = state.refused == Errc{} && state.whole;
        if (there && state.have > download_->wanted.have) return {};  // its pieces are on their way
        download_.reset();
        // Shorter than its item says, or not given.
        const Errc why = there                     ? Errc::not_authentic
                         : state.refused == Errc{} ? Errc::not_found
                                                   : state.refused;
        SAMSYN_TRY(ports_.ledger.attachment_keeper()->on_unavailable(state.place, why));
    } else if (state.refused == Errc{} && state.whole) {
        SAMSYN_TRY(ports_.ledger.attachment_keeper()->on_available(state.place));
        attachments_done_ = false;
    }
    return after_change(now);
}

Result<void> ClientSession::go_on_with_upload(const AttachmentState& state, Instant now) {
    Upload& upload = *upload_;
    if (state.refused != Errc{} || state.whole) {
        upload_.reset();
        return ports_.ledger.attachment_keeper()->on_uploaded(
            state.place, state.refused, incarnation_);
    }
    if (state.have >= upload.offer.size)
        return fail(Errc::unexpected_message, "bytes held of an attachment");
    outputs_.emplace_back(Progressed{});
    // It goes on where the server is, also where that has lost some.
    if (state.have > upload.sent || state.have < upload.have) {
        upload.sent = state.have;
        upload.mark.reset();
    }
    upload.have = state.have;
    if (upload.mark && state.have >= upload.mark->first) {
        upload_pace_.on_arrived(now - upload.mark->second);
        upload.mark.reset();
    }
    return send_pieces(now);
}

Result<void> ClientSession::send_pieces(Instant now) {
    Upload& upload = *upload_;
    const std::size_t window = upload_pace_.bytes();
    const std::size_t piece_max =
        std::clamp(window / 2, attachment_piece_bytes_min, attachment_piece_bytes_max);
    while (upload.sent < upload.offer.size && upload.sent - upload.have < window) {
        AttachmentPiece piece{upload.offer.place, upload.sent, {}};
        piece.bytes = SAMSYN_TRY(
            ports_.ledger.attachment_keeper()->piece(piece.place, piece.offset, piece_max));
        if (piece.bytes.empty()) {  // purged meanwhile
            upload_.reset();
            return {};
        }
        upload.sent += piece.bytes.size();
        send(std::move(piece));
    }
    if (!upload.mark) upload.mark = std::pair{upload.sent, now};
    return {};
}

Result<void> ClientSession::handle(const AttachmentPiece& piece, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (!download_ || download_->wanted.place != piece.place) return {};
    AttachmentKeeper::Wanted& wanted = download_->wanted;
    // Of an earlier request, for a file that was given up and is wanted again.
    if (piece.offset != wanted.have || piece.bytes.size() > download_->until - wanted.have)
        return {};
    outputs_.emplace_back(Progressed{});
    if (!SAMSYN_TRY(ports_.ledger.attachment_keeper()->on_piece(piece))) {
        download_.reset();
        return after_change(now);
    }
    wanted.have += piece.bytes.size();
    if (wanted.have == wanted.size) {
        download_.reset();
        outputs_.emplace_back(Changed{});
        return after_change(now);
    }
    if (wanted.have < download_->until) return {};
    download_pace_.on_arrived(now - download_->asked);
    request_pieces(now);
    return {};
}

}  // namespace samsyn
