/* The declared tables. See schema.h; the words of each are explained in docs/rulebook.md. */
#include "schema.h"

#define K COL_KEY
#define N COL_NEEDED
#define KN (COL_KEY | COL_NEEDED)
#define NAMES {"name_zh", COL_TEXT, 0, 0, NULL}, {"name_en", COL_TEXT, 0, 0, NULL}
#define TEXT_COL(name, flags) {name, COL_TEXT, flags, 0, NULL}
#define NUMBER_COL(name, flags) {name, COL_NUMBER, flags, 0, NULL}
#define INT_COL(name) {name, COL_INT, 0, 0, NULL}
#define BOOL_COL(name) {name, COL_BOOL, 0, 0, NULL}
#define WORD_COL(name, flags, words) {name, COL_WORD, flags, 0, words}
#define WORDS_COL(name, flags, words) {name, COL_WORDS, flags, 0, words}
#define REF_COL(name, flags, tbl) {name, COL_REF, flags, tbl, NULL}
#define REFS_COL(name, flags, tbl) {name, COL_REFS, flags, tbl, NULL}

#define CLASSES "natural_input product residual right money lot"
#define SET_ROLES "conversion emission electricity heat gwp process"
#define PROFILE_ROLES "conversion conversion_coal_equal emission electricity heat gwp process source_of_truth"

static const rule_column PACK[] = {TEXT_COL("key", KN), TEXT_COL("value", 0)};
static const rule_column DIMENSIONS[] = {TEXT_COL("id", KN), NAMES};
static const rule_column UNITS[] = {TEXT_COL("id", KN), NAMES, TEXT_COL("symbol", 0), TEXT_COL("dimension", N),
                                    NUMBER_COL("factor", N), INT_COL("scale"), TEXT_COL("aliases", 0)};
static const rule_column TAGS[] = {TEXT_COL("id", KN), NAMES};
static const rule_column COMMODITIES[] = {TEXT_COL("id", KN), NAMES, TEXT_COL("aliases", 0), WORD_COL("class", N, CLASSES),
                                          REFS_COL("units", N, T_UNITS), REFS_COL("tags", 0, T_TAGS), INT_COL("order")};
static const rule_column PARTY_CLASSES[] = {TEXT_COL("id", KN), NAMES,
                                            WORD_COL("psut_column", 0, "industry household accumulation row environment distribution"),
                                            BOOL_COL("stores")};
static const rule_column ROLES[] = {TEXT_COL("id", KN), NAMES};
static const rule_column KINDS[] = {TEXT_COL("id", KN), NAMES, REFS_COL("giver_classes", N | COL_STAR, T_PARTY_CLASSES),
                                    REFS_COL("taker_classes", N | COL_STAR, T_PARTY_CLASSES),
                                    WORDS_COL("commodity_classes", N | COL_STAR, CLASSES),
                                    WORD_COL("effect", N, "enter leave transfer consume produce adjust hold"),
                                    TEXT_COL("balance_cell", 0), TEXT_COL("supply_cell", 0), TEXT_COL("use_cell", 0), TEXT_COL("aliases", 0)};
static const rule_column SECTORS[] = {TEXT_COL("id", KN), REF_COL("parent", 0, T_SECTORS), NAMES, TEXT_COL("industries", 0),
                                      REFS_COL("roles", 0, T_ROLES), INT_COL("order")};
static const rule_column BALANCE_ROWS[] = {TEXT_COL("id", KN), REF_COL("parent", 0, T_BALANCE_ROWS), NAMES, INT_COL("level"),
                                           TEXT_COL("sign", 0), TEXT_COL("cell", 0), TEXT_COL("filter", 0), INT_COL("order")};
static const rule_column SETS[] = {TEXT_COL("id", KN), WORD_COL("role", N, SET_ROLES), NAMES,
                                   WORD_COL("fallback", 0, "none nearest_earlier")};
static const rule_column CONVERSIONS[] = {REF_COL("set", KN, T_SETS), REF_COL("commodity", KN, T_COMMODITIES),
                                          REF_COL("unit", KN, T_UNITS), WORD_COL("to", KN, "tce GJ"),
                                          WORD_COL("basis", K, "calorific coal_equal"), NUMBER_COL("value", 0),
                                          NUMBER_COL("value_low", 0), NUMBER_COL("value_high", 0)};
static const rule_column EMISSION_FACTORS[] = {
    REF_COL("set", KN, T_SETS), WORD_COL("kind", N, "fuel electricity heat process waste transport"), TEXT_COL("id", KN), NAMES,
    REF_COL("unit", KN, T_UNITS), TEXT_COL("gas", K), REF_COL("sector", K, T_SECTORS), NUMBER_COL("ncv", 0),
    NUMBER_COL("carbon_content", 0), NUMBER_COL("oxidation", 0), NUMBER_COL("factor", 0), TEXT_COL("factor_unit", 0),
    NUMBER_COL("uncertainty", 0)};
