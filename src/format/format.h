/* The face of the room format: bytes to rows or trees and back. */
#ifndef FORMAT_H
#define FORMAT_H
#include "json.h"
#include "sheet.h"
#include "table.h"
#endif
