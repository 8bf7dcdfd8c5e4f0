package import struct Foundation.Date

/// One call or one act of the platform, as a CloudTrail record of version 1.11.
///
/// The fragments are JSON that the caller has rendered and cleared of secrets; they are written as they are.
/// Texts are escaped, and cut where CloudTrail cuts them. It cannot be copied: a copy would retain each of its
/// many parts, and no request needs one.
package struct AuditEvent: ~Copyable, Sendable {
    /// CloudTrail's `eventType`.
    package enum Kind: String, Sendable {
        /// Somebody called.
        case apiCall = "AwsApiCall"
        /// The platform acted by itself, as in RotateKey.
        case serviceEvent = "AwsServiceEvent"
    }

    /// Something the event is about.
    package struct Resource: Hashable, Sendable {
        package var accountID: String
        /// As in `AWS::KMS::Key`.
        package var type: String
        package var arn: String

        package init(accountID: String, type: String, arn: String) {
            self.accountID = accountID
            self.type = type
            self.arn = arn
        }
    }

    /// What the TLS handshake of the call agreed on.
    package struct TLSDetails: Hashable, Sendable {
        package var tlsVersion: String
        package var cipherSuite: String
        package var clientProvidedHostHeader: String

        package init(tlsVersion: String, cipherSuite: String, clientProvidedHostHeader: String) {
            self.tlsVersion = tlsVersion
            self.cipherSuite = cipherSuite
            self.clientProvidedHostHeader = clientProvidedHostHeader
        }
    }

    package var userIdentity: AuditIdentity.Rendered
    package var eventTime: Date
    /// As in `kms.amazonaws.com`.
    package var eventSource: String
    package var eventName: String
    package var awsRegion: String
    package var sourceIPAddress: String
    package var userAgent: String
    package var errorCode: String?
    package var errorMessage: String?
    package var requestParameters: [UInt8]?
    package var responseElements: [UInt8]?
    package var additionalEventData: [UInt8]?
    package var requestID: EventUUID
    package var eventID: EventUUID
    package var readOnly = false
    /// The first 16 are written.
    package var resources: [Resource] = []
    package var eventType = Kind.apiCall
    package var recipientAccountID: String
    /// The same in the two events of a call across accounts.
    package var sharedEventID: String?
    package var serviceEventDetails: [UInt8]?
    package var tlsDetails: TLSDetails?

    package init(
        userIdentity: AuditIdentity.Rendered,
        eventTime: Date,
        eventSource: String,
        eventName: String,
        awsRegion: String,
        sourceIPAddress: String,
        userAgent: String,
        requestID: EventUUID,
        eventID: EventUUID,
        recipientAccountID: String
    ) {
        self.userIdentity = userIdentity
        self.eventTime = eventTime
        self.eventSource = eventSource
        self.eventName = eventName
        self.awsRegion = awsRegion
        self.sourceIPAddress = sourceIPAddress
        self.userAgent = userAgent
        self.requestID = requestID
        self.eventID = eventID
        self.recipientAccountID = recipientAccountID
    }
}
