/* A plan read from text in a test. */
#ifndef PLAN_TEXT_H
#define PLAN_TEXT_H
#include "check.h"
#include "plan.h"

static const plan_rules *plan_test_rules(arena *a)
{
    const plan_rules *rules = NULL;
    heng_err err = {0};
    check_ok(plan_rules_open(a, PLAN_RULES, &rules, &err), &err, "the rules load");
    return rules;
}

static bool plan_test_read(arena *a, const plan_rules *rules, text bytes, plan_read *ret)
{
    heng_err err = {0};
    document *d = NEW(a, document);
    return check_ok(document_open_bytes(a, bytes.ptr, bytes.len, "test.txt", d, &err) && plan_read_document(a, rules, NULL, d, ret, &err), &err, "the text is read");
}
#endif
