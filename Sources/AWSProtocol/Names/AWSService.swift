/// A service this server speaks for.
package enum AWSService: String, CaseIterable, Hashable, Sendable {
    case kms
    case secretsManager = "secretsmanager"
    case cloudTrail = "cloudtrail"
    case eventBridge = "events"
    case sts
    case iam
    case sns
    case s3

    /// The service of a signature's scope; nil when it is none of ours.
    package init?(signingName: String) { self.init(rawValue: signingName) }

    /// The name in the scope of signatures, in actions and in the first label of host names.
    package var signingName: String { rawValue }

    /// What CloudTrail calls the service, as in `kms.amazonaws.com`.
    package var eventSource: String { "\(rawValue).amazonaws.com" }

    package var wireProtocol: WireProtocol {
        switch self {
        case .kms, .secretsManager, .cloudTrail, .eventBridge: .json
        case .sts, .iam, .sns: .query
        case .s3: .restXML
        }
    }

    /// The Region that signatures for a global service are scoped to; nil for services of Regions.
    ///
    /// STS is both: its endpoints are Regions' own, and the global one is scoped to us-east-1.
    package var globalRegion: Region? {
        switch self {
        case .iam, .sts: Self.usEast1
        case .kms, .secretsManager, .cloudTrail, .eventBridge, .sns, .s3: nil
        }
    }

    private static let usEast1 = Region("us-east-1")

    /// What precedes the last dot of `X-Amz-Target`; nil for services of other protocols.
    package var targetPrefix: String? {
        switch self {
        case .kms: "TrentService"
        case .secretsManager: "secretsmanager"
        case .cloudTrail: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"
        case .eventBridge: "AWSEvents"
        case .sts, .iam, .sns, .s3: nil
        }
    }

    /// The last part of a prefix that is long, which some clients send alone.
    package var shortTargetPrefix: String? { self == .cloudTrail ? "CloudTrail_20131101" : nil }

    /// The value of `Version` in requests of the Query protocol; nil for services of other protocols.
    package var queryVersion: String? {
        switch self {
        case .sts: "2011-06-15"
        case .iam: "2010-05-08"
        case .sns: "2010-03-31"
        case .kms, .secretsManager, .cloudTrail, .eventBridge, .s3: nil
        }
    }

    /// The XML namespace of answers; nil for services that answer in JSON.
    package var xmlNamespace: String? {
        switch self {
        case .sts: "https://sts.amazonaws.com/doc/2011-06-15/"
        case .iam: "https://iam.amazonaws.com/doc/2010-05-08/"
        case .sns: "http://sns.amazonaws.com/doc/2010-03-31/"
        case .s3: "http://s3.amazonaws.com/doc/2006-03-01/"
        case .kms, .secretsManager, .cloudTrail, .eventBridge: nil
        }
    }
}
