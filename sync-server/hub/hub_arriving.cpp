// Hub: what arrives from a link.

#include "sync-server/hub/acceptance.hpp"
#include "sync-server/hub/hub_impl.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

namespace {

std::string short_context(const std::string& context) {
    return context.substr(0, hub_context_bytes_max);
}

}  // namespace

void Hub::Impl::on_handshake(LinkId id, HubLink& link, ByteView message, Instant now) {
    auto step = link.handshake.on_message(message, registry.federation(), now);
    if (step.reply) link.replies.push_back(*std::move(step.reply));
    awake.insert(id);
    if (step.failed) {
        ++counted.closed_by[step.failed->code];
        link.closing = true;
        return;
    }
    if (step.restricted) return on_restricted(id, link, *step.restricted, now);
    if (!step.authenticated) return;
    if (const auto done = on_authenticated(id, link, *step.authenticated, now); !done)
        group_failed = done.error();
}

Result<void> Hub::Impl::on_authenticated(LinkId id,
                                         HubLink& link,
                                         const ServerHandshake::Authenticated& who,
                                         Instant now) {
    if (who.hello.purpose == SessionPurpose::hand_in)
        return enter_hand_in(id, link, who.device, now);
    if (!allowances[who.device].sessions.take(limits.session_rate, now)) {
        close(id, link, {Errc::rate_limited, "sessions of one device"});
        return {};
    }
    CounterState counters = SAMSYN_TRY(ports.storage.counters(who.device));
    make_room(who.device, SessionPurpose::session);
    link.delivery.emplace(who.device);
    note_traffic(link, now);
    Welcome welcome;
    welcome.greatest_counter = counters.greatest;
    welcome.gaps = std::move(counters.gaps);
    const TreeHead tree = access_log.head();
    welcome.log_size = tree.size;
    welcome.log_root = tree.root;
    reply(id, link, welcome);
    return {};
}

/// For one more link of the device, which has just shown that it lives: whichever of the others was
/// opened first goes.
void Hub::Impl::make_room(const DeviceId& device, SessionPurpose purpose) {
    std::size_t sessions = 0;
    auto oldest = links.end();
    for (auto at = links.begin(); at != links.end(); ++at) {
        const HubLink& link = at->second;
        const DeviceId* const other = link.device_for(purpose);
        if (other == nullptr || *other != device || link.closing) continue;
        ++sessions;
        if (oldest == links.end() || link.opened < oldest->second.opened) oldest = at;
    }
    if (oldest != links.end() && sessions >= limits.links_per_device_max)
        close(oldest->first, oldest->second, {Errc::rate_limited, "sessions of one device"});
}

/// Its answers first, as for pushes; it is told to come back later.
bool Hub::Impl::within_message_rate(LinkId id, HubLink& link, const DeviceId& device, Instant now) {
    if (allowances[device].messages.take(limits.message_rate, now)) return true;
    link.ending = Error{Errc::rate_limited, "messages of one device"};
    awake.insert(id);
    return false;
}

void Hub::Impl::on_session_message(LinkId id, HubLink& link, ByteView bytes, Instant now) {
    if (!within_message_rate(id, link, link.delivery->device(), now)) return;
    const auto message = decode_message(bytes, message_bytes_max);
    if (!message) return close(id, link, message.error());
    note_traffic(link, now);
    if (const auto* const push = std::get_if<Push>(&*message)) {
        on_push(id, link, *push, now);
    } else if (const auto* const resume = std::get_if<Resume>(&*message)) {
        on_resume(id, link, *resume, now);
    } else if (const auto* const asks = std::get_if<LogProofRequest>(&*message)) {
        link.log_request = *asks;
        awake.insert(id);
    } else if (const auto* const query = std::get_if<LogQuery>(&*message)) {
        on_log_query(id, link, *query, now);
    } else if (const auto* const resend = std::get_if<Resend>(&*message)) {
        on_resend(id, link, *resend, now);
    } else if (const auto* const receipts = std::get_if<ReceiptRequest>(&*message)) {
        link.receipt_request = *receipts;
        awake.insert(id);
    } else if (const auto* const enrols = std::get_if<UnlockRegister>(&*message)) {
        on_unlock_register(id, link, *enrols, now);
    } else if (const auto* const confirms = std::get_if<UnlockConfirm>(&*message)) {
        on_unlock_confirm(id, link, *confirms, now);
    } else if (const auto* const report = std::get_if<DeviceReport>(&*message)) {
        on_report(id, link, *report, now);
    } else if (const auto* const fleet = std::get_if<FleetQuery>(&*message)) {
        on_fleet_query(id, link, *fleet, now);
    } else if (const auto* const offer = std::get_if<AttachmentOffer>(&*message)) {
        answer_attachment(id, link, take_offer(link.delivery->device(), *offer, now));
    } else if (const auto* const piece = std::get_if<AttachmentPiece>(&*message)) {
        answer_attachment(id, link, take_piece(link.delivery->device(), *piece, now));
    } else if (const auto* const wants = std::get_if<AttachmentRequest>(&*message)) {
        on_attachment_request(id, link, *wants);
    } else if (const auto* const presence = std::get_if<Presence>(&*message)) {
        on_presence(id, link, *presence, now);
    } else if (is_of_room(*message)) {
        on_room(id, link, *message, now);
    } else if (std::holds_alternative<Goodbye>(*message)) {
        end(id, link);
    } else {
        close(id, link, {Errc::unexpected_message, "after the handshake"});
    }
}

