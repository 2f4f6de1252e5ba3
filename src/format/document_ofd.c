#include "document_in.h"
#include "messages.h"
bool document_ofd(document_out *o, heng_err *err) { (void)o; return err_fill(err, &MSG_DOCUMENT_BINARY, "ofd", NULL, NULL); }
