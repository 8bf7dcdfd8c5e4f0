import Glibc

/// The scheduling policy SCHED_IDLE (sched(7)), for work that everything else is to go before.
///
/// A thread that wakes takes the processor from such a one at once. From a thread that is merely nice it does so at the
/// end of a slice of some milliseconds, and has lost a third of its time by then when it wakes as often as an event loop.
/// A processor that is never idle leaves such a thread three thousandths of its time, though, and a process may not
/// take the policy back.
package enum IdlePolicy {
    /// Gives the calling thread the policy until it ends; false where it may not have it.
    package static func enter() -> Bool {
        var parameters = sched_param()
        return sched_setscheduler(0, number, &parameters) == 0
    }

    /// SCHED_IDLE of <sched.h>, which Swift's module of the C library leaves out.
    package static let number: Int32 = 5

    /// Whether threads of the policy that had work for so long have had next to nothing of the processors.
    ///
    /// Beside event loops at full load they have an eighth of a processor and more; where nobody lets go of one, three
    /// thousandths.
    package static func isStarved(taken: UInt64, ofNanoseconds elapsed: UInt64) -> Bool {
        taken < elapsed / 100
    }
}
