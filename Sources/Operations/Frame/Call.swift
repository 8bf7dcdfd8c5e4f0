package import AWSProtocol
package import Authorization
import Synchronization

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
    /// The call whose event this one's is recorded with; nil where it is recorded by itself.
    let purpose: Call?
    /// The rendered events of calls that were made to answer this one, until they are recorded with its own.
    private let companions = Mutex<[[UInt8]]>([])

    package convenience init(
        caller: Caller,
        region: Region,
        now: Date,
        source: CallSource,
        accessKeyID: String?,
        requestID: RequestID = .random(),
        eventID: EventID = .random()
    ) {
        self.init(
            caller: caller,
            region: region,
            now: now,
            source: source,
            accessKeyID: accessKeyID,
            requestID: requestID,
            eventID: eventID,
            purpose: nil
        )
    }

    private init(
        caller: Caller,
        region: Region,
        now: Date,
        source: CallSource,
        accessKeyID: String?,
        requestID: RequestID = .random(),
        eventID: EventID = .random(),
        purpose: Call?
    ) {
        self.caller = caller
        self.region = region
        self.now = now
        self.requestID = requestID
        self.eventID = eventID
        self.source = source
        self.accessKeyID = accessKeyID
        self.purpose = purpose
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
    /// It has an id and an event of its own, which is recorded at once, or with this call's own event: for calls that
    /// change nothing, whose answers are made of each other. Only services make one; nothing in a request can.
    package func delegated(
        by service: String,
        in region: Region? = nil,
        isRecordedTogether: Bool = false
    ) -> Call {
        Call(
            caller: caller.calling(via: service),
            region: region ?? self.region,
            now: now,
            source: source,
            accessKeyID: accessKeyID,
            purpose: isRecordedTogether ? self : nil
        )
    }

    /// Keeps events until this call's own is recorded.
    func accompany(with events: [[UInt8]]) {
        companions.withLock { $0 += events }
    }

    /// The events that are to be recorded with this call's own, which are handed out once.
    func takeCompanions() -> [[UInt8]] {
        companions.withLock { kept in
            defer { kept = [] }
            return kept
        }
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
