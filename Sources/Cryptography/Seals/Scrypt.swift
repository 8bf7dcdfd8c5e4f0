import COpenSSL

/// The password-based key derivation of RFC 7914, with its cost.
package struct Scrypt: Hashable, Sendable {
    /// The base-2 logarithm of N, the cost in time and memory.
    package let costLogarithm: UInt8
    /// r, the block size.
    package let blockSize: UInt32
    /// p, the parallelisation.
    package let parallelism: UInt32

    /// N = 2¹⁷, r = 8, p = 1: 128 MiB and a third of a second, as OWASP's password storage sheet advises.
    package static let standard = Scrypt(uncheckedCostLogarithm: 17, blockSize: 8, parallelism: 1)

    /// What a derivation may take; more is refused, so that a changed record cannot exhaust the memory.
    package static let memoryBytesMax = 1 << 30
    private static let costLogarithms: ClosedRange<UInt8> = 1...24
    private static let parallelismMax: UInt32 = 16

    /// Nil for a cost that this machine should not be asked to pay.
    package init?(costLogarithm: UInt8, blockSize: UInt32, parallelism: UInt32) {
        guard Self.costLogarithms.contains(costLogarithm), (1...64).contains(blockSize),
            (1...Self.parallelismMax).contains(parallelism),
            // RFC 7914 section 6: N is less than 2^(128 · r / 8).
            UInt32(costLogarithm) < 16 * blockSize
        else { return nil }
        self.init(uncheckedCostLogarithm: costLogarithm, blockSize: blockSize, parallelism: parallelism)
        guard memoryBytes <= Self.memoryBytesMax else { return nil }
    }

    private init(uncheckedCostLogarithm: UInt8, blockSize: UInt32, parallelism: UInt32) {
        costLogarithm = uncheckedCostLogarithm
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// What one derivation takes: RFC 7914's V and B.
    package var memoryBytes: Int {
        128 * Int(blockSize) * (1 << Int(costLogarithm)) + 128 * Int(blockSize) * Int(parallelism)
    }

    /// Derives `bytes` bytes from a passphrase; takes long and much memory by design.
    package func derive(
        from passphrase: UnsafeRawBufferPointer,
        salt: [UInt8],
        bytes: Int
    ) throws(CryptographyError) -> SecretBytes {
        guard let algorithm = EVP_KDF_fetch(nil, "SCRYPT", nil) else { throw .libraryFailure(.keyDerivation) }
        defer { EVP_KDF_free(algorithm) }
        guard let context = EVP_KDF_CTX_new(algorithm) else { throw .libraryFailure(.keyDerivation) }
        // Freeing cleanses the passphrase that the context copied.
        defer { EVP_KDF_CTX_free(context) }
        return try SecretBytes(count: bytes) { output throws(CryptographyError) in
            guard fill(output, with: context, from: passphrase, salt: salt) else {
                throw .libraryFailure(.keyDerivation)
            }
        }
    }

    private func fill(
        _ output: UnsafeMutableRawBufferPointer,
        with context: OpaquePointer,
        from passphrase: UnsafeRawBufferPointer,
        salt: [UInt8]
    ) -> Bool {
        // In the order of `Parameter.numbers`. RFC 7914's V and B, and room for what libcrypto adds.
        var numbers = [
            UInt64(1) << UInt64(costLogarithm), UInt64(blockSize), UInt64(parallelism),
            UInt64(memoryBytes + (1 << 20)),
        ]
        // libcrypto wants an address also of what is empty.
        var salt = salt + [0]
        var nothing: UInt8 = 0
        return numbers.withUnsafeMutableBufferPointer { numbers in
            salt.withUnsafeMutableBytes { salt in
                withUnsafeMutablePointer(to: &nothing) { nothing in
                    let password = UnsafeMutableRawPointer(mutating: passphrase.baseAddress)
                    var parameters = [
                        OSSL_PARAM_construct_octet_string(
                            Parameter.password.name,
                            password ?? UnsafeMutableRawPointer(nothing),
                            passphrase.count
                        ),
                        OSSL_PARAM_construct_octet_string(
                            Parameter.salt.name,
                            salt.baseAddress,
                            salt.count - 1
                        ),
                    ]
                    for (index, number) in Parameter.numbers.enumerated() {
                        let address = numbers.baseAddress.map { $0 + index }
                        parameters.append(OSSL_PARAM_construct_uint64(number.name, address))
                    }
                    parameters.append(OSSL_PARAM_construct_end())
                    let target = output.bindMemory(to: UInt8.self).baseAddress
                    return EVP_KDF_derive(context, target, output.count, &parameters) == 1
                }
            }
        }
    }
}

/// The name of a parameter, at an address that stays: libcrypto keeps the pointer.
private struct Parameter: Sendable {
    private let text: StaticString

    static let password = Parameter(text: "pass")
    static let salt = Parameter(text: "salt")
    static let numbers = ["n", "r", "p", "maxmem_bytes"].map { (text: StaticString) in Parameter(text: text) }

    var name: UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
