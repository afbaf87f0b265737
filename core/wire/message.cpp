#include "core/wire/messages.hpp"

namespace samsyn {

Message::Message() = default;
Message::Message(const Message& other) = default;
Message::Message(Message&& other) noexcept = default;
Message& Message::operator=(const Message& other) = default;
Message& Message::operator=(Message&& other) noexcept = default;
Message::~Message() = default;

bool operator==(const Message& a, const Message& b) {
    return static_cast<const MessageKinds&>(a) == static_cast<const MessageKinds&>(b);
}

template <class Kind>
    requires is_one_of<Kind, MessageKinds>
Message::Message(Kind kind) : MessageKinds(std::move(kind)) {}

// Every kind, or it does not link.
template Message::Message(Hello);
template Message::Message(Challenge);
template Message::Message(Proof);
template Message::Message(Welcome);
template Message::Message(Resume);
template Message::Message(Push);
template Message::Message(Answer);
template Message::Message(Deliver);
template Message::Message(Withdrawn);
template Message::Message(CaughtUp);
template Message::Message(Goodbye);
template Message::Message(UnlockRegister);
template Message::Message(UnlockRegistered);
template Message::Message(UnlockConfirm);
template Message::Message(UnlockConfirmed);
template Message::Message(RestrictedProof);
template Message::Message(RestrictedAnswer);
template Message::Message(Order);
template Message::Message(OrderAnswer);
template Message::Message(RoomCall);
template Message::Message(RoomHello);
template Message::Message(RoomKey);
template Message::Message(RoomFrame);
template Message::Message(RoomTick);
template Message::Message(RoomRefused);
template Message::Message(LogProofRequest);
template Message::Message(LogProof);
template Message::Message(LogQuery);
template Message::Message(LogRows);
template Message::Message(DeviceReport);
template Message::Message(FleetQuery);
template Message::Message(FleetRows);
template Message::Message(ReceiptRequest);
template Message::Message(Receipts);
template Message::Message(Resend);
template Message::Message(AttachmentOffer);
template Message::Message(AttachmentState);
template Message::Message(AttachmentPiece);
template Message::Message(AttachmentRequest);
template Message::Message(Presence);

}  // namespace samsyn
