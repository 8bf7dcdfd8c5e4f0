/// The families of AWS wire protocols, which differ in how requests, answers and errors are written.
package enum WireProtocol: CaseIterable, Hashable, Sendable {
    /// AWS JSON 1.1.
    case json
    /// The Query protocol: forms in, XML out.
    case query
    /// REST with XML bodies, as S3 speaks it.
    case restXML
}
