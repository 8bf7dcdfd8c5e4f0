#pragma once
#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>

// fallocate(2) is declared for _GNU_SOURCE alone, and not in Glibc's module.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

/// Gives a file blocks on the disk without making it longer (FALLOC_FL_KEEP_SIZE). Returns 0 or errno.
static inline int strongroom_reserve(int descriptor, off_t offset, off_t length) {
    return fallocate(descriptor, 1, offset, length) == 0 ? 0 : errno;
}
