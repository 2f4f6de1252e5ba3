/*
 * Fuzz: OFD files. An input that starts with PK is a whole file. Any other is two pieces parted by a zero byte (a page, the document) that are packed into a
 * sound archive first.
 */
#include "document_fuzz.h"

#define XML "<?xml version=\"1.0\"?>"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static text pack(arena *a, text rest)
{
    text page = text_next(&rest, 0);
    text plain = TEXT(XML "<Document><Pages><Page ID=\"1\" BaseLoc=\"P.xml\"/><Page ID=\"2\" BaseLoc=\"P.xml\"/><Page ID=\"3\" BaseLoc=\"P.xml\"/></Pages></Document>");
    const fuzz_part parts[] = {
        {"OFD.xml", TEXT(XML "<OFD><DocBody><DocRoot>D/D.xml</DocRoot></DocBody></OFD>")},
        {"D/D.xml", rest.len > 0 ? rest : plain}, {"D/P.xml", page},
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
