#include "client-sdk/cli/new_secrets.hpp"

#include "client-sdk/agent/agent_client.hpp"
#include "crypto/vault/pin.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace samsyn {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// Dots on the terminal while a secret is stretched, so that nobody thinks that it hangs.
class VisibleWait {
public:
    VisibleWait(const Session& session, const std::string& text)
        : visible_(!session.json && ::isatty(STDERR_FILENO) == 1) {
        if (!visible_) return;
        write(text);
        thread_ = std::jthread([this](const std::stop_token& stop) {
            std::unique_lock lock{mutex_};
            while (!stop.stop_requested()) {
                if (ended_.wait_for(lock, stop, 200ms, [&] { return false; })) break;
                if (!stop.stop_requested()) write(".");
            }
        });
    }

    ~VisibleWait() {
        if (!visible_) return;
        thread_.request_stop();
        thread_.join();
        write("\r\x1b[K");
    }

    VisibleWait(const VisibleWait&) = delete;
    VisibleWait& operator=(const VisibleWait&) = delete;

private:
    static void write(std::string_view text) {
        (void)!::write(STDERR_FILENO, text.data(), text.size());  // only decoration
    }

    bool visible_;
    std::mutex mutex_;
    std::condition_variable_any ended_;
    std::jthread thread_;
};

std::array<std::string, phrase_words> words_of(const Phrase& phrase) {
    std::array<std::string, phrase_words> words;
    std::string text = phrase.text();
    std::size_t at = 0;
    for (const char c : text)
        if (c == ' ')
            ++at;
        else
            words.at(at).push_back(c);
    wipe_text(text);
    return words;
}

Result<void> ask_for_word(const Session& session, std::size_t number, const std::string& word) {
    constexpr int tries = 3;
    const std::string prompt = session.say("Word ", "Ord ") + std::to_string(number) + ": ";
    for (int i = 0; i < tries; ++i) {
        const SecretText typed = SAMSYN_TRY(ask_secret(prompt, TypedAs::phrase));
        if (complete_word(typed.view()) == word) return {};
    }
    return fail(Errc::invalid_argument, "the phrase was not written down; nothing was made");
}

}  // namespace

void add_secret_options(Command& command) {
    command.number("--pin-fd", "pin_fd", "Read the PIN from this descriptor, one line")
        .flag("--show-phrase", "show_phrase", "Print the phrase and go on without asking for it");
}

Result<SecretText> choose_pin(const Session& session, const json& args) {
    if (args.contains("pin_fd")) {
        SecretText pin = SAMSYN_TRY(read_secret(args["pin_fd"].get<int>()));
        SAMSYN_TRY(check_new_pin(pin.view()));
        return pin;
    }
    SecretText pin = SAMSYN_TRY(ask_secret(
        session.say("Choose a PIN (6 to 12 digits): ", "Välj en PIN (6 till 12 siffror): "),
        TypedAs::pin));
    SAMSYN_TRY(check_new_pin(pin.view()));
    const SecretText again =
        SAMSYN_TRY(ask_secret(session.say("Once more: ", "En gång till: "), TypedAs::pin));
    if (pin.view() != again.view()) return fail(Errc::invalid_argument, "the two PINs differ");
    return pin;
}

Result<void> confirm_phrase(const Session& session, const Phrase& phrase) {
    auto words = words_of(phrase);
    std::string shown = session.say(
        "\nThis phrase opens the device without a network. It is shown once. Write it down and "
        "keep the paper apart from the device:\n\n",
        "\nFrasen öppnar enheten utan nät. Den visas en gång. Skriv ner den och förvara papperet "
        "skilt från enheten:\n\n");
    for (std::size_t i = 0; i < words.size(); ++i)
        shown.append("    ")
            .append(std::to_string(i + 1))
            .append("  ")
            .append(words[i])
            .append("\n");
    shown.append("\n");
    print(shown);
    std::fflush(stdout);
    wipe_text(shown);
    const auto done = [&]() -> Result<void> {
        for (const std::size_t number : {std::size_t{2}, std::size_t{4}})
            SAMSYN_TRY(ask_for_word(session, number, words.at(number - 1)));
        return {};
    }();
    for (std::string& word : words) wipe_text(word);
    return done;
}

Result<NewSecrets> choose_secrets(const Session& session, const json& args) {
    SecretText pin = SAMSYN_TRY(choose_pin(session, args));
    Phrase phrase = Phrase::random();
    if (!session.json && !args.value("show_phrase", false))
        SAMSYN_TRY(confirm_phrase(session, phrase));
    return NewSecrets{std::move(phrase), std::move(pin)};
}

Result<void> unlock_new(const Session& session, const Phrase& phrase) {
    auto agent = SAMSYN_TRY(AgentClient::connect(session.data));
    std::string text = phrase.text();
    json args = {{"phrase", text}};
    wipe_text(text);
    const VisibleWait wait{session, session.say("Unlocking ", "Låser upp ")};
    const auto answer = agent.call("unlock", args);
    wipe_strings(args);
    if (!answer) return std::unexpected{answer.error()};
    if (!answer->value("ok", false))
        return fail(Errc::system_failed, "the new device does not open");
    return {};
}

int unlock_with(const Session& session,
                AgentClient& agent,
                const char* way,
                const SecretText& secret,
                json& result) {
    json args = json::object();
    args[way] = std::string{secret.view()};
    const VisibleWait wait{session, session.say("Unlocking ", "Låser upp ")};
    const int code = ask(session, agent, "unlock", args, result);
    wipe_strings(args);
    return code;
}

}  // namespace samsyn