bool Hub::Impl::may_push_now(LinkId id, HubLink& link, Instant now) {
    if (link.answers.size() + link.uncommitted.size() >= limits.answers_waiting_max) {
        close(id, link, {Errc::rate_limited, "answers are not taken"});
        return false;
    }
    // A device that this group has just revoked pushes no more, what is on its way included.
    if (!registry.federation().in_good_standing(link.delivery->device(), now)) {
        close(id, link, {Errc::revoked_device, "device"});
        return false;
    }
    return true;
}

void Hub::Impl::on_push(LinkId id, HubLink& link, const Push& push, Instant now) {
    if (may_push_now(id, link, now)) take_push(id, link, link.delivery->device(), push, now);
}

void Hub::Impl::take_push(
    LinkId id, HubLink& link, const DeviceId& by, const Push& push, Instant now) {
    if (!within_rate(by, push.kind, now)) {
        // Its answers first: else it would spend what it may push on the same pushes again.
        link.ending = Error{Errc::rate_limited, "pushes of one device"};
        awake.insert(id);
        return;
    }
    const DeviceId device = by;
    const Acceptance::Ports acceptance_ports{
        ports.storage, registry, ports.signer, ports.verifier, ports.hasher};
    auto verdict = push.kind == EntryKind::reads
                       ? accept_reads(device, push.bytes, now)
                       : Acceptance{acceptance_ports, now}.accept(push.kind, push.bytes);
    if (!verdict) {
        group_failed = verdict.error();
        return;
    }
    answer_push(id, link, push.ticket, push.kind, *verdict, now);
}

void Hub::Impl::answer_push(LinkId id,
                            HubLink& link,
                            std::uint32_t ticket,
                            EntryKind kind,
                            const Verdict& verdict,
                            Instant now) {
    const bool reads = kind == EntryKind::reads;
    const DeviceId device = link.hand_in ? link.hand_in->device : link.delivery->device();
    if (!reads || verdict.outcome == AnswerOutcome::refused) {
        if (const auto logged = log_push(device, kind, verdict, now); !logged) {
            group_failed = logged.error();
            return;
        }
    }
    if (reads && verdict.outcome == AnswerOutcome::stored && !verdict.why.context.empty())
        notes.push_back({"read_chain_broken", id, verdict.why.context});
    Answer answer;
    answer.ticket = ticket;
    answer.outcome = verdict.outcome;
    answer.context = short_context(verdict.why.context);
    answer.number = verdict.number;
    if (verdict.outcome == AnswerOutcome::refused) answer.why = verdict.why.code;
    if (verdict.outcome == AnswerOutcome::clock_off ||
        verdict.outcome == AnswerOutcome::stale_epoch)
        answer.server_time = now;
    link.uncommitted.push_back(std::move(answer));
    if (verdict.closing) watch_closing(id, *verdict.closing, now);
    touched.insert(verdict.touched.begin(), verdict.touched.end());
}

/// They take effect: a no is a no. But somebody should look.
void Hub::Impl::watch_closing(LinkId id, const ClosingSaid& said, Instant now) {
    const std::size_t cases = closings.on_closing(said, now);
    if (cases == 0) return;
    notes.push_back({"mass_closing", id, std::to_string(cases) + " cases within an hour"});
}

bool Hub::Impl::within_rate(const DeviceId& device, EntryKind kind, Instant now) {
    Allowance& allowance = allowances[device];
    if (kind == EntryKind::batch) return allowance.batches.take(limits.batch_rate, now);
    if (kind == EntryKind::reads) return allowance.reads.take(limits.reads_rate, now);
    return allowance.statements.take(limits.statement_rate, now);
}

void Hub::Impl::on_resume(LinkId id, HubLink& link, const Resume& resume, Instant now) {
    link.delivery->resume(resume, registry, now);
    if (link.delivery->cursor_count() > limits.cursors_max)
        return close(id, link, {Errc::limit_exceeded, "cursors"});
    if (!resume.last) return;
    link.resumed = true;
    link.announce_everything = true;
    awake.insert(id);
}

}  // namespace samsyn
