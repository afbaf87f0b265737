#include "sync-server/hub/hub.hpp"

#include "sync-server/hub/acceptance.hpp"
#include "sync-server/hub/hub_impl.hpp"
#include "sync-server/hub/restored.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {
namespace {

/// The storage's life, made when it is opened for the first time.
Result<Incarnation> incarnation_of(Storage& storage, Random& random) {
    const auto stored = SAMSYN_TRY(storage.value(incarnation_key));
    if (stored) {
        if (stored->size() != Incarnation::size) return fail(Errc::malformed, "incarnation");
        return Incarnation::from(*stored);
    }
    const auto fresh = random_id<Incarnation>(random);
    SAMSYN_TRY(storage.begin());
    auto written = storage.put_value(incarnation_key, fresh.view());
    if (written)
        written = storage.commit();
    else
        storage.rollback();
    if (!written) return std::unexpected{written.error()};
    return fresh;
}

}  // namespace

// --- The end of a group ------------------------------------------------------------------------

void Hub::Impl::count(const Answer& answer) {
    switch (answer.outcome) {
        case AnswerOutcome::stored:
            ++counted.stored;
            return;
        case AnswerOutcome::duplicate:
            ++counted.duplicates;
            return;
        case AnswerOutcome::escrowed:
            ++counted.escrowed;
            return;
        case AnswerOutcome::stale_epoch:
            ++counted.refused_by[Errc::stale_epoch];
            return;
        case AnswerOutcome::clock_off:
            ++counted.refused_by[Errc::clock_off];
            return;
        case AnswerOutcome::refused:
            ++counted.refused;
            ++counted.refused_by[answer.why];
            return;
    }
}

void Hub::Impl::release(Instant now) {
    purges.on_touched(touched, registry);
    announce_attachments(now);
    for (auto& [id, link] : links) {
        for (Answer& answer : link.uncommitted) {
            count(answer);
            link.answers.push_back(std::move(answer));
            awake.insert(id);
        }
        link.uncommitted.clear();
        const bool is_known = link.delivery || link.hand_in;
        if (is_known && link.queued_bytes() > 2 * limits.queued_bytes_max)
            close(id, link, {Errc::rate_limited, "answers are not taken"});
        if ((link.restricted || link.hand_in) && touched.contains(Channel{Stream{}}))
            awake.insert(id);
        if (link.closing || !link.delivery) continue;
        const DeviceId& device = link.delivery->device();
        link.seen = now;
        if (!registry.federation().in_good_standing(device, now)) {
            close(id, link, {Errc::revoked_device, "device"});
            continue;
        }
        if (link.delivery->is_due(now)) awake.insert(id);
        for (const Channel& channel : touched)
            if (link.delivery->on_stored(channel, registry, now)) awake.insert(id);
    }
}

/// Nothing of the group has happened: memory is made anew from what is stored, and those who took
/// part find out by losing their connection, for which they are prepared anyway.
void Hub::Impl::abandon(const Error& why) {
    ports.storage.rollback();
    access_log.rolled_back();
    notes.clear();
    arrived_attachments.clear();
    const auto reloaded = reload();
    for (auto& [id, link] : links)
        if (!reloaded || took_part.contains(id)) close(id, link, why);
}

// --- What leaves -------------------------------------------------------------------------------

CaughtUp Hub::Impl::caught_up(CaughtUp::Phase phase, Instant now) {
    CaughtUp message;
    message.phase = phase;
    message.time = now;
    message.signature = ports.signer.sign(Domain::signed_time, signed_time_part(incarnation, now));
    return message;
}

Result<std::optional<Message>> Hub::Impl::next_of_session(HubLink& link,
                                                          Round& round,
                                                          Instant now) {
    const auto deliver = [&](Delivery::Phase phase) -> Result<std::optional<Message>> {
        auto message = SAMSYN_TRY(
            link.delivery->next(phase, registry, ports.storage, limits.deliver_bytes_max, now));
        if (!message) return message;
        link.announce_everything = true;
        if (const auto row = row_of(link.delivery->device(), *message, now)) {
            round.logged = true;
            SAMSYN_TRY(log_in_round(round, *row));
        }
        return message;
    };
    // Statements before answers: who is told "stale epoch" has what to decide by.
    auto statements = SAMSYN_TRY(deliver(Delivery::Phase::statements));
    if (statements) return statements;
    if (!link.statements_announced) {
        link.statements_announced = true;
        return caught_up(CaughtUp::Phase::statements, now);
    }
    if (!link.answers.empty()) {
        Message answer = std::move(link.answers.front());
        link.answers.pop_front();
        return answer;
    }
    if (auto of_room = next_of_rooms(link, now)) return of_room;
    if (auto presence = next_of_presence(link, now)) return presence;
    auto content = SAMSYN_TRY(deliver(Delivery::Phase::everything));
    if (content) return content;
    if (!link.announce_everything) return std::nullopt;
    link.announce_everything = false;
    return caught_up(CaughtUp::Phase::everything, now);
}

Hub::Hub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Hub::~Hub() = default;

Result<std::unique_ptr<Hub>> Hub::open(Ports ports,
                                       const FederationId& federation,
                                       HubLimits limits) {
    auto registry = SAMSYN_TRY(Registry::load(ports.storage, federation, ports.hasher));
    auto log = SAMSYN_TRY(AccessLog::load(ports.storage.log(), ports.hasher));
    const Incarnation incarnation = SAMSYN_TRY(incarnation_of(ports.storage, ports.random));
    return std::unique_ptr<Hub>{new Hub{std::make_unique<Impl>(
        ports, federation, limits, incarnation, std::move(registry), std::move(log))}};
}

