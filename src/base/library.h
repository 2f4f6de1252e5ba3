/* Shared libraries that few commands need: loaded at first need, so that the others do not pay for relocating them. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H
#include "err.h"

/*
 * Load a library by its file name ("libxml2.so.2") for the rest of the process.
 *
 *   names  of functions, NULL at the end
 *   ret    gets their addresses, in that order
 *   why    on false: what the loader said, cut at why_bytes
 */
bool library_load(const char *file, const char *const *names, void **ret, char *why, size_t why_bytes);
#endif
