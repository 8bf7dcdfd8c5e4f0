import AWSProtocol
import Authorization
import Cryptography
import Operations

/// What a grant may hold (KMS API Reference, CreateGrant).
extension KeyGrant.Constraints {
    /// Pairs a constraint may have, and characters a value of one.
    private static let pairsMax = 8
    private static let valueCharactersMax = 384

    /// The constraints in a request; nil when there are none.
    init?(_ input: Input?) throws(KMSError) {
        guard let input else { return nil }
        let equals = try Self.pairs(input.map("EncryptionContextEquals"))
        let subset = try Self.pairs(input.map("EncryptionContextSubset"))
        guard equals == nil || subset == nil else {
            throw .validation("A grant can have only one encryption context constraint.")
        }
        guard equals != nil || subset != nil else { return nil }
        self.init(equals: equals, subset: subset)
    }

    private static func pairs(_ map: [(key: String, value: String)]?) throws(KMSError) -> [String: String]? {
        guard let map, !map.isEmpty else { return nil }
        guard map.count <= pairsMax else {
            throw .validation("A grant constraint can have at most \(pairsMax) encryption context pairs.")
        }
        guard map.allSatisfy({ $0.value.count <= valueCharactersMax }) else {
            throw .validation(
                "A value in a grant constraint can have at most \(valueCharactersMax) characters."
            )
        }
        // Keys that differ in bytes but not in characters would fall together in a dictionary.
        guard Set(map.map(\.key)).count == map.count else {
            throw .validation("A grant constraint names an encryption context key more than once.")
        }
        return Dictionary(uniqueKeysWithValues: map.map { ($0.key, $0.value) })
    }

    /// Whether everything these constraints let through, the other ones let through as well.
    func isAtLeastAsStrict(as other: KeyGrant.Constraints) -> Bool {
        if let required = other.equals { return equals == required }
        guard let required = other.subset else { return true }
        guard let own = equals ?? subset else { return false }
        return required.allSatisfy { own[$0.key] == $0.value }
    }
}

extension Key {
    /// The operations a grant on this key can allow.
    var grantableOperations: Set<GrantOperation> {
        let always: Set<GrantOperation> = [.createGrant, .retireGrant, .describeKey]
        let own: Set<GrantOperation> =
            switch usage {
            case .encryptDecrypt where spec.isSymmetricEncryption:
                [
                    .encrypt, .decrypt, .reEncryptFrom, .reEncryptTo, .generateDataKey,
                    .generateDataKeyWithoutPlaintext, .generateDataKeyPair,
                    .generateDataKeyPairWithoutPlaintext,
                ]
            case .encryptDecrypt: [.encrypt, .decrypt, .reEncryptFrom, .reEncryptTo, .getPublicKey]
            case .signVerify: [.sign, .verify, .getPublicKey]
            case .generateVerifyMAC: [.generateMac, .verifyMac]
            case .keyAgreement: [.deriveSharedSecret, .getPublicKey]
            }
        return always.union(own)
    }
}

extension KeyGrant {
    /// Whether a grantee of this grant may make the other one: it allows no more and constrains no less.
    func permitsChild(_ child: KeyGrant) -> Bool {
        guard Set(child.operations).isSubset(of: operations) else { return false }
        guard let constraints else { return true }
        return child.constraints?.isAtLeastAsStrict(as: constraints) ?? false
    }

    /// Grants that let their bearers retire this grant: the retiring principal, the grantee when the grant
    /// says so, and the account that made it, through its own policies.
    var retirementGrants: GrantList {
        var grants: [Grant] = []
        func allow(_ principal: PrincipalPattern?, _ uniqueID: String? = nil) {
            guard let principal else { return }
            grants.append(
                Grant(
                    id: id.description,
                    grantee: principal,
                    granteeID: uniqueID,
                    operations: [GrantOperation.retireGrant.rawValue]
                )
            )
        }
        if let retiringPrincipal { allow(PrincipalPattern(grantee: retiringPrincipal), retiringID) }
        if operations.contains(.retireGrant) { allow(PrincipalPattern(grantee: grantee), granteeID) }
        allow(.account(issuingAccount.description))
        return GrantList(grants)
    }
}
