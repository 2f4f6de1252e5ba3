/*
 * Fuzz: word processor files. An input that starts with PK is a whole file. Any other is three pieces parted by a zero byte (document, styles,
 * numbering) that are packed into a sound archive first, so that the fuzzer works on the XML and not on checksums.
 */
#include "document_fuzz.h"

#define XML "<?xml version=\"1.0\"?>"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static text pack(arena *a, text rest)
{
    text main_part = text_next(&rest, 0), styles = text_next(&rest, 0);
    const fuzz_part parts[] = {
        {"[Content_Types].xml", TEXT(XML "<Types/>")},
        {"word/_rels/document.xml.rels", TEXT(XML "<Relationships><Relationship Id=\"s\" Type=\"/styles\" Target=\"styles.xml\"/>"
                                              "<Relationship Id=\"n\" Type=\"/numbering\" Target=\"numbering.xml\"/></Relationships>")},
        {"word/document.xml", main_part}, {"word/styles.xml", styles}, {"word/numbering.xml", rest},
    };
    return fuzz_pack(a, parts, sizeof parts / sizeof *parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    text input = {(const char *)bytes, len};
    if (len > 0) fuzz_document(text_starts(input, "PK") ? input : pack(&a, input));
    arena_free(&a);
    return 0;
}