static const rule_column FACTOR_CHOICES[] = {TEXT_COL("choice", KN), REF_COL("commodity", KN, T_COMMODITIES),
                                             REF_COL("unit", K, T_UNITS), REF_COL("sector", K, T_SECTORS), REF_COL("set", N, T_SETS),
                                             TEXT_COL("id", N), NUMBER_COL("factor_unit_ratio", 0)};
static const rule_column GWP[] = {REF_COL("set", KN, T_SETS), TEXT_COL("gas", KN), NUMBER_COL("value", N)};
static const rule_column COMBUSTION[] = {REF_COL("kind", K | COL_STAR, T_KINDS), REF_COL("role", K | COL_STAR, T_ROLES),
                                         TEXT_COL("commodity", K),
                                         WORD_COL("treatment", N, "burnt nonenergy feedstock process lost none purchased made"), NAMES};
static const rule_column PROFILES[] = {TEXT_COL("profile", KN), WORD_COL("role", KN, PROFILE_ROLES), TEXT_COL("set", N)};
static const rule_column REGIONS[] = {TEXT_COL("code", KN), WORD_COL("level", 0, "nation province prefecture county"),
                                      REF_COL("parent", 0, T_REGIONS), NAMES, TEXT_COL("aliases", 0),
                                      REF_COL("successor", 0, T_REGIONS)};
static const rule_column INDUSTRIES[] = {TEXT_COL("code", KN), TEXT_COL("level", 0), REF_COL("parent", 0, T_INDUSTRIES), NAMES,
                                         BOOL_COL("high_energy"), TEXT_COL("edition", 0)};
static const rule_column STATISTICS[] = {TEXT_COL("id", KN), NAMES, REF_COL("unit", N, T_UNITS), TEXT_COL("aliases", 0),
                                         WORD_COL("nature", 0, "level growth index printed")};
static const rule_column INDICATORS[] = {TEXT_COL("id", KN), NAMES, TEXT_COL("aliases", 0), REF_COL("unit", N, T_UNITS),
                                         TEXT_COL("direction", 0), TEXT_COL("kind", 0), TEXT_COL("formula", 0), INT_COL("digits"),
                                         TEXT_COL("parts", 0), WORD_COL("expressible", 0, "yes no"), TEXT_COL("reason", 0)};
static const rule_column DISPLAY[] = {REF_COL("unit", KN, T_UNITS), REF_COL("display_zh", 0, T_UNITS), REF_COL("display_en", 0, T_UNITS),
                                      INT_COL("digits")};
static const rule_column MAPPINGS[] = {TEXT_COL("mapping", KN), TEXT_COL("year", K), TEXT_COL("process", KN), TEXT_COL("sign", K),
                                       WORD_COL("treatment", N, "movement printed skip"), TEXT_COL("giver", 0), TEXT_COL("taker", 0),
                                       REF_COL("kind", 0, T_KINDS), REF_COL("statistic", 0, T_STATISTICS), TEXT_COL("less", 0)};
static const rule_column MAPPING_ITEMS[] = {TEXT_COL("mapping", KN), TEXT_COL("item", KN), REF_COL("commodity", 0, T_COMMODITIES),
                                            REF_COL("unit", 0, T_UNITS), REF_COL("factor_set", 0, T_SETS), TEXT_COL("treatment", 0)};
static const rule_column RECONCILE[] = {TEXT_COL("table", KN), TEXT_COL("row", KN), TEXT_COL("part", K), NAMES, TEXT_COL("period", 0),
                                        TEXT_COL("party", 0), TEXT_COL("profile", 0), TEXT_COL("published", 0),
                                        TEXT_COL("computed", 0), INT_COL("digits"), TEXT_COL("cause_zh", 0), TEXT_COL("cause_en", 0)};
static const rule_column PARTIES[] = {TEXT_COL("code", KN), REF_COL("class", N, T_PARTY_CLASSES), NAMES, TEXT_COL("short_names", 0),
                                      TEXT_COL("place", 0), TEXT_COL("owner", 0), TEXT_COL("industry", 0), TEXT_COL("region_code", 0),
                                      REF_COL("role", 0, T_ROLES)};
static const rule_column BODIES[] = {TEXT_COL("name_zh", KN), TEXT_COL("name_en", 0), TEXT_COL("type", N),
                                     WORD_COL("kind", N, "government party bureau justice mass agency institution zone bank enterprise open"),
                                     TEXT_COL("aliases", 0), WORDS_COL("levels", N | COL_STAR, "nation province prefecture county")};
