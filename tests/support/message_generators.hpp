#pragma once

#include "core/wire/messages.hpp"
#include "tests/support/generators.hpp"

namespace samsyn::gen {

rc::Gen<Channel> channel();
rc::Gen<Deliver> deliver();
rc::Gen<Answer> answer();
rc::Gen<Resume> resume();
rc::Gen<Message> unlocking_message();
rc::Gen<SignedCheckpoint> checkpoint();
rc::Gen<LogRows> log_rows();
rc::Gen<Message> log_message();
rc::Gen<Message> session_message();
rc::Gen<Message> room_message();
rc::Gen<Message> message();

}  // namespace samsyn::gen
