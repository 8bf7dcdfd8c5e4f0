import AWSProtocol

/// The name of a user, group, role or the like, or of a policy: letters, digits and `+=,.@_-`.
///
/// Source: IAM API Reference, `existingUserNameType` and `policyNameType`.
package struct IdentityName<Subject: IdentityNameSubject>: WireText {
    package let description: String

    /// Nil for text that is empty, too long, or has other characters.
    package init?(_ text: String) {
        guard (1...Subject.lengthMax).contains(text.utf8.count), text.utf8.allSatisfy({ $0.isAllowedInName })
        else {
            return nil
        }
        description = text
    }

    /// The form under which the name is unique: names that differ in case alone are the same.
    package var folded: String { description.lowercased() }
}

/// What a name is the name of.
package protocol IdentityNameSubject {
    /// Characters a name may have.
    static var lengthMax: Int { get }
}

/// Marks names of users.
package enum UserNameSubject: IdentityNameSubject {
    package static var lengthMax: Int { 64 }
}

/// Marks names of inline policies.
package enum PolicyNameSubject: IdentityNameSubject {
    package static var lengthMax: Int { 128 }
}

/// Marks names of groups.
package enum GroupNameSubject: IdentityNameSubject {
    package static var lengthMax: Int { 128 }
}

/// Marks names of roles.
package enum RoleNameSubject: IdentityNameSubject {
    package static var lengthMax: Int { 64 }
}

/// Marks names of instance profiles.
package enum InstanceProfileNameSubject: IdentityNameSubject {
    package static var lengthMax: Int { 128 }
}

package typealias UserName = IdentityName<UserNameSubject>
package typealias GroupName = IdentityName<GroupNameSubject>
package typealias RoleName = IdentityName<RoleNameSubject>
package typealias InstanceProfileName = IdentityName<InstanceProfileNameSubject>
package typealias PolicyName = IdentityName<PolicyNameSubject>

extension UInt8 {
    fileprivate var isAllowedInName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ","),
            UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
