import AWSProtocol
import Operations

/// Members that many IAM requests share, as checked types.
extension Input {
    /// The entity that the member of its type names.
    func entity<Subject: Entity>(
        _ type: Subject.Type,
        for call: Call
    ) throws(IAMError) -> EntityLocator {
        EntityLocator(Subject.type, try call.account(), requiredString(Subject.nameMember))
    }

    /// The user that `UserName` names, else the caller.
    func userOrCaller(for call: Call) throws(IAMError) -> IAMReference {
        guard let name = string("UserName") else { return .caller }
        return .entity(EntityLocator(.user, try call.account(), name))
    }

    /// The name that a member gives something new.
    func newName<Subject>(_ member: String) throws(IAMError) -> IdentityName<Subject> {
        let text = requiredString(member)
        guard let name = IdentityName<Subject>(text) else {
            throw .validation(
                "The specified value for \(member.prefix(1).lowercased() + member.dropFirst()) is invalid. "
                    + "It must contain only alphanumeric characters and/or the following: +=,.@_-"
            )
        }
        return name
    }

    /// The ARN of a managed policy in a member, if it is there.
    ///
    /// - Throws: `.invalidInput` for another text.
    func policyARN(_ member: String) throws(IAMError) -> PolicyARN? {
        guard let text = string(member) else { return nil }
        guard let arn = PolicyARN(text) else { throw .invalidInput("ARN \(text) is not valid.") }
        return arn
    }

    /// The ARN of a managed policy in a required member.
    func requiredPolicyARN(_ member: String) throws(IAMError) -> PolicyARN {
        guard let arn = try policyARN(member) else {
            preconditionFailure("\(member) is not declared as required")
        }
        return arn
    }

    var path: String { string("Path") ?? "/" }
}
