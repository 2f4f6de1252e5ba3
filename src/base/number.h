/* The one grammar of a written number, shared by dec.c and rat.c. Private to base. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H
#include "text.h"

/*
 *   number   = [+-] whole [. digits] [(e|E) [+-] digits]   |   [+-] . digits ...
 *   whole    = digits | group of 1 to 3 digits not starting with 0, then (, 3 digits)+
 */
typedef struct number_form {
    bool negative;
    text whole;    /* may hold commas; empty in ".5" */
    text fraction; /* digits after the point */
    int exponent;  /* kept within +-NUMBER_EXPONENT_MAX */
} number_form;

enum { NUMBER_EXPONENT_MAX = 100000 };

/* Blanks around are passed over. On false *ret is undefined. Nothing is allocated. */
MUST_USE bool number_scan(text t, number_form *ret);
#endif
