"""A process that believes it is another day."""

import shutil
import subprocess

SOURCE = """
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = syscall(SYS_clock_gettime, clock, time);
    const char *seconds = getenv("TEST_SHIFTED_SECONDS");
    if (result == 0 && clock == CLOCK_REALTIME && seconds) time->tv_sec += atol(seconds);
    return result;
}
"""


def shifted_clock(folder, days):
    """The variables that put a process's calendar, and no other clock of it, so many days ahead."""
    compiler = shutil.which("clang") or shutil.which("cc")
    assert compiler, "there is no C compiler: Swift's toolchain brings clang"
    (folder / "clock.c").write_text(SOURCE)
    library = folder / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, folder / "clock.c"], check=True)
    return {"LD_PRELOAD": str(library), "TEST_SHIFTED_SECONDS": str(days * 86_400)}
