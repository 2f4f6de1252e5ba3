/* What the fuzz targets of plans share: the shipped rules, and what must be true of any plan that was read. */
#ifndef PLAN_FUZZ_H
#define PLAN_FUZZ_H
#include "plan.h"

static inline const plan_rules *shipped(void)
{
    static arena kept;
    static const plan_rules *rules;
    heng_err err = {0};
    if (!rules) must(plan_rules_open(&kept, FUZZ_PLAN_RULES, &rules, &err));
    return rules;
}

static inline void look(const plan_read *p)
{
    size_t len = p->doc.clean.len;
    must(p->doc.place_count == len);
    for (size_t i = 0; i < p->goal_count; i++) must(p->goals[i].span.start <= p->goals[i].span.end && p->goals[i].span.end <= len && p->goals[i].indicator.len > 0);
    for (size_t i = 0; i < p->task_count; i++) must(p->tasks[i].span.start <= p->tasks[i].span.end && p->tasks[i].span.end <= len);
    for (size_t i = 0; i < p->section_count; i++) must(p->sections[i].span.start <= p->sections[i].span.end && p->sections[i].whole.end <= len);
    for (size_t i = 0; i < p->damage_count; i++) must(p->damages[i].span.start <= len);
    for (size_t i = 0; i < len; i++) must(p->doc.places[i].block >= 0 && p->doc.places[i].byte >= 0);
}
#endif
