import COpenSSL
import CSodium

/// ``AuthenticatedCipher`` over libsodium, for short messages on processors that have instructions for it.
enum SodiumGCM {
    /// Whether the processor can; it is asked once.
    static let isAvailable = sodium_init() >= 0 && crypto_aead_aes256gcm_is_available() == 1

    /// The most bytes of associated data in two parts, which libsodium takes as one.
    static let dataBytesMax = 480

    static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        authenticating data: AuthenticatedCipher.AssociatedData,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        let isSealed = withKeyAndData(key, data) { key, data in
            guard let bytes = output.bindMemory(to: UInt8.self).baseAddress,
                let iv = iv.bindMemory(to: UInt8.self).baseAddress
            else { return false }
            return crypto_aead_aes256gcm_encrypt_detached_afternm(
                bytes,
                bytes + plaintext.count,
                nil,
                plaintext.bindMemory(to: UInt8.self).baseAddress,
                UInt64(plaintext.count),
                data.bindMemory(to: UInt8.self).baseAddress,
                UInt64(data.count),
                nil,
                iv,
                key
            ) == 0
        }
        guard isSealed else { throw .libraryFailure(.encryption) }
    }

    static func open(
        _ sealed: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        authenticating data: AuthenticatedCipher.AssociatedData,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        let isOpened = withKeyAndData(key, data) { key, data in
            guard let bytes = sealed.bindMemory(to: UInt8.self).baseAddress,
                let iv = iv.bindMemory(to: UInt8.self).baseAddress
            else { return false }
            return crypto_aead_aes256gcm_decrypt_detached_afternm(
                output.bindMemory(to: UInt8.self).baseAddress,
                nil,
                bytes,
                UInt64(output.count),
                bytes + output.count,
                data.bindMemory(to: UInt8.self).baseAddress,
                UInt64(data.count),
                iv,
                key
            ) == 0
        }
        guard isOpened else { throw .invalidCiphertext }
    }

    private typealias State = crypto_aead_aes256gcm_state

    /// Gives `body` the key, expanded, which is wiped afterwards, and both parts of the data as one.
    private static func withKeyAndData(
        _ key: UnsafeRawBufferPointer,
        _ data: AuthenticatedCipher.AssociatedData,
        _ body: (UnsafePointer<State>, UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        let stateBytes = MemoryLayout<State>.size
        return withUnsafeTemporaryAllocation(byteCount: stateBytes + dataBytesMax, alignment: 16) { scratch in
            guard let start = scratch.baseAddress, let key = key.bindMemory(to: UInt8.self).baseAddress else {
                return false
            }
            let state = start.bindMemory(to: State.self, capacity: 1)
            defer { OPENSSL_cleanse(start, stateBytes) }
            guard crypto_aead_aes256gcm_beforenm(state, key) == 0 else { return false }
            if data.context.isEmpty { return body(state, data.header) }
            if data.header.isEmpty { return body(state, data.context) }
            let joined = UnsafeMutableRawBufferPointer(rebasing: scratch[stateBytes...])
            joined.copyMemory(from: data.header)
            UnsafeMutableRawBufferPointer(rebasing: joined[data.header.count...]).copyMemory(
                from: data.context
            )
            return body(state, UnsafeRawBufferPointer(rebasing: joined[..<data.count]))
        }
    }
}
