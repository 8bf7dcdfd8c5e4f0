package import AWSProtocol
import Authorization

/// The policy of a key: its text as it was given, and who its principals were at that time.
package struct KeyPolicy: Hashable, Sendable, Codable {
    package let text: String
    /// The unique ids of the users and roles the policy names, by ARN, so that a principal deleted and made
    /// again under the same name is not the one the policy means (IAM User Guide, "Principal").
    package let principalIDs: [String: String]

    package init(text: String, principalIDs: [String: String]) {
        self.text = text
        self.principalIDs = principalIDs
    }

    /// The policy of a key made without one.
    static func standard(for account: AccountID) -> KeyPolicy {
        KeyPolicy(text: standardText(for: account), principalIDs: [:])
    }

    /// Bytes a key policy may have, fewer than the model's bound (KMS Developer Guide, "Resource quotas").
    package static let bytesMax = 32_768

    /// The only name a key policy can have.
    package static let name = "default"

    /// Refuses any other name.
    package static func check(name: String?) throws(KMSError) {
        guard name == nil || name == KeyPolicy.name else {
            throw .validation("The only valid policy name is \(KeyPolicy.name).")
        }
    }

    /// The policy of a key made without one: it gives the account, and so IAM, full control.
    static func standardText(for account: AccountID) -> String {
        .built(byteCountMax: 256) { text in
            text.append(#"{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"#)
            text.append(#""Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::"#)
            text.append(account.description)
            text.append(#":root"},"Action":"kms:*","Resource":"*"}]}"#)
        }
    }

    /// The policy of the AWS managed key of a service: the service may use it for callers of the account,
    /// and the account may look at it (KMS Developer Guide, "AWS managed keys").
    package static func managed(for account: AccountID, region: Region, service: String) -> String {
        #"{"Version":"2012-10-17","Id":"auto-\#(service)-1","Statement":[{"Sid":"Allow access through the "#
            + #"service for all principals in the account that are authorized to use it","Effect":"Allow","#
            + #""Principal":{"AWS":"*"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","#
            + #""kms:GenerateDataKey*","kms:CreateGrant","kms:DescribeKey"],"Resource":"*","Condition":"#
            + #"{"StringEquals":{"kms:CallerAccount":"\#(account)","kms:ViaService":"#
            + #""\#(service).\#(region).amazonaws.com"}}},{"Sid":"Allow direct access to key metadata to the "#
            + #"account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::\#(account):root"},"Action":"#
            + #"["kms:Describe*","kms:Get*","kms:List*","kms:RevokeGrant"],"Resource":"*"}]}"#
    }
}
