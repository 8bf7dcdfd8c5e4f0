import AWSProtocol
import Authorization
import Cryptography
import Operations

/// Members that requests for sessions share, as checked types.
extension Input {
    /// The role in `RoleArn`.
    func role() throws(STSError) -> RoleReference {
        let text = requiredString("RoleArn")
        guard let role = RoleReference(text) else { throw .validation("\(text) is invalid") }
        return role
    }

    /// A name that its shape has checked already.
    func sessionName(_ member: String) throws(STSError) -> SessionName {
        let text = requiredString(member)
        guard let name = SessionName(text) else { throw .validation("\(text) is invalid") }
        return name
    }

    /// The policies in `Policy` and `PolicyArns`.
    func sessionPolicies() throws(STSError) -> SessionPolicies {
        let managed = (structures("PolicyArns") ?? []).compactMap { $0.string("arn") }
        guard managed.count <= SessionPolicies.managedMax else {
            throw .validation(
                "The number of session policies exceeds the limit of \(SessionPolicies.managedMax)."
            )
        }
        do throws(PolicyError) {
            return try SessionPolicies(inline: string("Policy"), managed: managed)
        } catch {
            throw .malformedPolicy(error.description)
        }
    }

    /// The tags in `Tags`, with those the caller's session passes on.
    func sessionTags(transitiveKeys: [String] = [], for caller: Caller) throws(STSError) -> SessionTags {
        let tags = (structures("Tags") ?? []).map {
            (key: $0.requiredString("Key"), value: $0.requiredString("Value"))
        }
        do throws(SessionTagFault) {
            return try SessionTags(tags, transitiveKeys: transitiveKeys).inheriting(caller.passedTags())
        } catch {
            throw .tags(error)
        }
    }

    /// Refuses a second factor: no user has a device for one.
    func refuseSecondFactor() throws(STSError) {
        guard string("SerialNumber") == nil, string("TokenCode") == nil else {
            throw .denied("MultiFactorAuthentication failed with invalid MFA one time pass code.")
        }
    }
}

extension Caller {
    /// The tags that sessions made from this one inherit.
    fileprivate func passedTags() throws(SessionTagFault) -> SessionTags {
        var passed: [(key: String, value: String)] = []
        for key in session.transitiveTagKeys {
            if let value = tags[key] { passed.append((key, value)) }
        }
        return try SessionTags(passed, transitiveKeys: passed.map(\.key))
    }

    /// Whether temporary credentials were used.
    var isInSession: Bool { session.issuedAt != nil }

    /// AWS's sentence for an action that is not permitted, which tells nothing of why.
    func denial(of action: String, on resource: String) -> String {
        "User: \(arn) is not authorized to perform: \(action) on resource: \(resource)"
    }

    /// The user that temporary credentials are made for; nil for the root user.
    ///
    /// - Throws: `.denied` for a caller that is neither, or has temporary credentials already.
    func sessionOwner(calling operation: String) throws(STSError) -> SessionOwner? {
        guard !isInSession else { throw .denied("Cannot call \(operation) with session credentials") }
        switch type {
        case .root: return nil
        case .user:
            guard let id = PrincipalID(uniqueID), let username else { break }
            return SessionOwner(id: id, name: username)
        default: break
        }
        throw .denied("Cannot call \(operation) with these credentials")
    }
}

extension Call {
    /// The caller's account.
    ///
    /// - Throws: `.denied` for a caller that belongs to none.
    func accountOfCaller() throws(STSError) -> AccountID {
        guard let account = caller.account.flatMap({ AccountID($0) }) else {
            throw .denied("The caller belongs to no account.")
        }
        return account
    }
}

extension OutputWriter {
    /// The `Credentials` of an answer; audit events keep the key's id and its end alone.
    mutating func credentials(_ session: IssuedSession) {
        object("Credentials") { output in
            output.string("AccessKeyId", session.claims.accessKeyID.description)
            session.secret.exposingSecret { output.secret("SecretAccessKey", $0) }
            session.token.exposingSecret { output.secret("SessionToken", $0) }
            output.timestamp("Expiration", session.claims.expiry)
        }
    }

    /// The `AssumedRoleUser` of an answer.
    mutating func assumedRoleUser(_ assumed: AssumedRole) {
        object("AssumedRoleUser") { output in
            output.string("AssumedRoleId", assumed.id)
            output.string("Arn", assumed.arn)
        }
    }
}
