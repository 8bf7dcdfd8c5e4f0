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
    /// What is asked of the key with every use of it, without a copy of all the rest.
    package let locator: KeyLocator
    package let spec: KeySpec
    package let usage: KeyUsage
    /// Whether no passing of time makes the key unusable.
    private let isUsable: Bool
    /// The material of a symmetric encryption key that new ciphertexts are made with; nil when it is not there.
    private let currentMaterial: SymmetricMaterial?
    /// Its other materials that are present: most keys have none.
    private let otherMaterials: [KeyMaterialID: SymmetricMaterial]
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
        locator = key.locator
        spec = key.spec
        usage = key.usage
        isUsable = key.state == .enabled && key.origin != .external
        let current = key.currentMaterial?.id
        currentMaterial = current.flatMap { materials.symmetric[$0] }
        otherMaterials = materials.symmetric.filter { $0.key != current }
        asymmetric = materials.asymmetric
        mac = materials.mac
    }

    /// The material new ciphertexts are made with.
    ///
    /// - Throws: `.pendingImport` when it is not there.
    func currentSymmetricMaterial() throws(KMSError) -> SymmetricMaterial {
        guard let currentMaterial else { throw .pendingImport(key.arn) }
        return currentMaterial
    }

    /// The material that a ciphertext names; nil when it is not there.
    func symmetricMaterial(_ id: KeyMaterialID) -> SymmetricMaterial? {
        if let currentMaterial, currentMaterial.id == id { return currentMaterial }
        return otherMaterials[id]
    }

    /// For cryptographic operations: the key must be enabled and its material present.
    func requireUsable(at now: Date) throws(KMSError) {
        if !isUsable { try key.requireUsable(at: now) }
    }
}

/// One material of a symmetric encryption key, ready for use.
final class SymmetricMaterial: Sendable {
    let id: KeyMaterialID
    let key: DerivationKey
    /// The id's text, which most answers tell.
    let name: String

    init(_ id: KeyMaterialID, _ key: DerivationKey) {
        self.id = id
        self.key = key
        name = id.text
    }
}

/// A key's material out of its wrapping.
struct UnwrappedMaterials {
    var symmetric: [KeyMaterialID: SymmetricMaterial] = [:]
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
