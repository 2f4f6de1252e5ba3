/* Fuzz: web pages; the input is made to look like one if it does not. */
#include "document_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    text_buf page = {.a = &a};
    buf_str(&page, "<html>");
    buf_add(&page, (text){(const char *)bytes, len});
    fuzz_document(buf_text(&page));
    arena_free(&a);
    return 0;
}
