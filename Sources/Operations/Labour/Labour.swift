/// How much work a request is.
package enum Labour: Hashable, Sendable {
    /// At most some microseconds: it may run where it would delay others.
    case brief
    /// Some tens of microseconds, as a signature on P-256 is: it may run where it would delay others, but goes faster
    /// in a row with its like.
    case moderate
    /// Milliseconds, as a private operation of RSA is; it may be done twice and counts once.
    case long
    /// Tens of milliseconds and more, as the hash of a password is.
    case sustained
    /// Possibly seconds, as the generation of an RSA key is.
    case generation
    /// Work that no request waits for.
    case background
}

extension Labour {
    /// Whether it has to be done by another thread than those that answer requests.
    package var leavesThread: Bool {
        switch self {
        case .brief, .moderate: false
        case .long, .sustained, .generation, .background: true
        }
    }
}
