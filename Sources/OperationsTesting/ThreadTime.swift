import Glibc

/// The CPU time that work takes of the thread it runs on.
///
/// For tests of how effort grows: other tests beside it, and a machine with too much to do, do not count.
package func threadTime(of work: () throws -> Void) rethrows -> Duration {
    let start = threadTime()
    try work()
    return threadTime() - start
}

private func threadTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
