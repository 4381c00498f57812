#include "comm/message.h"

const char *tern_message_kind_name(tern_message_kind_t kind)
{
    static const char *const names[TERN_MESSAGE_NUM_KINDS] = {
        "pull",   "push",    "set",     "pushpull", "localize", "await",
        "intend", "release", "call",    "step",     "letter",   "receipt",
        "reply",  "clock",   "minimum", "stop",     "forward",  "transfer",
        "fresh",  "advice",  "sum",     "values"};

    return (unsigned)kind < TERN_MESSAGE_NUM_KINDS ? names[kind] : "unknown";
}
