#pragma once
#include <errno.h>
#include <malloc.h>
#include <sys/prctl.h>

// prctl(2) is variadic, which Swift cannot call, and not in Glibc's module.

/// The bytes that the program holds by the allocator's account.
static inline size_t strongroom_allocated_memory(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/// Gives memory that is free within the process back to the system. Not in Glibc's module.
static inline void strongroom_trim_memory(void) { (void)malloc_trim(0); }

/// Keeps the process from being dumped, and from being traced by others of the same user. Returns 0 or errno.
static inline int strongroom_refuse_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}