static const rule_column BODY_GROUPS[] = {TEXT_COL("name_zh", KN), TEXT_COL("name_en", 0), TEXT_COL("aliases", 0), REFS_COL("members", N, T_REGIONS)};
static const rule_column GATES[] = {{"number", COL_INT, KN, 0, NULL}, TEXT_COL("id", N), WORD_COL("level", N, "reading day month"),
                                    WORD_COL("outcome", N, "flag move hold refuse off"), NUMBER_COL("parameter", 0), TEXT_COL("parameter_unit", 0),
                                    TEXT_COL("list", 0), WORD_COL("severity", N, "note warning error"), NAMES, TEXT_COL("sentence_zh", N),
                                    TEXT_COL("sentence_en", N), TEXT_COL("remedy_zh", N), TEXT_COL("remedy_en", N)};
static const rule_column READING_WORDS[] = {TEXT_COL("word", KN), WORD_COL("role", KN, "whole date clock year month day hour minute from to channel meter quantity value flag unit multiplier skip total missing suspect bad counter interval level")};
static const rule_column POLLUTANTS[] = {TEXT_COL("code", KN), NAMES, TEXT_COL("old_code", 0), WORD_COL("medium", N, "water air noise"), TEXT_COL("unit", 0),
                                         TEXT_COL("amount_unit", 0), TEXT_COL("format", 0)};
static const rule_column REPORT_FORMS[] = {TEXT_COL("id", KN), NAMES, TEXT_COL("aliases", 0), TEXT_COL("code", 0), WORD_COL("frequency", N, "month year"), {"due_days", COL_INT, N, 0, NULL},
                                           REFS_COL("filer_classes", 0, T_PARTY_CLASSES), REFS_COL("filer_roles", 0, T_ROLES), INT_COL("people"), REF_COL("months", 0, T_REPORT_FORMS)};
static const rule_column REPORT_COLUMNS[] = {REF_COL("form", KN, T_REPORT_FORMS), TEXT_COL("id", KN), NAMES, TEXT_COL("aliases", 0), INT_COL("order"), WORD_COL("type", N, "amount number"),
                                             REF_COL("unit", 0, T_UNITS), REF_COL("kind", 0, T_KINDS), TEXT_COL("from", 0), TEXT_COL("to", 0), TEXT_COL("less", 0), REF_COL("kind_less", 0, T_KINDS),
                                             WORD_COL("meter", 0, "bought used sold made"), TEXT_COL("comment_zh", 0), TEXT_COL("comment_en", 0)};
static const rule_column REPORT_ROWS[] = {REF_COL("form", KN, T_REPORT_FORMS), REF_COL("commodity", KN, T_COMMODITIES), INT_COL("order"), TEXT_COL("code", 0), REF_COL("unit", N, T_UNITS)};
static const rule_column REPORT_CHECKS[] = {REF_COL("form", KN, T_REPORT_FORMS), TEXT_COL("id", KN), INT_COL("order"), TEXT_COL("formula", N), NUMBER_COL("tolerance", 0),
                                            WORD_COL("outcome", N, "flag refuse"), INT_COL("gate"), TEXT_COL("sentence_zh", N), TEXT_COL("sentence_en", N)};
static const rule_column REPORT_FILERS[] = {REF_COL("form", KN, T_REPORT_FORMS), TEXT_COL("party", KN)};
static const rule_column SYSTEMS[] = {TEXT_COL("id", KN), NAMES, TEXT_COL("words", N), TEXT_COL("software", N), TEXT_COL("served_by", 0), TEXT_COL("shown_by", 0),
                                      TEXT_COL("extent_zh", 0), TEXT_COL("extent_en", 0)};

