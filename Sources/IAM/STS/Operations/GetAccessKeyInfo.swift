package import AWSProtocol
package import Operations

/// Tells which account an access key belongs to.
///
/// The id of temporary credentials tells it by itself, whether or not there are such credentials. Source: STS API
/// Reference, GetAccessKeyInfo.
package enum GetAccessKeyInfo: DurableOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {
        let id: AccessKeyID
        let account: AccountID
    }

    package static let name = "GetAccessKeyInfo"
    package static let errors: [String] = []

    package static func references(in request: Request) -> [RoleReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] {
        [Requirement(action, on: .any(in: request.account), conditions: NoConditions())]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> AccountID {
        do throws(IAMError) {
            let id = call.request.id
            if let key = try await sts.directory.read(AccessKey.self, id.recordKey) {
                return key.owner.account
            }
            guard let account = id.accountOfSession,
                try await sts.directory.read(Account.self, account.recordKey) != nil
            else { throw IAMError.noSuchAccessKey(id) }
            return account
        } catch .noSuchAccessKey(let id) {
            throw .validation("The account of the access key \(id) is not known.")
        } catch {
            throw .identities(error)
        }
    }
}

// MARK: Wire

extension GetAccessKeyInfo {
    package static let input: [Member] = [
        .required("AccessKeyId", .string(length: 16...128, pattern: .words))
    ]

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request {
        let text = input.requiredString("AccessKeyId")
        guard let id = AccessKeyID(text) else {
            throw .validation("The access key ID \(text) is not valid.")
        }
        return Request(id: id, account: try call.accountOfCaller())
    }

    package static func encode(_ response: AccountID, into output: inout OutputWriter) {
        output.string("Account", response.description)
    }
}
