#include "client-sdk/agent/sync_service.hpp"

#include "client-sdk/agent/way.hpp"

#include <utility>

namespace samsyn {

namespace {

using nlohmann::json;

std::string_view name_of(AnswerOutcome outcome) {
    switch (outcome) {
        case AnswerOutcome::stored:
            return "stored";
        case AnswerOutcome::duplicate:
            return "duplicate";
        case AnswerOutcome::stale_epoch:
            return "stale_epoch";
        case AnswerOutcome::clock_off:
            return "clock_off";
        case AnswerOutcome::escrowed:
            return "escrowed";
        case AnswerOutcome::refused:
            return "refused";
    }
    return "unknown";
}

/// What no pause cures: somebody has to do something first.
bool ends_following(Errc why) {
    switch (why) {
        case Errc::revoked_device:
        case Errc::counter_reused:
        case Errc::log_forked:
        case Errc::wrong_federation:
        case Errc::unsupported_version:
        case Errc::update_needed:
        case Errc::invalid_argument:
            return true;
        default:
            return false;  // `wrong_server` too: another network may lead to the right one
    }
}

}  // namespace

SyncService::SyncService(Parts parts)
    : parts_(std::move(parts)),
      backoff_(parts_.link.random, parts_.backoff),
      reconnect_(parts_.io),
      progress_(parts_.io),
      since_(parts_.link.clock.now()) {}

SyncService::~SyncService() = default;

void SyncService::sync(Done done) {
    if (state_ == State::live && synced_) {
        done({});  // live: whatever the server has since accepted is on its way by itself
        return;
    }
    waiting_.push_back(std::move(done));
    expect_progress();
    connect();
}

void SyncService::follow() {
    following_ = true;
    connect();
}

void SyncService::stop_following() {
    following_ = false;
    reconnect_.cancel();
    if (waiting_.empty()) disconnect();
}

void SyncService::poke() {
    if (link_ && link_->poke()) synced_ = false;
}

void SyncService::connect() {
    if (link_) return;
    reconnect_.cancel();
    synced_ = false;
    enter(State::connecting);
    const std::string server = parts_.server();
    const auto way = choose_way(server);
    if (!way) return end_session(way.error());
    way_ = *way;
    Link::Listener& listener = *this;  // a private base is out of make_unique's reach
    Link::Ports ports = parts_.link;
    ports.proxy = way->proxy;
    if (handing_in_) ports.purpose = SessionPurpose::hand_in;
    link_ = std::make_unique<Link>(parts_.io, server, std::move(ports), listener, parts_.limits);
}

Result<Route> SyncService::choose_way(const std::string& server) const {
    return parts_.route ? parts_.route(server) : Route{};
}

void SyncService::disconnect() {
    link_.reset();
    synced_ = false;
    if (state_ != State::offline) enter(State::offline);
}

void SyncService::on_live() {
    if (handing_in_) return;
    backoff_.reset();
    last_error_.reset();
    failing_since_.reset();
    enter(State::live);
    expect_progress();
}

void SyncService::on_synced() {
    if (handing_in_) return end_session(*std::exchange(handing_in_, std::nullopt));
    synced_ = true;
    parts_.emit({{"event", "synced"}});
    finish({});
    if (!following_) disconnect();
}

void SyncService::on_changed() {
    parts_.emit({{"event", "changed"}});
    expect_progress();
}

void SyncService::on_answered(const ClientSession::Answered& answered) {
    json event;
    event["event"] = answered.answer.outcome == AnswerOutcome::refused ? "refused" : "answered";
    event["counter"] = answered.counter;
    event["outcome"] = name_of(answered.answer.outcome);
    if (answered.answer.outcome == AnswerOutcome::refused)
        event["error"] = parts_.describe({answered.answer.why, answered.answer.context});
    parts_.emit(event);
    expect_progress();
}

void SyncService::on_closed(const Error& why) {
    if (handing_in_) return end_session(*std::exchange(handing_in_, std::nullopt));
    if (!hand_in_after(why)) end_session(why);
}

bool SyncService::hand_in_after(const Error& why) {
    const bool turned_away = why.code == Errc::revoked_device || why.code == Errc::not_permitted;
    if (!turned_away || handed_in_) return false;
    handed_in_ = true;
    handing_in_ = why;
    link_.reset();
    connect();
    return true;
}

void SyncService::end_session(const Error& why) {
    last_error_ = why;
    if (!failing_since_) failing_since_ = parts_.link.clock.now();
    // Before the server is known it is anybody's word: no network may silence a device for good.
    const bool hearsay =
        link_ && !link_->knows_server() &&
        (why.code == Errc::wrong_federation || why.code == Errc::unsupported_version);
    disconnect();
    finish(std::unexpected{why});
    if (following_ && !hearsay && ends_following(why.code)) following_ = false;
    if (following_) wait_to_reconnect();
}

void SyncService::wait_to_reconnect() {
    reconnect_.expires_after(backoff_.next());
    reconnect_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled && following_) connect();
    });
}

/// A server that answers pings and nothing else must not hold a caller for ever.
void SyncService::expect_progress() {
    if (waiting_.empty()) return;
    progress_.expires_after(parts_.progress_max);
    progress_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled && !waiting_.empty())
            end_session({Errc::timed_out, "the server stopped answering"});
    });
}

void SyncService::finish(const Result<void>& result) {
    progress_.cancel();
    for (const Done& done : std::exchange(waiting_, {})) done(result);
}

void SyncService::enter(State state) {
    state_ = state;
    since_ = parts_.link.clock.now();
    json event = connection();
    event["event"] = "connection";
    if (event["last_error"].is_object()) event["error"] = event["last_error"];
    event.erase("last_error");
    parts_.emit(event);
}

json SyncService::connection() const {
    json object;
    object["state"] = state_ == State::offline      ? "offline"
                      : state_ == State::connecting ? "connecting"
                                                    : "live";
    object["since"] = to_iso(since_);
    object["following"] = following_;
    object["last_error"] = last_error_ ? parts_.describe(*last_error_) : json{};
    object["failing_since"] = failing_since_ ? json(to_iso(*failing_since_)) : json{};
    object["way"] = way_to_json(way_);
    return object;
}

}  // namespace samsyn
