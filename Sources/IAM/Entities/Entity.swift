package import AWSProtocol
package import Operations
package import Storage

package import struct Foundation.Date

/// What is kept as one record that requests can name.
package protocol NamedRecord: Codable, Hashable, Sendable {
    /// The member of requests that names it, as in `UserName`.
    static var nameMember: String { get }

    var recordKey: RecordKey { get }
    /// No two keys differ in case alone.
    var tags: [String: String] { get set }

    /// What a request names.
    static func reference(in input: Input, for call: Call) throws(IAMError) -> IAMReference
    /// The record in a resource of the frame, if it is one of this type.
    static func kept(in resource: IAMResource) -> Kept<Self>?
}

/// Something of an account that has a name, a path, a unique id and an ARN, and is kept as one record.
package protocol Entity: NamedRecord {
    static var type: EntityType { get }

    var account: AccountID { get }
    /// The name as it was given last.
    var nameText: String { get }
    /// Begins and ends with a slash; `/` alone by default.
    var path: String { get }
    var id: PrincipalID { get }
    var createdAt: Date { get }
}

extension Entity {
    package var locator: EntityLocator { EntityLocator(Self.type, account, nameText) }
    package var arn: String { locator.arn(path: path) }
    package var recordKey: RecordKey { locator.recordKey }

    package static func reference(in input: Input, for call: Call) throws(IAMError) -> IAMReference {
        .entity(EntityLocator(type, try call.account(), input.requiredString(nameMember)))
    }
}

/// A value with the version of the record that it was read from.
package struct Kept<Value: Sendable>: Sendable {
    package let value: Value
    package let version: Int64

    package init(_ value: Value, version: Int64) {
        self.value = value
        self.version = version
    }
}

/// An entity that policies can be attached to.
package protocol PolicyHolder: Entity {
    /// Policies that belong to this entity alone, as text, by their names.
    var inlinePolicies: [String: String] { get set }
    /// In the order in which they were attached.
    var attachedPolicies: [PolicyARN] { get set }

    /// Characters, white space not counted, that all inline policies together may have.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM and STS character limits".
    static var inlineCharactersMax: Int { get }
}

/// An entity that can do things, within a boundary if it has one.
package protocol PrincipalEntity: PolicyHolder {
    /// The managed policy that bounds what its policies can allow.
    var permissionsBoundary: PolicyARN? { get set }
}
