/// What the caller of Sign or Verify sends as the message.
package enum MessageType: String, CaseIterable, Codable, Hashable, Sendable {
    /// The message itself; it is hashed here.
    case raw = "RAW"
    /// The message's digest, of exactly the algorithm's digest length.
    case digest = "DIGEST"
    /// The 64-byte message representative µ of ML-DSA (FIPS 204, 6.2).
    case externalMu = "EXTERNAL_MU"
}
