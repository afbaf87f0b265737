#pragma once

#include "sync-server/hub/hub.hpp"
#include "sync-server/hub/link.hpp"

namespace samsyn {

inline constexpr std::size_t hub_context_bytes_max = 200;

/// What the hub is made of: shared by `hub.cpp` and `hub_restricted.cpp`.
struct Hub::Impl {
    Impl(Ports given_ports,
         const FederationId& id,
         HubLimits given_limits,
         const Incarnation& life,
         Registry loaded)
        : ports(given_ports),
          federation(id),
          limits(given_limits),
          incarnation(life),
          registry(std::move(loaded)) {}

    Ports ports;
    FederationId federation;
    HubLimits limits;
    Incarnation incarnation;
    Registry registry;
    std::map<LinkId, HubLink> links;
    std::set<LinkId> awake;
    std::map<DeviceId, Allowance> allowances;
    Hub::Counts counted;
    std::uint64_t links_opened = 0;

    // The group that is open.
    bool in_group = false;
    std::optional<Error> group_failed;
    std::set<LinkId> took_part;
    std::set<Channel> touched;
    std::vector<Hub::Note> notes;
    bool registry_lost = false;  ///< it could not be loaded again after a failed group

    HubLink* find(LinkId id) {
        const auto found = links.find(id);
        return found == links.end() ? nullptr : &found->second;
    }

    void reply(LinkId id, HubLink& link, const Message& message) {
        link.replies.push_back(encode_message(message));
        awake.insert(id);
    }

    void close(LinkId id, HubLink& link, const Error& why) {
        if (link.closing) return;
        link.replies.clear();
        link.answers.clear();
        link.uncommitted.clear();
        link.closing = true;
        reply(id, link, Goodbye{why.code, why.context.substr(0, hub_context_bytes_max)});
    }

    Result<void> reload() {
        auto loaded = Registry::load(ports.storage, federation, ports.hasher);
        registry_lost = !loaded.has_value();
        if (!loaded) return std::unexpected{loaded.error()};
        registry = *std::move(loaded);
        return {};
    }

    void on_handshake(LinkId id, HubLink& link, ByteView message, Instant now);
    Result<void> on_authenticated(LinkId id,
                                  HubLink& link,
                                  const ServerHandshake::Authenticated& who,
                                  Instant now);
    void close_oldest_session(const DeviceId& device);
    void close_oldest_restricted(const DeviceId& device);
    void on_session_message(LinkId id, HubLink& link, ByteView message, Instant now);
    void on_push(LinkId id, HubLink& link, const Push& push, Instant now);
    void on_resume(LinkId id, HubLink& link, const Resume& resume, Instant now);
    bool within_rate(const DeviceId& device, EntryKind kind, Instant now);

    // Unlocking and orders: hub_restricted.cpp. The storage's errors fail the group.
    void on_unlock_register(LinkId id, HubLink& link, const UnlockRegister& request, Instant now);
    void on_unlock_confirm(LinkId id, HubLink& link, const UnlockConfirm& request, Instant now);
    void on_restricted(LinkId id,
                       HubLink& link,
                       const ServerHandshake::Restricted& offered,
                       Instant now);
    Result<void> enter_restricted(LinkId id,
                                  HubLink& link,
                                  const ServerHandshake::Restricted& offered,
                                  Instant now);
    void on_restricted_message(LinkId id, HubLink& link, ByteView message, Instant now);
    void on_order_answer(LinkId id, HubLink& link, const OrderAnswer& answer, Instant now);

    // A revoked device: hub_hand_in.cpp.
    Result<void> enter_hand_in(LinkId id, HubLink& link, const DeviceId& device, Instant now);
    void on_hand_in_message(LinkId id, HubLink& link, ByteView message, Instant now);
    std::optional<Message> next_of_hand_in(HubLink& link);
    void take_push(LinkId id, HubLink& link, const DeviceId& by, const Push& push, Instant now);
    std::optional<Message> next_of_restricted(HubLink& link);
    std::optional<Message> next_order(HubLink::Restricted& restricted);

    void release(Instant now);
    void abandon(const Error& why);

    Result<std::optional<Message>> next_of_session(HubLink& link, Instant now);
    CaughtUp caught_up(CaughtUp::Phase phase, Instant now);
};

}  // namespace samsyn
