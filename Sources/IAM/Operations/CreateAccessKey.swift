import AWSProtocol
import Cryptography
package import Operations
import Storage

import struct Foundation.Date

/// Makes an access key for a user, or for who asks; its secret is shown this once.
///
/// Source: IAM API Reference, CreateAccessKey.
package enum CreateAccessKey: SubjectOperation {
    package typealias Request = SubjectRequest

    package struct Response: Sendable {
        let issued: IssuedAccessKey
        let createdAt: Date
    }

    package static let name = "CreateAccessKey"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Response {
        let owner = call.resource.keyOwner
        guard try await iam.accessKeys(of: owner).count < AccessKey.perOwnerMax else {
            throw .tooManyAccessKeys(max: AccessKey.perOwnerMax)
        }
        let issued = IssuedAccessKey.random(for: owner)
        let administration = IdentityAdministration(store: iam.store, keyring: iam.keyringSource)
        var ownerID: PrincipalID?
        let guardWrite: Write
        // The owner is written again as it is, so that keys are counted one request after the other, and who
        // deletes the owner meanwhile learns of the key.
        switch call.resource {
        case .user(let kept):
            ownerID = kept.value.id
            guardWrite = try iam.put(
                kept.value,
                kept.value.recordKey,
                expecting: .version(kept.version)
            )
        default:
            let key = owner.account.recordKey
            guard let (account, version) = try await iam.directory.versioned(Account.self, key) else {
                throw .noSuchAccount(owner.account)
            }
            guardWrite = try iam.put(account, key, expecting: .version(version))
        }
        let writes = try administration.writes(of: issued, ownerID: ownerID, at: call.call.now)
        try await iam.commit([guardWrite] + writes)
        return Response(issued: issued, createdAt: call.call.now)
    }
}

// MARK: Wire

extension CreateAccessKey {
    package static let input: [Member] = [.optional("UserName", .existingUserName)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectRequest {
        SubjectRequest(subject: try input.userOrCaller(for: call))
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.object("AccessKey") { output in
            output.string("UserName", response.issued.owner.userName?.description ?? "")
            output.string("AccessKeyId", response.issued.id.description)
            output.string("Status", AccessKey.Status.active.rawValue)
            response.issued.secret.exposingSecret { output.secret("SecretAccessKey", $0) }
            output.timestamp("CreateDate", response.createdAt)
        }
    }
}
