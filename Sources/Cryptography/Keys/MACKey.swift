import COpenSSL
import Crypto

/// An HMAC key, unwrapped and ready for use; immutable, usable from any thread.
package struct MACKey: Sendable, SecretBearing {
    package let spec: KeySpec
    private let key: SymmetricKey

    /// Draws a new key of the spec's length.
    package static func generate(_ spec: KeySpec) throws(CryptographyError) -> MACKey {
        guard spec.isHMAC, let byteCount = spec.symmetricKeyByteCount else {
            throw .unsupported(.keySpec(spec))
        }
        return MACKey(spec: spec, key: SymmetricKey(size: SymmetricKeySize(bitCount: byteCount * 8)))
    }

    /// Reads the storage form: the key's bytes; `.invalidKeyMaterial` unless there are as many as the spec
    /// says.
    package init(spec: KeySpec, serialized: UnsafeRawBufferPointer) throws(CryptographyError) {
        guard spec.isHMAC else { throw .unsupported(.keySpec(spec)) }
        guard serialized.count == spec.symmetricKeyByteCount else { throw .invalidKeyMaterial }
        self.init(spec: spec, key: SymmetricKey(data: serialized))
    }

    private init(spec: KeySpec, key: SymmetricKey) {
        self.spec = spec
        self.key = key
    }

    /// The storage form: the key's bytes.
    package func serialized() -> SecretBytes {
        SecretBytes(count: key.bitCount / 8) { room in key.withUnsafeBytes { room.copyMemory(from: $0) } }
    }

    /// The message's authentication code; `.incompatible` unless the algorithm is the spec's own.
    package func authenticationCode(
        for message: UnsafeRawBufferPointer,
        algorithm: MACAlgorithm
    ) throws(CryptographyError) -> [UInt8] {
        guard spec.macAlgorithms.contains(algorithm) else {
            throw .incompatible(algorithm: algorithm.rawValue, spec: spec)
        }
        return try algorithm.authenticationCode(for: message, key: key)
    }

    /// Whether the code is the message's; compares in constant time.
    ///
    /// A code of another length is an invalid one, not an error.
    package func verify(
        _ code: [UInt8],
        for message: UnsafeRawBufferPointer,
        algorithm: MACAlgorithm
    ) throws(CryptographyError) -> Bool {
        ConstantTime.areEqual(code, try authenticationCode(for: message, algorithm: algorithm))
    }
}

extension MACKey {
    /// The same for a message in an array.
    package func authenticationCode(
        for message: [UInt8],
        algorithm: MACAlgorithm
    ) throws(CryptographyError) -> [UInt8] {
        try message.withBytes { bytes throws(CryptographyError) in
            try authenticationCode(for: bytes, algorithm: algorithm)
        }
    }

    /// The same for a message in an array.
    package func verify(
        _ code: [UInt8],
        for message: [UInt8],
        algorithm: MACAlgorithm
    ) throws(CryptographyError) -> Bool {
        ConstantTime.areEqual(code, try authenticationCode(for: message, algorithm: algorithm))
    }
}

extension MACAlgorithm {
    /// HMAC with a key of any length.
    func authenticationCode(
        for message: UnsafeRawBufferPointer,
        key: SymmetricKey
    ) throws(CryptographyError) -> [UInt8] {
        switch self {
        case .hmacSHA224: try Self.hmacSHA224(message, key)
        case .hmacSHA256: Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        case .hmacSHA384: Array(HMAC<SHA384>.authenticationCode(for: message, using: key))
        case .hmacSHA512: Array(HMAC<SHA512>.authenticationCode(for: message, using: key))
        }
    }

    // swift-crypto has no SHA-224.
    private static func hmacSHA224(
        _ message: UnsafeRawBufferPointer,
        _ key: SymmetricKey
    ) throws(CryptographyError) -> [UInt8] {
        let code = [UInt8](unsafeUninitializedCapacity: 28) { buffer, initialized in
            let input = message.assumingMemoryBound(to: UInt8.self).baseAddress
            var length = UInt32(buffer.count)
            let made = key.withUnsafeBytes {
                HMAC(
                    EVP_sha224(),
                    $0.baseAddress,
                    Int32($0.count),
                    input,
                    message.count,
                    buffer.baseAddress,
                    &length
                )
            }
            initialized = made == nil ? 0 : Int(length)
        }
        guard !code.isEmpty else { throw .libraryFailure(.authentication) }
        return code
    }
}
