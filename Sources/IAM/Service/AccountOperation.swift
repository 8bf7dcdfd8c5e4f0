import AWSProtocol
import Authorization
package import Operations

/// An operation on the caller's account as a whole, permitted on `*`.
package protocol AccountOperation: IAMOperation {}

extension AccountOperation {
    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        [Requirement(action, on: call.anything, conditions: NoConditions())]
    }
}

extension Call {
    /// The resource of operations of the caller's account that name none.
    var anything: ProtectedResource {
        guard let account = caller.account.flatMap({ AccountID($0) }) else {
            preconditionFailure("a caller of IAM belongs to an account")
        }
        return .any(in: account)
    }
}
