#include "core/consultation/known_words.hpp"
#include "core/consultation/word_list.hpp"

namespace samsyn {

namespace {

// clang-format off
constexpr auto common_words = in_order(std::to_array<std::string_view>({
    "jag", "du", "han", "hon", "den", "det", "vi", "ni", "de", "dem", "man", "en", "ett", "och",
    "men", "eller", "så", "att", "om", "när", "då", "där", "här", "hur", "vad", "vem", "var",
    "varför", "vilken", "vilka", "ingen", "inget", "inga", "någon", "något", "några", "alla",
    "allt", "båda", "båd", "varje", "ibland", "ofta", "alltid", "aldrig", "sedan", "efter",
    "före", "innan", "under", "över", "genom", "hos", "mot", "utan", "med", "från", "till", "för",
    "på", "i", "av", "vid", "kan", "ska", "skulle", "vill", "måste", "bör", "får", "har", "hade",
    "är", "blir", "blev", "finns", "fanns", "nu", "idag", "igår", "imorgon", "hemma", "ute",
    "inne", "samma", "annan", "andra", "första", "sista", "tredje", "min", "mitt", "mina", "din",
    "ditt", "dina", "sin", "sitt", "sina", "hans", "hennes", "deras", "vår", "vårt", "våra", "er",
    "ert", "era", "dess", "detta", "denna", "dessa", "dock", "även", "också", "bara", "redan",
    "kanske", "troligen", "tyvärr", "eftersom", "trots", "medan", "både", "inte", "nej", "ja",
    "tack", "hej", "fråga", "råd", "svar", "bakgrund", "syfte", "ärende", "konsultation",
    "samtal", "datum", "mamma", "mamman", "pappa", "pappan", "mor", "modern", "far", "fadern",
    "förälder", "föräldern", "föräldrar", "föräldrarna", "syskon", "syskonen", "bror", "brodern",
    "syster", "systern", "mormor", "morfar", "farmor", "farfar", "moster", "faster", "morbror",
    "farbror", "barn", "barnet", "barnen", "flicka", "flickan", "pojke", "pojken", "kille",
    "killen", "tjej", "tjejen", "son", "sonen", "dotter", "dottern", "elev", "eleven", "elever",
    "eleverna", "familj", "familjen", "familjer", "ungdom", "ungdomen", "tonåring", "tonåringen",
    "styvfar", "styvmor", "styvpappan", "kusin", "granne", "grannen", "vän", "vännen",
    "tvillingar", "tvillingarna", "vårdnadshavare", "vårdnadshavaren", "vårdnadshavarna",
    "lillebror", "lillasyster", "storebror", "storasyster", "partner", "sambo", "sambon", "maken",
    "makan", "exmaken", "pojkvän", "flickvän", "klient", "klienten", "patient", "patienten",
    "rektor", "rektorn", "kurator", "kuratorn", "lärare", "läraren", "mentor", "mentorn",
    "pedagog", "pedagogen", "specialpedagog", "specialpedagogen", "skolsköterska",
    "skolsköterskan", "psykolog", "psykologen", "läkare", "läkaren", "handläggare",
    "handläggaren", "socialsekreterare", "socialsekreteraren", "chef", "chefen", "personal",
    "personalen", "kollega", "kollegan", "assistent", "assistenten", "förskollärare",
    "förskolläraren", "sjuksköterska", "polis", "samordnare", "kontaktperson", "familjehem",
    "familjehemmet", "boende", "skola", "skolan", "förskola", "klass", "klassen", "hem", "hemmet",
    "läxa", "läxor", "mat", "sömn", "skärm", "spel", "dator", "mobil", "bråk", "oro", "frånvaro",
    "närvaro", "situation", "situationen", "problem", "problemen", "stöd", "hjälp", "insats",
    "insatser", "möte", "mötet", "tid", "plan", "planen", "utredning", "utredningen", "diagnos",
    "diagnosen", "anmälan", "anpassning", "anpassningar", "åtgärd", "åtgärder", "resultat",
    "beslut", "samtycke", "sekretess", "skilsmässa", "separation", "flytt", "arbete", "ekonomi",
    "bostad", "missbruk", "våld", "ångest", "depression", "the", "a", "an", "and", "or", "but",
    "if", "when", "then", "there", "here", "how", "what", "who", "where", "why", "which", "no",
    "none", "some", "any", "all", "both", "every", "sometimes", "often", "always", "never",
    "after", "before", "during", "through", "with", "without", "from", "to", "for", "on", "in",
    "of", "at", "by", "can", "could", "shall", "should", "will", "would", "must", "may", "might",
    "has", "have", "had", "is", "are", "was", "were", "be", "been", "do", "does", "did", "not",
    "now", "today", "yesterday", "he", "she", "it", "they", "we", "you", "his", "her", "hers",
    "its", "their", "our", "your", "my", "mine", "this", "that", "these", "those", "since",
    "while", "although", "because", "also", "only", "already", "maybe", "perhaps", "yes",
    "thanks", "hello", "question", "advice", "answer", "background", "mum", "mother", "mom",
    "dad", "father", "parent", "parents", "guardian", "guardians", "brother", "sister", "sibling",
    "siblings", "grandmother", "grandfather", "aunt", "uncle", "cousin", "boy", "girl", "boys",
    "girls", "daughter", "child", "children", "kid", "kids", "pupil", "pupils", "student",
    "students", "teen", "teenager", "teacher", "teachers", "principal", "headteacher",
    "counsellor", "nurse", "doctor", "psychologist", "officer", "worker", "staff", "colleague",
    "manager", "stepfather", "stepmother", "family", "families", "neighbour", "everyone",
    "everybody", "nobody", "someone", "somebody", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "another", "other", "others", "each", "most", "many", "much",
    "more", "less", "few", "home", "school", "class", "lesson", "homework", "sleep", "food",
    "screen", "gaming", "absence", "attendance", "support", "help", "meeting", "time",
    "assessment", "diagnosis", "report", "decision", "consent", "divorce", "move", "work",
    "money", "violence", "anxiety", "nothing", "something", "everything", "anything", "things",
    "life", "contact", "communication", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio",
    "tio", "elva", "tolv", "rut", "tvåan", "trean", "fyran", "femman", "sexan", "sjuan", "åttan",
    "nian", "ring", "skriv", "gör", "ge", "ta", "låt", "se", "tänk", "försök", "kontakta",
    "föreslå", "erbjud", "rekommendera", "ask", "try", "call", "write", "give", "take", "let",
    "see", "think", "offer", "suggest", "consider", "please", "recommend", "advised", "advise",
    "explain", "talk", "tell", "check", "start", "stop", "keep", "make", "use", "look", "dear",
    "regards", "hälsningar", "mvh"}));
// clang-format on

}  // namespace

bool is_common_word(std::string_view word) {
    return holds(common_words, word);
}

}  // namespace samsyn
