/// How much work a request is.
package enum Labour: Hashable, Sendable {
    /// At most some tens of microseconds: it may run where it would delay others.
    case brief
    /// Milliseconds, as a private operation of RSA is.
    case long
    /// Possibly seconds, as the generation of an RSA key is.
    case generation
}
