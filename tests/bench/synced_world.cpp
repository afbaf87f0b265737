#include "tests/bench/synced_world.hpp"

#include <algorithm>
#include <cstdio>

namespace samsyn::bench {

std::string swedish_text(std::size_t number) {
    return "Besök " + std::to_string(number) +
           ": Samtal hemma vid köksbordet om hur veckan har varit. Morgnarna är fortfarande svåra, "
           "men "
           "skolan har flyttat första lektionen och det hjälper. Mamma berättar att läkaren på "
           "vårdcentralen vill följa upp sömnen. Vi kom överens om att prova schemat till nästa "
           "möte, att "
           "kuratorn ringer på fredag och att farmor hämtar på onsdagar. Barnet vill själv vara "
           "med på "
           "nästa träff och visa sin teckning. Åtgärd: be skolan om närvarolista.";
}

void run_until(boost::asio::io_context& io, const std::function<bool()>& done) {
    while (!done()) {
        io.restart();
        io.run_one();
    }
}

double median(std::vector<Seconds> durations, double part) {
    std::ranges::sort(durations);
    return durations[static_cast<std::size_t>(part * static_cast<double>(durations.size() - 1))]
        .count();
}

void print(const char* what, double ours, double limit) {
    std::printf("%-58s %10.1f ms %10.1f ms %8.2f x\n", what, ours * 1e3, limit * 1e3, ours / limit);
}

}  // namespace samsyn::bench
