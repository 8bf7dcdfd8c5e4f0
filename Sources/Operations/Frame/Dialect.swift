package import AWSProtocol

/// How a service of operations speaks: what the frame's own answers and errors look like.
package enum Dialect: Hashable, Sendable {
    /// AWS JSON 1.1.
    case json
    /// The Query protocol in the namespace of a service.
    case query(AWSService)

    package var family: WireProtocol {
        switch self {
        case .json: .json
        case .query: .query
        }
    }
}
