/* The face of the room base: everything the other rooms share that is not of the domain. See README.md. */
#ifndef BASE_H
#define BASE_H
#include <string.h>
#include "addr.h"
#include "arena.h"
#include "cal.h"
#include "dec.h"
#include "err.h"
#include "hash.h"
#include "progress.h"
#include "rat.h"
#include "text.h"
#include "why.h"
#endif
