/* Loading shared libraries. See library.h. */
#include "library.h"
#include <dlfcn.h>
#include <stdio.h>

bool library_load(const char *file, const char *const *names, void **ret, char *why, size_t why_bytes)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && names[i]; i++) {
        ret[i] = dlsym(library, names[i]);
        if (ret[i]) continue;
        library = NULL;
    }
    if (!library) snprintf(why, why_bytes, "%s", dlerror());
    return library != NULL;
}
