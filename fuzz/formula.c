/* Fuzz: any bytes as a formula over a few rules. One that reads is evaluated twice, missing data included; its explanation must follow exactly. */
#include "inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const rule_file FILES[] = {
    {"dimensions", {"id\nmass\nenergy\nmoney\n", 23}},
    {"units", {"id,dimension,factor,scale,verified\ng,mass,1,6,declared\nt,mass,1e6,6,declared\nJ,energy,1,,declared\ntce,energy,29307600000,6,declared\n"
               "yuan,money,1,2,declared\n%,1,1/100,,declared\ntce/yuan,energy/money,29307600000,,declared\n", 0}},
    {"tags", {"id\nenergy\nfossil\n", 0}},
    {"commodities", {"id,class,units,tags,verified\ncoal,product,t;tce,energy;fossil,declared\npower,product,tce,energy,declared\n", 0}},
    {"kinds", {"id,giver_classes,taker_classes,commodity_classes,effect,verified\nuse,*,*,*,consume,declared\n", 0}},
    {"statistics", {"id,unit,verified\ngdp,yuan,declared\ngrowth,%,declared\n", 0}},
    {"indicators", {"id,unit,formula,verified\ntotal_use,tce,\"use(energy, tce)\",declared\nintensity,tce/yuan,total_use / stat(gdp),declared\n", 0}},
};
enum { FILE_COUNT = sizeof FILES / sizeof FILES[0] };

static const rule_set *rules(arena *a)
{
    rule_file files[FILE_COUNT];
    const rule_set *r = NULL;
    heng_err err = {0};
    for (size_t i = 0; i < FILE_COUNT; i++) files[i] = (rule_file){FILES[i].table_name, text_of(FILES[i].bytes.ptr)};
    must(rule_load_bytes(a, files, FILE_COUNT, &r, NULL, &err));
    return r;
}

/* Values of all sizes and signs, zero and missing among them, by the length of what is asked. */
static bool answer(size_t n, arena *a, formula_value *ret)
{
    if (n % 5 == 0) return true;
    ret->value = rat_int(a, (int64_t)(n % 7) - 3);
    return true;
}

static bool on_call(void *context, const formula_call *call, formula_when when, arena *a, formula_value *ret, heng_err *err)
{
    const rule_set *r = context;
    (void)when;
    (void)err;
    if (call->what) {
        selector_match(r, call->what, 0);
        must(selector_text(a, call->what).len > 0);
    }
    return answer(call->written.len, a, ret);
}

static bool on_indicator(void *context, int32_t indicator, formula_when when, arena *a, formula_value *ret, heng_err *err)
{
    (void)context;
    (void)err;
    return answer((size_t)indicator + (size_t)when.kind + 1, a, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static arena kept;
    static const rule_set *r;
    arena a = {0};
    const formula *f = NULL;
    heng_err err = {0};
    if (!r) r = rules(&kept);
    if (formula_parse(&a, r, (text){(const char *)bytes, len}, RULE_NONE, &f, &err)) {
        formula_source source = {.context = (void *)(uintptr_t)r, .want_why = true, .call = on_call, .indicator = on_indicator};
        formula_value v = {0}, again = {0};
        must(formula_eval(&a, r, f, &source, &v, &err));
        must(v.value || v.missing_count > 0);
        source.want_why = false;
        must(formula_eval(&a, r, f, &source, &again, &err));
        must(!v.value == !again.value && (!v.value || rat_equal(v.value, again.value)));
    } else {
        must(err.message && err.column >= 1);
    }
    arena_free(&a);
    return 0;
}
