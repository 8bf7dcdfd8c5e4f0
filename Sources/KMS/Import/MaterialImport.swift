import Cryptography
import Foundation

/// What ImportKeyMaterial says of the material it brings.
struct MaterialImport: Sendable {
    /// Nil leaves it to the key: new if it never had any, the same again otherwise.
    let type: ImportType?
    /// The id the caller expects the material to have.
    let expectedID: KeyMaterialID?
    /// Nil keeps the description the material had.
    let description: String?
    /// Nil when the material does not expire.
    let validTo: Date?

    /// Expiry dates reach this far (ImportKeyMaterial, `ValidTo`).
    static let validityDaysMax = 365.0

    /// Whether anything was said that only symmetric encryption keys know.
    var isForSymmetricKeysOnly: Bool { type != nil || expectedID != nil || description != nil }
}

/// Whether imported material is new to its key.
enum ImportType: String, Sendable, CaseIterable {
    case new = "NEW_KEY_MATERIAL"
    case existing = "EXISTING_KEY_MATERIAL"
}

/// Material out of its wrapping, checked against the key's spec, and sealed again for storage.
struct ImportCandidate: Sendable {
    let material: KeyMaterial
    /// Of asymmetric keys.
    let publicKey: [UInt8]?
}

extension KeyFamily {
    /// Takes imported material into the key.
    ///
    /// The first material of a key is its current one. Further material of a symmetric key waits for
    /// RotateKeyOnDemand; other keys take only their first again. New material comes in at the primary, and
    /// every other Region of a family needs it before it can be rotated to.
    ///
    /// - Throws: `.incorrectKeyMaterial` when it is not the expected, `.materialState` while other material
    ///   waits for its rotation, `.notMultiRegionPrimary` for new material at a replica.
    mutating func importMaterial(
        _ candidate: ImportCandidate,
        as request: MaterialImport
    ) throws(KMSError) {
        let id = candidate.material.id
        if let expected = request.expectedID, expected != id {
            throw .incorrectKeyMaterial("The key material does not have the id \(expected).")
        }
        let known = key.material(id)
        switch request.type ?? (key.materials.isEmpty ? .new : .existing) {
        case .new:
            try requireRoomForNew(id, isKnown: known != nil)
            try addNew(candidate, as: request)
        case .existing:
            guard known != nil else {
                throw .incorrectKeyMaterial(
                    "The key material was not imported into \(key.arn) before."
                )
            }
            key.updateMaterial(id) { $0.take(candidate.material.wrapped, request) }
        }
        if key.state == .pendingImport, !key.isMissingMaterial { key.state = .enabled }
        refreshPendingMaterial()
    }

    private func requireRoomForNew(_ id: KeyMaterialID, isKnown: Bool) throws(KMSError) {
        guard !key.isMultiRegionReplica else { throw .notMultiRegionPrimary(key.arn) }
        guard !isKnown else {
            throw .incorrectKeyMaterial("The key material is already associated with \(key.arn).")
        }
        guard key.materials.isEmpty || key.spec.isSymmetricEncryption else {
            throw .incorrectKeyMaterial("The key material was not imported into \(key.arn) before.")
        }
        if let pending = key.materials.first(where: { !$0.isPermanent }) {
            throw .materialState(
                "New key material (id: \(id)) cannot be imported into KMS key \(key.arn), "
                    + "because another key material (id: \(pending.id)) is pending rotation."
            )
        }
    }

    private mutating func addNew(_ candidate: ImportCandidate, as request: MaterialImport) throws(KMSError) {
        let isFirst = key.materials.isEmpty
        var material = candidate.material
        material.state = isFirst ? .current : .pendingRotation
        updateAll { member in
            // The other Regions learn its id and wait for its import.
            material.wrapped = nil
            member.materials.append(material)
            if isFirst { member.publicKey = candidate.publicKey }
        }
        key.updateMaterial(material.id) { $0.take(candidate.material.wrapped, request) }
    }
}

extension KeyMaterial {
    /// The secret, and what the caller says of it.
    fileprivate mutating func take(_ secret: [UInt8]?, _ request: MaterialImport) {
        wrapped = secret
        imported = ImportDetails(
            description: request.description ?? imported?.description,
            validTo: request.validTo
        )
    }
}

extension KeyManagementService {
    /// Opens wrapped material and checks that it can be the key's.
    ///
    /// Off the caller's thread: checking an RSA-4096 key takes up to a second.
    /// - Throws: `.invalidCiphertext` for what does not open, `.incorrectKeyMaterial` for what cannot be
    ///   used.
    @concurrent
    func openImport(
        of wrapped: [UInt8],
        with token: ImportToken,
        for key: Key,
        at now: Date
    ) async throws(KMSError) -> ImportCandidate {
        do throws(CryptographyError) {
            let given = try token.wrappingKey.unwrap(wrapped, algorithm: token.algorithm)
            let secret = try ImportedMaterial.checked(given, for: key.spec)
            var publicKey: [UInt8]?
            if key.spec.isAsymmetric {
                publicKey = try secret.withUnsafeBytes { bytes throws(CryptographyError) in
                    try AsymmetricKey(spec: key.spec, serialized: bytes).publicKeyDER
                }
            }
            return ImportCandidate(
                material: try wrap(secret, for: key, state: .current, at: now),
                publicKey: publicKey
            )
        } catch .invalidKeyMaterial {
            throw .incorrectKeyMaterial("The key material is not valid for key spec \(key.spec.rawValue).")
        } catch {
            throw KMSError(error)
        }
    }
}