#define OWN(columns) columns, sizeof(columns) / sizeof(columns)[0]
const rule_table rule_schema[T_COUNT] = {
    /*                     name               region dates no source */
    [T_PACK] =             {"pack",             false, false, true,  OWN(PACK)},
    [T_DIMENSIONS] =       {"dimensions",       false, false, true,  OWN(DIMENSIONS)},
    [T_UNITS] =            {"units",            false, false, false, OWN(UNITS)},
    [T_TAGS] =             {"tags",             false, false, true,  OWN(TAGS)},
    [T_COMMODITIES] =      {"commodities",      false, false, false, OWN(COMMODITIES)},
    [T_PARTY_CLASSES] =    {"party_classes",    false, false, false, OWN(PARTY_CLASSES)},
    [T_ROLES] =            {"roles",            false, false, false, OWN(ROLES)},
    [T_KINDS] =            {"kinds",            false, false, false, OWN(KINDS)},
    [T_SECTORS] =          {"sectors",          false, false, false, OWN(SECTORS)},
    [T_BALANCE_ROWS] =     {"balance_rows",     false, false, false, OWN(BALANCE_ROWS)},
    [T_SETS] =             {"sets",             false, false, false, OWN(SETS)},
    [T_CONVERSIONS] =      {"conversions",      true,  true,  false, OWN(CONVERSIONS)},
    [T_EMISSION_FACTORS] = {"emission_factors", true,  true,  false, OWN(EMISSION_FACTORS)},
    [T_FACTOR_CHOICES] =   {"factor_choices",   true,  true,  false, OWN(FACTOR_CHOICES)},
    [T_GWP] =              {"gwp",              false, false, false, OWN(GWP)},
    [T_COMBUSTION] =       {"combustion",       false, false, false, OWN(COMBUSTION)},
    [T_PROFILES] =         {"profiles",         false, false, false, OWN(PROFILES)},
    [T_REGIONS] =          {"regions",          false, true,  false, OWN(REGIONS)},
    [T_INDUSTRIES] =       {"industries",       false, false, false, OWN(INDUSTRIES)},
    [T_STATISTICS] =       {"statistics",       false, false, false, OWN(STATISTICS)},
    [T_INDICATORS] =       {"indicators",       false, false, false, OWN(INDICATORS)},
    [T_DISPLAY] =          {"display",          false, false, true,  OWN(DISPLAY)},
    [T_MAPPINGS] =         {"mappings",         false, false, false, OWN(MAPPINGS)},
    [T_MAPPING_ITEMS] =    {"mapping_items",    false, false, false, OWN(MAPPING_ITEMS)},
    [T_RECONCILE] =        {"reconcile",        false, false, false, OWN(RECONCILE)},
    [T_PARTIES] =          {"parties",          false, false, false, OWN(PARTIES)},
    [T_BODIES] =           {"bodies",           true,  true,  false, OWN(BODIES)},
    [T_BODY_GROUPS] =      {"body_groups",      true,  true,  false, OWN(BODY_GROUPS)},
    [T_GATES] =            {"gates",            false, false, false, OWN(GATES)},
    [T_READING_WORDS] =    {"reading_words",    false, false, false, OWN(READING_WORDS)},
    [T_SYSTEMS] =          {"systems",          false, false, false, OWN(SYSTEMS)},
    [T_POLLUTANTS] =       {"pollutants",       false, false, false, OWN(POLLUTANTS)},
    [T_REPORT_FORMS] =     {"report_forms",     false, false, false, OWN(REPORT_FORMS)},
    [T_REPORT_COLUMNS] =   {"report_columns",   false, false, false, OWN(REPORT_COLUMNS)},
    [T_REPORT_ROWS] =      {"report_rows",      false, false, false, OWN(REPORT_ROWS)},
    [T_REPORT_CHECKS] =    {"report_checks",    false, false, false, OWN(REPORT_CHECKS)},
    [T_REPORT_FILERS] =    {"report_filers",    false, true,  false, OWN(REPORT_FILERS)},
};

const rule_column rule_common_columns[RULE_COMMON] = {
    REF_COL("region", 0, T_REGIONS), {"valid_from", COL_DATE, 0, 0, NULL}, {"valid_to", COL_DATE, 0, 0, NULL}, TEXT_COL("source", 0),
    WORD_COL("verified", 0, "found known_high known_medium known_low declared computed"), TEXT_COL("note", 0),
};

const rule_derived_dimension rule_derived_dimensions[] = {{"power", "energy/time"}, {NULL, NULL}};

static const char *const TABLE_NAMES[T_COUNT + 1] = {
    "pack", "dimensions", "units", "tags", "commodities", "party_classes", "roles", "kinds", "sectors", "balance_rows", "sets",
    "conversions", "emission_factors", "factor_choices", "gwp", "combustion", "profiles", "regions", "industries", "statistics",
    "indicators", "display", "mappings", "mapping_items", "reconcile", "parties", "bodies", "body_groups", "gates", "reading_words", "systems", "pollutants",
    "report_forms", "report_columns", "report_rows", "report_checks", "report_filers", NULL};

const char *const *rule_tables(void)
{
    return TABLE_NAMES;
}

int rule_table_find(text name)
{
    for (int t = 0; t < T_COUNT; t++)
        if (text_is(name, rule_schema[t].name)) return t;
    return RULE_NONE;
}

size_t rule_column_count(int tbl)
{
    return rule_schema[tbl].column_count + RULE_COMMON;
}

const rule_column *rule_column_at(int tbl, size_t i)
{
    size_t own = rule_schema[tbl].column_count;
    return i < own ? &rule_schema[tbl].columns[i] : &rule_common_columns[i - own];
}

int rule_column_find(int tbl, text name)
{
    for (size_t i = 0; i < rule_column_count(tbl); i++)
        if (text_is(name, rule_column_at(tbl, i)->name)) return (int)i;
    return RULE_NONE;
}

const char *rule_column_name(const char *name, size_t i)
{
    int tbl = rule_table_find(text_of(name));
    return tbl == RULE_NONE || i >= rule_column_count(tbl) ? NULL : rule_column_at(tbl, i)->name;
}
