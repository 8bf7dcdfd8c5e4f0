#pragma once
#include <errno.h>
#include <sys/prctl.h>

// prctl(2) is variadic, which Swift cannot call, and not in Glibc's module.

/// Keeps the process from being dumped, and from being traced by others of the same user. Returns 0 or errno.
static inline int strongroom_refuse_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}
