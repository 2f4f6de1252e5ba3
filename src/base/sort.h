/* Sorting many items by a whole number: by its bytes, in time linear in their count. Equal keys keep their order. */
#ifndef BASE_SORT_H
#define BASE_SORT_H
#include "arena.h"

typedef struct sort_item { uint64_t key; void *item; } sort_item;
void sort_by_key(sort_item *items, size_t count);
#endif
