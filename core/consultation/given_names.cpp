#include "core/consultation/known_words.hpp"
#include "core/consultation/word_list.hpp"

namespace samsyn {

namespace {

// Common given names in Sweden of several origins: our own selection.
// clang-format off
constexpr auto given_names = in_order(std::to_array<std::string_view>({
    "anna", "eva", "maria", "karin", "kristina", "christina", "lena", "kerstin", "sara", "sarah",
    "emma", "malin", "jenny", "hanna", "johanna", "elin", "linnea", "linnéa", "ida", "josefin",
    "josefine", "sofia", "sofie", "sophie", "annika", "susanne", "susanna", "ulrika", "camilla",
    "carina", "katarina", "catarina", "monica", "monika", "marie", "helena", "elisabeth",
    "elisabet", "margareta", "margaretha", "birgitta", "ingrid", "inger", "ulla", "gunilla",
    "barbro", "agneta", "anita", "berit", "astrid", "alice", "alva", "agnes", "ebba", "freja",
    "elsa", "ella", "maja", "molly", "olivia", "vera", "wilma", "vilma", "selma", "signe",
    "ellen", "stina", "alma", "tyra", "tilde", "tilda", "thea", "thelma", "felicia", "filippa",
    "amanda", "matilda", "mathilda", "moa", "nellie", "nelly", "nathalie", "natalie", "rebecka",
    "rebecca", "sandra", "sanna", "veronica", "veronika", "yvonne", "ylva", "åsa", "åse", "märta",
    "marta", "greta", "gerda", "hedda", "hedvig", "hilda", "hilma", "ines", "isabelle",
    "isabella", "jasmine", "jessica", "jennifer", "julia", "juliette", "kajsa", "karolina",
    "caroline", "cecilia", "charlotte", "charlotta", "lotta", "louise", "lovisa", "lisa",
    "lisbeth", "liselott", "madeleine", "magdalena", "marianne", "marina", "martina", "mikaela",
    "mona", "nina", "novalie", "petra", "pernilla", "ronja", "rosanna", "sigrid", "siri",
    "smilla", "stephanie", "svea", "tea", "therese", "terese", "tindra", "tova", "ulrica",
    "vendela", "victoria", "viktoria", "vivianne", "wilhelmina", "zoe", "lars", "anders", "johan",
    "erik", "karl", "nils", "mikael", "michael", "thomas", "tomas", "peter", "petter", "fredrik",
    "daniel", "magnus", "mattias", "mathias", "matias", "stefan", "andreas", "niklas", "niclas",
    "henrik", "hannes", "marcus", "markus", "martin", "jonas", "joakim", "joachim", "patrik",
    "patrick", "oskar", "oscar", "gustav", "gustaf", "göran", "gunnar", "håkan", "rickard",
    "richard", "robert", "roger", "rolf", "christer", "krister", "kristoffer", "christoffer",
    "christian", "kristian", "kent", "kjell", "lennart", "leif", "ingemar", "ingvar", "jörgen",
    "jimmy", "johnny", "kenneth", "bengt", "bertil", "arne", "arvid", "albin", "alfred", "alvin",
    "anton", "august", "benjamin", "casper", "kasper", "kevin", "carl", "charlie", "david",
    "dennis", "edvin", "edward", "eddie", "elias", "elliot", "emanuel", "emil", "eskil", "filip",
    "felix", "folke", "gabriel", "georg", "gösta", "harald", "harry", "helge", "henning",
    "herman", "hjalmar", "hugo", "hampus", "ivar", "isak", "jacob", "jakob", "jesper", "joel",
    "jonatan", "jonathan", "josef", "julian", "julius", "kalle", "lasse", "liam", "linus",
    "lukas", "lucas", "ludvig", "malte", "matteo", "melker", "melvin", "mohammed", "mohamed",
    "muhammad", "mohamad", "neo", "nicolas", "noah", "noel", "olle", "olof", "ola", "oliver",
    "oliwer", "otto", "ove", "pelle", "pontus", "rasmus", "ragnar", "reine", "robin", "ruben",
    "samuel", "sebastian", "sigge", "simon", "sixten", "sören", "svante", "theo", "theodor",
    "tobias", "torbjörn", "tore", "torsten", "uno", "urban", "valter", "viggo", "viktor",
    "victor", "vilgot", "vincent", "wilhelm", "william", "yngve", "åke", "örjan", "östen",
    "tommy", "ahmed", "ahmad", "ali", "abdi", "abdullah", "abdul", "abdirahman", "abdiaziz",
    "adnan", "aisha", "aicha", "aya", "ayan", "ayaan", "amina", "aminah", "amira", "amir", "asad",
    "asma", "bahar", "baran", "bilal", "dalia", "dilan", "dunya", "elif", "emre", "fadi",
    "fadumo", "faduma", "farah", "farid", "fatima", "fatma", "fatemeh", "ferhat", "gulistan",
    "habib", "halima", "hamid", "hamza", "hana", "hasan", "hassan", "hawa", "hodan", "huda",
    "hussein", "hussain", "husein", "ibrahim", "idris", "ifrah", "ilham", "iman", "ismail",
    "jamal", "jamila", "karim", "kawthar", "khadija", "khalid", "laila", "layla", "leila",
    "leyla", "mahdi", "mahmoud", "malak", "mariam", "maryam", "mehdi", "mehmet", "mohsen",
    "mustafa", "nadia", "nadja", "najma", "nasrin", "nour", "omar", "osman", "parisa", "rahma",
    "rania", "reza", "rojin", "ruqiya", "saba", "sahar", "salma", "samir", "samira",
    "saman", "shirin", "sirwan", "soran", "suleiman", "sumaya", "tariq", "warsan", "yasmin",
    "yasin", "yusuf", "yousef", "youssef", "zahra", "zainab", "zaynab", "zeynep", "zeinab",
    "zana", "agnieszka", "aleksandr", "aleksandra", "alexander", "alexandra", "andrij",
    "anastasia", "bogdan", "dariusz", "dimitri", "dmitri", "dragan", "goran", "igor", "ivan",
    "ivana", "jadwiga", "jelena", "katarzyna", "krzysztof", "ludmila", "malgorzata", "marek",
    "milan", "milica", "mirjana", "natalia", "natasha", "nikola", "oksana", "oleksandr", "olena",
    "olga", "pavel", "pawel", "piotr", "radmila", "slavica", "sergej", "sergei", "snezana",
    "stanislav", "svetlana", "tatiana", "tomasz", "vladimir", "volodymyr", "zoran", "zlatan",
    "zuzanna", "adam", "aaron", "abigail", "alan", "albert", "amelia", "amy", "andrew", "angela",
    "anthony", "barbara", "benedict", "brian", "catherine", "chloe", "christopher", "claire",
    "colin", "connor", "craig", "cynthia", "deborah", "diana", "donald", "donna", "dorothy",
    "douglas", "edith", "eleanor", "elizabeth", "emily", "ethan", "eugene", "evelyn", "fiona",
    "gareth", "george", "gloria", "gregory", "hannah", "helen", "henry", "isaac", "jane", "janet",
    "jason", "jeffrey", "jeremy", "joanna", "john", "jordan", "joseph", "joshua", "judith",
    "karen", "katherine", "kathleen", "katie", "keith", "kimberly", "kyle", "laura", "lauren",
    "leonard", "linda", "lucy", "luke", "margaret", "marjorie", "matthew", "megan", "melissa",
    "michelle", "nancy", "nathan", "nicholas", "nicole", "norman", "paul", "pamela", "paula",
    "philip", "rachel", "raymond", "rosemary", "russell", "ryan", "samantha", "sean", "sharon",
    "sheila", "shirley", "stephen", "steven", "stuart", "susan", "teresa", "timothy", "tracy",
    "valerie", "vanessa", "wendy", "tamara", "tuomas", "pekka", "matti", "marja", "päivi",
    "riitta", "tuula", "timo", "jukka", "antti", "aino", "eero", "eino", "hilkka", "jorma",
    "kaarina", "liisa", "minna", "mikko", "paavo", "pirjo", "raija", "seppo", "tapio", "tarja",
    "veikko", "linn", "annelie", "anneli", "britt", "mari", "sven", "mattis", "elton", "elvira",
    "elvis", "emelie", "evelina", "ellinor", "elina", "lea", "leah", "lia", "lilly", "lilian",
    "lillian", "livia", "meja", "mila", "nomi", "novah", "vidar", "vilde", "wille", "sally",
    "sonja", "solveig", "gudrun", "harriet", "irene", "iréne", "ingegerd", "ingela", "britta",
    "birgit", "berta", "bodil", "cajsa", "jens", "jerker", "jarl", "isidor", "hjördis", "göte",
    "gerhard", "frans", "fabian", "evert", "ernst", "erling", "enar", "elof", "einar", "egon",
    "edgar", "curt", "conny", "conrad", "christoph", "börje", "bosse", "birger", "benny", "bernt",
    "assar", "asta", "asbjörn", "ambjörn", "allan", "algot", "alexis", "adrian", "adelina",
    "zara", "wera", "winston", "vanja", "verner", "valdemar", "tuulikki", "tord", "tomasine",
    "terttu", "sverker", "stellan", "staffan", "sonny", "sivert", "sigvard", "sigurd", "rune",
    "roland", "rikard", "ragnhild", "ragna", "pierre", "pär", "palle", "orvar", "olaus", "nore",
    "nanna", "mårten", "mimmi", "merja", "mats", "margit", "lorentz", "lovis", "lisen", "leopold",
    "lage", "knut", "kennet", "katja", "katinka"}));

// Names that are ordinary words of Swedish or English, or places, too.
constexpr auto given_names_and_words = in_order(std::to_array<std::string_view>({
    "said", "per", "bo", "björn", "sten", "stig", "ulf", "dag", "tor", "hans", "jan", "lo", "liv", "love",
    "vide", "sol", "saga", "iris", "viola", "rut", "ask", "frej", "loke", "tim", "kim", "max",
    "leo", "milo", "my", "tove", "lova", "tuva", "klara", "clara", "lina", "mina", "dina", "sina",
    "ville", "nora", "siv", "ros", "ronny", "sami", "axel", "ian", "eric", "mark", "rose",
    "grace", "will", "may", "june", "april", "faith", "hope", "joy", "frank", "bill", "jack",
    "ray", "rob", "pat", "sue", "dawn", "eve", "amber", "ruby", "lily", "daisy", "nova", "sky",
    "juni", "ann", "jon", "gun", "stella", "bella", "alba", "embla", "ester", "ture", "tage",
    "kaj", "lykke", "billy", "bobby", "ben", "sam", "tom", "tony", "rita", "tyko", "ebbe", "elis",
    "sune", "lucia", "dan", "finn", "gerd", "glenn", "mio", "noa", "milla", "mia", "mira",
    "miriam", "disa", "dagny", "eira", "eir", "eja", "elle", "ylle", "vilja", "viljar",
    "sakarias", "kian", "kiana", "jamie", "alex", "robyn", "taylor", "angel", "destiny",
    "harmony", "heaven", "ivy", "hazel", "holly", "olive", "pearl", "penny", "poppy", "violet",
    "willow", "rosa", "miro", "lotus", "luna", "hero", "ariel", "aurora", "chris", "lee", "ron",
    "drew", "chase", "hunter", "mason", "tyler", "carter", "parker", "logan", "morgan", "ash",
    "reed"}));

constexpr auto surname_endings = in_order(std::to_array<std::string_view>({
    "sson", "sén", "qvist", "kvist", "quist", "ström", "gren", "stedt", "löf", "löv", "dahl",
    "hammar", "blom", "dotter", "lén", "lind", "zadeh", "ovic", "ović", "evic", "ević",
    "ski", "wicz", "enko", "oğlu", "oglu", "pour", "strand", "rup", "feldt", "sdóttir"}));
constexpr auto surname_or_place_endings = in_order(std::to_array<std::string_view>({
    "berg", "lund", "borg", "holm", "fors", "mark", "wall", "vall", "stad", "sjö", "hult", "kulla"}));
// clang-format on

}  // namespace

bool is_given_name(std::string_view word) {
    return holds(given_names, word);
}

bool is_given_name_and_word(std::string_view word) {
    return holds(given_names_and_words, word);
}

bool ends_as_surname(std::string_view word) {
    return word.size() > 5 && ends_with_one_of(surname_endings, word);
}

bool ends_as_surname_or_place(std::string_view word) {
    return word.size() > 5 && ends_with_one_of(surname_or_place_endings, word);
}

}  // namespace samsyn
