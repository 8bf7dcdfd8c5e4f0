package import Authorization
package import Cryptography
package import Operations

import struct Foundation.Date

/// An immutable picture of a key, ready for use: metadata, compiled policy, grants, unwrapped material.
///
/// A change makes a new snapshot; a request that began with the old one finishes with it.
package final class KeySnapshot: Sendable {
    package let key: Key
    /// The version of the key's record.
    package let version: Int64
    package let arn: String
    package let policy: PolicyDocument
    /// In the order of their ids.
    package let grants: [KeyGrant]
    /// The grants as the decision engine takes them.
    package let compiledGrants: GrantList
    /// The key with its policy and grants, as the decision engine sees it.
    package let protected: ProtectedResource
    /// The materials of a symmetric encryption key that are present.
    package let symmetricMaterials: [KeyMaterialID: DerivationKey]
    /// The material of an asymmetric key.
    package let asymmetric: AsymmetricKey?
    /// The material of an HMAC key.
    package let mac: MACKey?

    init(
        key: Key,
        version: Int64,
        policy: PolicyDocument,
        grants: [KeyGrant],
        materials: UnwrappedMaterials
    ) {
        self.key = key
        self.version = version
        arn = key.arn.description
        self.policy = policy
        self.grants = grants
        compiledGrants = GrantList(grants.compactMap(\.compiled))
        protected = ProtectedResource(
            arn: arn,
            account: key.account,
            type: KeyARN.resourceType,
            policy: policy,
            delegation: .required,
            grants: compiledGrants
        )
        symmetricMaterials = materials.symmetric
        asymmetric = materials.asymmetric
        mac = materials.mac
    }

    /// The material new ciphertexts are made with, and its id.
    ///
    /// - Throws: `.pendingImport` when it is not there.
    package func currentSymmetricMaterial() throws(KMSError) -> (id: KeyMaterialID, key: DerivationKey) {
        guard let id = key.currentMaterial?.id, let material = symmetricMaterials[id] else {
            throw .pendingImport(key.arn)
        }
        return (id, material)
    }
}

/// A key's material out of its wrapping.
struct UnwrappedMaterials {
    var symmetric: [KeyMaterialID: DerivationKey] = [:]
    var asymmetric: AsymmetricKey?
    var mac: MACKey?
}

extension KeyGrant {
    /// The grant as the decision engine takes it; nil when its grantee is no principal, so that it allows
    /// nothing.
    var compiled: Grant? {
        guard let grantee = PrincipalPattern(grantee: grantee) else { return nil }
        var constraint: GrantConstraint?
        if let equals = constraints?.equals { constraint = .equals(equals) }
        if let subset = constraints?.subset { constraint = .subset(subset) }
        return Grant(
            id: id.description,
            grantee: grantee,
            granteeID: granteeID,
            operations: Set(operations.map(\.rawValue)),
            constraint: constraint
        )
    }
}

/// A key as a request named it.
///
/// A class, because every stage of the frame holds it, and a copy would retain each of its parts.
package final class ResolvedKey: Sendable {
    package let snapshot: KeySnapshot
    /// The alias the request used, for `kms:RequestAlias`.
    package let alias: AliasName?
    /// The grant that a grant token in place of the key named.
    package let grant: GrantID?
    /// The key's last use, where the request had it looked up; nil also when the key was never used.
    package let lastUsage: LastUsage?

    package var key: Key { snapshot.key }
    package var arn: KeyARN { snapshot.key.arn }

    package init(
        _ snapshot: KeySnapshot,
        alias: AliasName? = nil,
        grant: GrantID? = nil,
        lastUsage: LastUsage? = nil
    ) {
        self.snapshot = snapshot
        self.alias = alias
        self.grant = grant
        self.lastUsage = lastUsage
    }
}
