/* Any bytes as an address: no crash, and the printed form is read back as the same bytes. */
#include <stdlib.h>
#include "base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    heng_err err;
    addr x, again;
    if (addr_parse(&a, (text){(const char *)bytes, len}, &x, &err)) {
        text printed = addr_format(&a, &x);
        if (!addr_parse(&a, printed, &again, &err) || !text_equal(addr_format(&a, &again), printed)) abort();
    }
    arena_free(&a);
    return 0;
}
