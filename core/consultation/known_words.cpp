#include "core/consultation/known_words.hpp"

#include "core/consultation/word_list.hpp"

namespace samsyn {

namespace {

// clang-format off
constexpr auto places = in_order(std::to_array<std::string_view>({
    "sverige", "lindesberg", "nora", "hällefors", "ljusnarsberg", "kopparberg", "örebro",
    "bergslagen", "stockholm", "göteborg", "malmö", "uppsala", "västerås", "linköping",
    "norrköping", "karlstad", "karlskoga", "degerfors", "askersund", "hallsberg", "kumla", "laxå",
    "lekeberg", "fellingsbro", "frövi", "guldsmedshyttan", "storå", "stråssa", "grythyttan",
    "sikfors", "bångbro", "ställdalen", "gyttorp", "vedevåg", "rockhammar", "filipstad",
    "ludvika", "falun", "borlänge", "mora", "gävle", "sundsvall", "umeå", "luleå", "kiruna",
    "östersund", "eskilstuna", "södertälje", "nyköping", "jönköping", "växjö", "kalmar",
    "halmstad", "borås", "lund", "helsingborg", "kristianstad", "trollhättan", "skövde", "arboga",
    "köping", "fagersta", "norberg", "närke", "västmanland", "värmland", "dalarna", "skåne",
    "norrland", "gotland", "öland", "småland", "norge", "danmark", "finland", "island",
    "tyskland", "polen", "ukraina", "ryssland", "syrien", "irak", "iran", "afghanistan",
    "somalia", "eritrea", "etiopien", "turkiet", "libanon", "marocko", "thailand", "kina",
    "indien", "england", "spanien", "grekland", "italien", "frankrike", "serbien", "bosnien",
    "kosovo", "kroatien", "rumänien", "sweden", "norway", "denmark", "germany", "poland",
    "ukraine", "russia", "syria", "iraq", "ethiopia", "turkey", "lebanon", "morocco", "china",
    "india", "britain", "london", "spain", "greece", "italy", "france", "serbia", "bosnia",
    "croatia", "romania", "europe", "europa", "america", "usa", "gothenburg", "afrika", "africa"}));

constexpr auto things = in_order(std::to_array<std::string_view>({
    "bup", "habiliteringen", "socialtjänsten", "försäkringskassan", "elevhälsan", "barnahus",
    "familjecentralen", "ungdomsmottagningen", "barnavårdscentralen", "vårdcentralen", "region",
    "kommun", "kommunen", "regionen", "polisen", "skolverket", "socialstyrelsen",
    "skolinspektionen", "migrationsverket", "arbetsförmedlingen", "kronofogden", "famsam",
    "samba", "familjelotsen", "familjesupporten", "samsyn", "ivo", "jo", "inspektionen",
    "ombudsmannen", "maskrosbarn", "bris", "rädda", "barnens", "bufff", "trygga", "cosmic",
    "prator", "lifecare", "teams", "zoom", "outlook", "google", "tiktok", "snapchat", "instagram",
    "roblox", "fortnite", "minecraft", "discord", "youtube", "facebook", "messenger", "whatsapp",
    "netflix", "lss", "sip", "adhd", "add", "asd", "ts", "ocd", "ptsd", "npf", "bvc", "mvc",
    "kbt", "dbt", "ibic", "bbic", "fbk", "lvu", "sol", "hsl", "osl", "gdpr", "iq", "wisc", "cap",
    "komet", "cope", "icdp", "trappan", "kommet", "repulse", "nipa", "teacch", "akk", "pecs",
    "concerta", "ritalin", "melatonin", "elvanse", "strattera", "asperger", "aspergers",
    "tourette", "tourettes", "down", "downs", "rett", "retts", "prader", "willi", "prader-willi",
    "angelman", "angelmans", "williams", "noonan", "duchenne", "usher", "kabuki", "sotos",
    "landau", "kleffner", "crohn", "crohns", "turner", "turners", "klinefelter", "klinefelters",
    "marfan", "ehlers", "danlos", "ehlers-danlos", "fragil", "charge", "huntington",
    "huntingtons", "perthes", "cushing", "wilson", "wilsons", "hashimoto", "måndag", "tisdag",
    "onsdag", "torsdag", "fredag", "lördag", "söndag", "januari", "februari", "mars", "april",
    "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december", "jul",
    "påsk", "midsommar", "ramadan", "eid", "lucia", "monday", "tuesday", "wednesday", "thursday",
    "friday", "saturday", "sunday", "january", "february", "march", "june", "july", "august",
    "october", "christmas", "easter", "swedish", "english", "somali", "arabic", "finnish",
    "norwegian", "danish", "polish", "ukrainian", "russian", "persian", "dari", "tigrinya",
    "kurdish", "turkish", "german", "french", "spanish", "sami", "roma", "services", "service",
    "psychiatry", "authority", "agency", "centre", "center", "clinic", "health", "social",
    "school", "municipality", "county", "council", "police", "team", "board", "department",
    "office", "unit", "insurance", "care", "habilitation", "children's", "youth", "house",
    "child", "adolescent", "primary", "preschool", "act", "swedish-speaking", "education",
    "welfare", "advocate", "i", "i'm", "i've", "i'd", "ok", "tv", "pc", "sms", "pdf", "sfi", "vab", "cv",
    "bbc", "nhs", "un", "eu", "svt", "komvux", "arbetslivsresurs", "anonym", "nn", "ab", "gp",
    "phd", "hälso", "sjukvården", "barn", "vuxen", "familj", "individ", "stöd", "utbildning",
    "förvaltning", "barnkonventionen", "socialtjänstlagen", "skollagen", "föräldrabalken"}));

constexpr auto thing_endings = in_order(std::to_array<std::string_view>({
    "skolan", "skola", "gymnasiet", "gymnasium", "kommun", "kommunen", "teamet", "team",
    "mottagningen", "mottagning", "centralen", "central", "förvaltningen", "nämnden", "enheten",
    "lasarettet", "sjukhuset", "kyrkan", "föreningen", "länet", "län", "regionen", "gatan",
    "vägen", "gränd", "stigen", "torget", "hemmet", "boendet", "stödet", "hälsan", "tjänsten",
    "vården", "verket", "kassan", "byrån", "rådet", "lagen", "programmet", "metoden", "syndrom",
    "sjukan", "gården", "dagis", "förskolan", "fritids", "klubben", "förbundet", "stiftelsen",
    "huset", "ombudet", "lotsen", "kliniken", "avdelningen", "polisen", "myndigheten", "modulen",
    "samverkan"}));

constexpr auto verb_cues = in_order(std::to_array<std::string_view>({
    "har", "hade", "är", "var", "säger", "sa", "vill", "ville", "går", "gick", "bor", "bodde",
    "mår", "mådde", "kommer", "kom", "vägrar", "vägrade", "slår", "slog", "skriker", "gråter",
    "berättar", "berättade", "behöver", "behövde", "fick", "får", "kan", "blir", "blev",
    "stannar", "sover", "äter", "tycker", "känner", "bråkar", "hotar", "rymmer", "rymde",
    "klarar", "saknar", "träffar", "börjar", "började", "slutade", "has", "had", "is", "was",
    "says", "said", "wants", "wanted", "goes", "went", "lives", "lived", "refuses", "refused",
    "needs", "needed", "feels", "felt", "tells", "told", "cries", "hits", "sleeps", "came",
    "comes", "gets", "got", "stays", "lost", "lacks", "will", "can", "started", "stopped",
    "threatens", "ran", "does", "did"}));

constexpr auto possessions = in_order(std::to_array<std::string_view>({
    "mamma", "pappa", "mor", "far", "bror", "syster", "föräldrar", "mormor", "morfar", "farmor",
    "farfar", "lärare", "skola", "klass", "hem", "kurator", "mentor", "handläggare", "familj",
    "syskon", "lillebror", "storebror", "lillasyster", "storasyster", "situation", "frånvaro",
    "beteende", "diagnos", "sambo", "pojkvän", "flickvän", "kompis", "kompisar", "rektor",
    "utredning", "läkare", "dotter", "son", "fru", "man", "vårdnadshavare", "mother", "father",
    "mum", "mom", "dad", "brother", "sister", "parents", "teacher", "school", "class", "home",
    "grandmother", "grandfather", "family", "behaviour", "absence", "diagnosis", "wife",
    "husband", "partner", "boyfriend", "girlfriend", "friend", "friends", "stepfather",
    "daughter", "counsellor"}));

constexpr auto place_cues = in_order(std::to_array<std::string_view>({
    "i", "på", "vid", "in", "at", "near", "inom", "kring", "runt", "utanför", "the", "of",
    "mellan", "between"}));

constexpr auto abbreviations = in_order(std::to_array<std::string_view>({
    "t", "ex", "bl", "a", "d", "v", "s", "m", "fl", "f", "kl", "ca", "osv", "mm", "etc", "resp",
    "inkl", "exkl", "tel", "st", "nr", "ev", "forts", "e.g", "i.e", "dr", "mr", "mrs", "ms",
    "prof", "åk", "tex", "bla", "dvs", "mfl", "pga", "fd", "vs", "approx"}));
// clang-format on

/// With or without the genitive's s.
template <std::size_t n>
bool holds_either(const std::array<std::string_view, n>& list, std::string_view word) {
    if (holds(list, word)) return true;
    return word.ends_with('s') && holds(list, word.substr(0, word.size() - 1));
}

}  // namespace

bool is_place(std::string_view word) {
    return holds_either(places, word);
}

bool is_named_thing(std::string_view word) {
    if (holds_either(things, word) || holds(thing_endings, word)) return true;
    if (ends_with_one_of(thing_endings, word)) return true;
    return word.ends_with('s') && ends_with_one_of(thing_endings, word.substr(0, word.size() - 1));
}

bool is_verb_cue(std::string_view word) {
    return holds(verb_cues, word);
}

bool is_possession(std::string_view word) {
    return holds(possessions, word);
}

bool is_place_cue(std::string_view word) {
    return holds(place_cues, word);
}

bool is_abbreviation(std::string_view word) {
    return holds(abbreviations, word);
}

}  // namespace samsyn
