/// The global condition keys that this server answers.
///
/// Source: IAM User Guide, "AWS global condition context keys".
package enum GlobalConditionKey: String, CaseIterable, Hashable, Sendable {
    case calledVia = "aws:calledvia"
    case calledViaFirst = "aws:calledviafirst"
    case calledViaLast = "aws:calledvialast"
    case currentTime = "aws:currenttime"
    case epochTime = "aws:epochtime"
    case federatedProvider = "aws:federatedprovider"
    case multiFactorAuthAge = "aws:multifactorauthage"
    case multiFactorAuthPresent = "aws:multifactorauthpresent"
    case principalAccount = "aws:principalaccount"
    case principalARN = "aws:principalarn"
    case principalIsAWSService = "aws:principalisawsservice"
    case principalOrganizationID = "aws:principalorgid"
    case principalServiceName = "aws:principalservicename"
    case principalServiceNamesList = "aws:principalservicenameslist"
    case principalTag = "aws:principaltag"
    case principalType = "aws:principaltype"
    case referer = "aws:referer"
    case requestedRegion = "aws:requestedregion"
    case requestTag = "aws:requesttag"
    case resourceAccount = "aws:resourceaccount"
    case resourceTag = "aws:resourcetag"
    case secureTransport = "aws:securetransport"
    case sourceAccount = "aws:sourceaccount"
    case sourceARN = "aws:sourcearn"
    case sourceIdentity = "aws:sourceidentity"
    case sourceIP = "aws:sourceip"
    case sourceVPC = "aws:sourcevpc"
    case sourceVPCEndpoint = "aws:sourcevpce"
    case tagKeys = "aws:tagkeys"
    case tokenIssueTime = "aws:tokenissuetime"
    case userAgent = "aws:useragent"
    case userID = "aws:userid"
    case username = "aws:username"
    case viaAWSService = "aws:viaawsservice"
    case vpcSourceIP = "aws:vpcsourceip"

    /// Finds the key of a lower-cased name; the tag keys are keys only with a suffix, the others only without.
    init?(name: String, hasSuffix: Bool) {
        guard let key = GlobalConditionKey(rawValue: name), key.takesSuffix == hasSuffix else { return nil }
        self = key
    }

    private var takesSuffix: Bool {
        switch self {
        case .principalTag, .requestTag, .resourceTag: true
        default: false
        }
    }
}
