/* An empty spreadsheet for a form: headers in the user's language, drop-down names, and a sheet that explains. */
#include "inside.h"

typedef struct choices { text *items; size_t count; } choices;

static text name_in(rule_name n, heng_lang lang) { return lang == HENG_ZH && n.zh.len ? n.zh : n.en.len ? n.en : n.zh; }

static choices party_choices(arena *a, const book_parties *parties, heng_lang lang)
{
    choices c = {.items = NEW_ARRAY(a, parties->count + 1, text)};
    for (size_t i = 0; i < parties->count; i++) {
        const book_party *p = &parties->items[i];
        text name = lang == HENG_ZH ? p->name_zh : p->name_en;
        c.items[c.count++] = name.len ? name : p->code;
    }
    return c;
}

#define NAMES_OF(list, list_count)                                              \
    do {                                                                        \
        c.items = NEW_ARRAY(a, (list_count) + 1, text);                         \
        for (size_t i = 0; i < (list_count); i++) c.items[c.count++] = name_in((list)[i].name, lang); \
    } while (0)

static choices choices_of(arena *a, const rule_set *r, const book_parties *parties, const char *column, heng_lang lang)
{
    choices c = {0};
    if (strcmp(column, "giver") == 0 || strcmp(column, "taker") == 0 || strcmp(column, "party") == 0 || strcmp(column, "place") == 0 || strcmp(column, "owner") == 0)
        return party_choices(a, parties, lang);
    if (strcmp(column, "commodity") == 0) NAMES_OF(r->commodities, r->commodity_count);
    if (strcmp(column, "kind") == 0) NAMES_OF(r->kinds, r->kind_count);
    if (strcmp(column, "class") == 0) NAMES_OF(r->party_classes, r->party_class_count);
    if (strcmp(column, "role") == 0) NAMES_OF(r->roles, r->role_count);
    if (strcmp(column, "statistic") == 0) NAMES_OF(r->statistics, r->statistic_count);
    if (strcmp(column, "unit") == 0) {
        c.items = NEW_ARRAY(a, r->unit_count + 1, text);
        for (size_t i = 0; i < r->unit_count; i++) c.items[c.count++] = r->units[i].id;
    }
    if (strcmp(column, "basis") == 0) {
        c.items = NEW_ARRAY(a, 4, text);
        const char *zh[] = {"计量", "上报", "估计"}, *en[] = {"metered", "reported", "estimated"};
        for (size_t i = 0; i < 3; i++) c.items[c.count++] = text_of(lang == HENG_ZH ? zh[i] : en[i]);
    }
    return c;
}

static void explain(sheet_book *out, const form *f, heng_lang lang)
{
    bool zh = lang == HENG_ZH;
    const sheet_column columns[] = {{.id = TEXT("column"), .title = text_of(zh ? "列" : "column")}, {.id = TEXT("required"), .title = text_of(zh ? "必填" : "required")},
                                    {.id = TEXT("what"), .title = text_of(zh ? "填什么" : "what to fill")}};
    sheet *s = sheet_new(out, text_of(zh ? "说明" : "read me"), (text){0}, columns, 3);
    for (size_t i = 0; i < f->column_count; i++) {
        const form_column *c = &f->columns[i];
        sheet_row(s, (text[]){text_of(zh ? c->zh : c->en), text_of(!c->required ? "" : zh ? "是" : "yes"), text_of(zh ? c->wants_zh : c->wants_en)});
    }
}

bool intake_template(book *b, arena *a, text form_name, const char *path, heng_lang lang, heng_err *err)
{
    const form *f = form_find(form_name);
    const rule_set *r;
    book_parties parties;
    if (!f) return err_fill_n(err, &MSG_INTAKE_UNKNOWN_FORM, form_name.ptr, form_name.len, "movements, observations, parties, balance");
    if (!book_rules(b, &r, err) || !book_parties_at(b, a, zone_day_of(book_zone(b), now_us()), BOOK_KNOWN_NOW, &parties, err)) return false;
    sheet_column *columns = NEW_ARRAY(a, f->column_count, sheet_column);
    for (size_t i = 0; i < f->column_count; i++) {
        const form_column *c = &f->columns[i];
        choices names = choices_of(a, r, &parties, c->id, lang);
        columns[i] = (sheet_column){.id = text_of(c->id), .title = text_of(lang == HENG_ZH ? c->zh : c->en), .choices = names.items, .choice_count = names.count,
                                    .comment = text_of(lang == HENG_ZH ? c->wants_zh : c->wants_en), .width = 18};
    }
    sheet_book *out = sheet_book_new(a);
    sheet_new(out, text_of(lang == HENG_ZH ? f->zh : f->en), (text){0}, columns, f->column_count);
    explain(out, f, lang);
    return sheet_write(out, SHEET_XLSX, path, &(sheet_style){0}, err);
}
