package import AWSProtocol
package import Authorization

import struct Foundation.Date

/// The condition keys that a service and its operation add to those every request has.
package protocol ServiceConditions: Sendable {
    /// The value or values of a key; nil when the request does not have it.
    func values(for key: ConditionKey) -> ConditionValues?

    /// The keys with which a report describes the request, as AWS writes them; those without a value are left out of
    /// it. None by default.
    var reportedKeys: [String] { get }

    /// What grant constraints are held against; nil where constraints do not apply.
    var encryptionContext: [String: String]? { get }

    /// The Region in which the permission is needed, where that is not the request's own.
    var region: Region? { get }
}

extension ServiceConditions {
    package var reportedKeys: [String] { [] }
    package var encryptionContext: [String: String]? { nil }
    package var region: Region? { nil }
}

/// The conditions of an operation that supplies none of its own.
package struct NoConditions: ServiceConditions {
    package init() {}
    package func values(for key: ConditionKey) -> ConditionValues? { nil }
}

/// The condition keys of one call: those every request has, then the service's.
///
/// The caller's own are answered by the decision engine.
///
/// Values are computed when a policy asks for them: most policies ask for none.
struct CallConditions: ConditionContext {
    let call: Call
    let service: any ServiceConditions

    var epochSeconds: Int64 { Int64(call.now.timeIntervalSince1970) }

    var encryptionContext: [String: String]? { service.encryptionContext }

    func values(for key: ConditionKey) -> ConditionValues? {
        switch key.global {
        case .sourceIP: call.invokedBy == nil ? .single(call.source.ipAddress) : nil
        case .secureTransport: .bool(call.source.tls != nil)
        case .userAgent: .single(call.source.userAgent)
        case .requestedRegion: .single((service.region ?? call.region).description)
        default: service.values(for: key)
        }
    }
}
