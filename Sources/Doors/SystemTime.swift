import Glibc

package import struct Foundation.Date

/// The clock on the wall: the only place where the process asks for it.
package enum SystemTime {
    package static func now() -> Date {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }
}