Result<void> Hub::begin_group() {
    SAMSYN_ASSERT(!impl_->in_group);
    if (impl_->registry_lost) SAMSYN_TRY(impl_->reload());
    SAMSYN_TRY(impl_->ports.storage.begin());
    impl_->in_group = true;
    impl_->group_failed.reset();
    impl_->took_part.clear();
    impl_->touched.clear();
    return {};
}

Result<void> Hub::end_group(Instant now) {
    Impl& impl = *impl_;
    SAMSYN_ASSERT(impl.in_group);
    impl.in_group = false;
    Result<void> committed;
    if (impl.group_failed)
        committed = std::unexpected{*impl.group_failed};
    else
        committed = impl.store_contacts();
    if (committed) committed = impl.access_log.seal();
    if (committed) committed = impl.ports.storage.commit();
    if (!committed) {
        impl.abandon(committed.error());
        return committed;
    }
    impl.access_log.committed();
    impl.contacts.clear();
    ++impl.counted.groups;
    impl.release(now);
    return {};
}

void Hub::on_open(LinkId link, const Hash& exporter, Instant) {
    const Ports& ports = impl_->ports;
    const ServerHandshake::Identity identity{impl_->federation,
                                             impl_->incarnation,
                                             ports.signer,
                                             ports.verifier,
                                             ports.random,
                                             current_statute_table().version};
    impl_->links.erase(link);
    impl_->links.try_emplace(link, identity, exporter, ++impl_->links_opened);
}

void Hub::on_message(LinkId id, ByteView message, Instant now) {
    SAMSYN_ASSERT(impl_->in_group);
    HubLink* const link = impl_->find(id);
    if (link == nullptr || link->closing || link->ending) return;
    impl_->took_part.insert(id);
    if (impl_->group_failed) return;  // the group is lost, and with it this link
    if (link->restricted)
        impl_->on_restricted_message(id, *link, message, now);
    else if (link->hand_in)
        impl_->on_hand_in_message(id, *link, message, now);
    else if (!link->delivery)
        impl_->on_handshake(id, *link, message, now);
    else
        impl_->on_session_message(id, *link, message, now);
}

void Hub::on_close(LinkId link) {
    // It was there until now; the room below tells no time, the newest group's is as good.
    if (const HubLink* const gone = impl_->find(link); gone != nullptr && gone->delivery)
        impl_->note_contact(gone->delivery->device(), gone->seen);
    impl_->links.erase(link);
    impl_->awake.erase(link);
}

Hub::Next Hub::next_message(LinkId id, Instant now) {
    return std::move(next_messages({&id, 1}, now).front());
}

std::vector<Hub::Next> Hub::next_messages(std::span<const LinkId> ids, Instant now) {
    Impl& impl = *impl_;
    SAMSYN_ASSERT(!impl.in_group);
    std::vector<Next> nexts;
    std::vector<bool> logged;
    Impl::Round round;
    for (const LinkId id : ids) {
        round.logged = false;
        nexts.push_back(impl.next_for(id, round, now));
        logged.push_back(round.logged);
    }
    const auto committed = impl.commit_round(round);
    if (committed) return nexts;
    // What has no row does not leave; who should have had it connects again and asks from there.
    for (std::size_t i = 0; i < ids.size(); ++i) {
        HubLink* const link = logged[i] ? impl.find(ids[i]) : nullptr;
        if (link == nullptr) continue;
        impl.close(ids[i], *link, committed.error());
        nexts[i] = impl.next_for(ids[i], round, now);
    }
    return nexts;
}

Hub::Next Hub::Impl::next_for(LinkId id, Round& round, Instant now) {
    HubLink* const link = find(id);
    if (link == nullptr) return {std::nullopt, true};
    // The fence for the session itself: a certificate may have ended since the last statement.
    if (link->delivery && !link->closing && !registry_lost &&
        !registry.federation().in_good_standing(link->delivery->device(), now))
        close(id, *link, {Errc::revoked_device, "device"});
    if (!link->replies.empty()) {
        Bytes reply = std::move(link->replies.front());
        link->replies.pop_front();
        return {std::move(reply), link->closing && link->replies.empty()};
    }
    if (link->closing) return {std::nullopt, true};
    if (link->restricted) {
        auto message = next_of_restricted(*link);
        return {message ? std::optional{encode_message(*message)} : std::nullopt, false};
    }
    if (link->ending && link->answers.empty()) {
        close(id, *link, *link->ending);
        return next_for(id, round, now);
    }
    if (link->hand_in) {
        auto message = next_of_hand_in(*link, now);
        return {message ? std::optional{encode_message(*message)} : std::nullopt, false};
    }
    auto message = next_of_log(*link, round, now);
    if (message && !*message) message = next_of_fleet(*link, round, now);
    if (message && !*message && link->resumed) message = next_of_session(*link, round, now);
    if (message && !*message && link->resumed) message = next_of_attachments(*link, round, now);
    if (!message) {
        close(id, *link, message.error());
        return next_for(id, round, now);
    }
    if (!*message) return {};
    return {encode_message(**message), false};
}

std::vector<LinkId> Hub::take_awake() {
    std::vector<LinkId> awake{impl_->awake.begin(), impl_->awake.end()};
    impl_->awake.clear();
    return awake;
}

bool Hub::is_authenticated(LinkId id) const {
    const HubLink* const link = impl_->find(id);
    return link != nullptr && (link->delivery || link->restricted || link->hand_in);
}

std::vector<Hub::Note> Hub::take_notes() {
    return std::exchange(impl_->notes, {});
}

}  // namespace samsyn
