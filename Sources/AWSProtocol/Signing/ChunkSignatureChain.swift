package import Crypto

/// The signatures of the chunks of an S3 upload, each of which covers the one before it.
///
/// Follows "Signature calculations for the authorization header: transferring payload in multiple chunks" of
/// the S3 API Reference. Splitting the body into chunks is the work of its reader.
package struct ChunkSignatureChain: Sendable {
    private let key: SigningKey
    private let timestamp: Int64
    private let scope: CredentialScope
    /// The signature of the request, then of the last accepted chunk.
    private var previous: [UInt8]

    /// Begins behind the signature of a request that has been verified with the same key.
    package init(after claim: SignatureClaim, key: SigningKey) {
        self.init(seed: claim.signature, timestamp: claim.timestamp, scope: claim.scope, key: key)
    }

    init(seed: [UInt8], timestamp: Int64, scope: CredentialScope, key: SigningKey) {
        self.key = key
        self.timestamp = timestamp
        self.scope = scope
        previous = seed
    }

    /// Accepts a chunk, given the hash of its bytes, when its signature is right; else nothing changes.
    package mutating func accept(chunk hash: SHA256Digest, signature: String) -> Bool {
        accept(signature, of: stringToSign(chunk: hash))
    }

    /// Accepts the trailer, given the hash of its lines, each ended by one line feed, when its signature is
    /// right; else nothing changes.
    package mutating func accept(trailer hash: SHA256Digest, signature: String) -> Bool {
        accept(signature, of: stringToSign(trailer: hash))
    }

    /// Signs the next chunk, given the hash of its bytes; the last chunk is empty.
    package mutating func sign(chunk hash: SHA256Digest) -> String {
        sign(stringToSign(chunk: hash))
    }

    /// Signs the trailer, given the hash of its lines, each ended by one line feed.
    package mutating func sign(trailer hash: SHA256Digest) -> String {
        sign(stringToSign(trailer: hash))
    }

    private mutating func sign(_ stringToSign: [UInt8]) -> String {
        previous = key.signature(of: stringToSign)
        return Hex.encode(previous)
    }

    private mutating func accept(_ signature: String, of stringToSign: [UInt8]) -> Bool {
        guard signature.utf8.count == 64, let claimed = Hex.decode(signature),
            key.isValid(claimed, of: stringToSign)
        else { return false }
        previous = claimed
        return true
    }

    private func stringToSign(chunk hash: SHA256Digest) -> [UInt8] {
        // The second line but last is the hash of the chunk's headers, of which there are none.
        stringToSign("AWS4-HMAC-SHA256-PAYLOAD", Array(SHA256.hash(data: [])), Array(hash))
    }

    private func stringToSign(trailer hash: SHA256Digest) -> [UInt8] {
        stringToSign("AWS4-HMAC-SHA256-TRAILER", Array(hash))
    }

    private func stringToSign(_ algorithm: String, _ hashes: [UInt8]...) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(320)
        bytes.append(algorithm)
        bytes.append(UInt8(ascii: "\n"))
        Timestamp.appendBasic(seconds: timestamp, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        scope.append(to: &bytes)
        for hash in [previous] + hashes {
            bytes.append(UInt8(ascii: "\n"))
            Hex.append(hash, to: &bytes)
        }
        return bytes
    }
}
