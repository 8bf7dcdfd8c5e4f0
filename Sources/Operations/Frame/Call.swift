package import AWSProtocol
package import Authorization

package import struct Foundation.Date

/// One authenticated request: who asks, where, when and from where.
///
/// A class, because it goes through every layer and all of them look at the same request.
package final class Call: Sendable {
    package let caller: Caller
    /// The Region of the signature's scope.
    package let region: Region
    package let now: Date
    package let requestID: RequestID
    /// The id of the audit event that will record this call.
    package let eventID: EventID
    package let source: CallSource
    /// The access key that signed the request; nil for unsigned operations.
    package let accessKeyID: String?
    /// The service that makes this call for the caller, as in `s3.amazonaws.com`; set by services alone,
    /// never from a header.
    package var invokedBy: String? { caller.viaService }

    package init(
        caller: Caller,
        region: Region,
        now: Date,
        source: CallSource,
        accessKeyID: String?,
        requestID: RequestID = .random(),
        eventID: EventID = .random()
    ) {
        self.caller = caller
        self.region = region
        self.now = now
        self.requestID = requestID
        self.eventID = eventID
        self.source = source
        self.accessKeyID = accessKeyID
    }

    /// The same call, made by another caller than the one who signed it, if anybody did.
    func made(by caller: Caller) -> Call {
        Call(
            caller: caller,
            region: region,
            now: now,
            source: source,
            accessKeyID: nil,
            requestID: requestID,
            eventID: eventID
        )
    }
}

extension Call {
    /// The call that a service makes of another for the same caller, in the same Region unless one is given.
    ///
    /// It has an id and an event of its own. Only services make one; nothing in a request can.
    package func delegated(by service: String, in region: Region? = nil) -> Call {
        Call(
            caller: caller.calling(via: service),
            region: region ?? self.region,
            now: now,
            source: source,
            accessKeyID: accessKeyID
        )
    }

    /// The same call once more, with an event of its own: one part of a request that asks for several things.
    package func repeated() -> Call {
        Call(
            caller: caller,
            region: region,
            now: now,
            source: source,
            accessKeyID: accessKeyID,
            requestID: requestID
        )
    }
}

/// Where a request came from, as conditions and audit events name it.
package struct CallSource: Sendable {
    /// The address of the peer, without its port.
    package let ipAddress: String
    package let userAgent: String
    /// Set when the request came over TLS.
    package let tls: TLSDetails?

    /// What the TLS handshake agreed on.
    package struct TLSDetails: Sendable {
        package let version: String
        package let cipherSuite: String
        package let clientProvidedHostHeader: String

        package init(version: String, cipherSuite: String, clientProvidedHostHeader: String) {
            self.version = version
            self.cipherSuite = cipherSuite
            self.clientProvidedHostHeader = clientProvidedHostHeader
        }
    }

    package init(ipAddress: String, userAgent: String, tls: TLSDetails? = nil) {
        self.ipAddress = ipAddress
        self.userAgent = userAgent
        self.tls = tls
    }
}
