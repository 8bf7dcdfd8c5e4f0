/* Makes a disk slower than it is: every fdatasync and fsync takes so many microseconds more.

   Loaded by LD_PRELOAD into the server that the benchmark measures. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int slowed(const char *name, int file) {
    int (*synchronize)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = synchronize(file);
    const char *text = getenv("SLOW_DISK_MICROSECONDS");
    long microseconds = text == NULL ? 0 : atol(text);
    struct timespec rest = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&rest, NULL);
    return result;
}

int fdatasync(int file) { return slowed("fdatasync", file); }

int fsync(int file) { return slowed("fsync", file); }
