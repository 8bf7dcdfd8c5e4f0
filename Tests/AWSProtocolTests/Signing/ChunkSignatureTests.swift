import Crypto
import Testing

@testable import AWSProtocol

/// The worked examples of chunked uploads in the S3 API Reference: 66,560 letters `a` in chunks of 64 KiB.
@Suite("Chunk signatures")
struct ChunkSignatureTests {
    private static let scope = CredentialScope(day: "20130524", region: "us-east-1", service: "s3")
    private static let chunks = [65_536, 1_024, 0].map {
        SHA256.hash(data: [UInt8](repeating: UInt8(ascii: "a"), count: $0))
    }

    private func chain(seed: String) throws -> ChunkSignatureChain {
        ChunkSignatureChain(
            seed: try #require(Hex.decode(seed)),
            timestamp: 1_369_353_600,
            scope: Self.scope,
            key: SigningKey(SecretAccessKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), scope: Self.scope)
        )
    }

    private static let plain = (
        seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        signatures: [
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ]
    )

    @Test func `are those published`() throws {
        var signing = try chain(seed: Self.plain.seed)
        var accepting = try chain(seed: Self.plain.seed)
        for (hash, signature) in zip(Self.chunks, Self.plain.signatures) {
            let signed = signing.sign(chunk: hash)
            #expect(signed == signature)
            let isAccepted = accepting.accept(chunk: hash, signature: signature)
            #expect(isAccepted)
        }
    }

    @Test func `are those published with a trailer`() throws {
        var chain = try chain(seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e")
        let signatures = [
            "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
            "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
            "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
        ]
        for (hash, signature) in zip(Self.chunks, signatures) {
            let isAccepted = chain.accept(chunk: hash, signature: signature)
            #expect(isAccepted)
        }
        let trailer = SHA256.hash(data: Array("x-amz-checksum-crc32c:sOO8/Q==\n".utf8))
        let signature = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
        var copy = chain
        let signed = copy.sign(trailer: trailer)
        #expect(signed == signature)
        let isOtherAccepted = chain.accept(trailer: SHA256.hash(data: [1]), signature: signature)
        #expect(!isOtherAccepted)
        let isAccepted = chain.accept(trailer: trailer, signature: signature)
        #expect(isAccepted)
    }

    @Test(arguments: ["", "x", "zz", String(repeating: "0", count: 64), String(repeating: "0", count: 66)])
    func `refuse a wrong signature and go on from where they were`(_ wrong: String) throws {
        var chain = try chain(seed: Self.plain.seed)
        let signatures = Self.plain.signatures
        // Wrong; out of order; of another chunk; right; replayed.
        let results = [
            chain.accept(chunk: Self.chunks[0], signature: wrong),
            chain.accept(chunk: Self.chunks[1], signature: signatures[1]),
            chain.accept(chunk: Self.chunks[1], signature: signatures[0]),
            chain.accept(chunk: Self.chunks[0], signature: signatures[0]),
            chain.accept(chunk: Self.chunks[0], signature: signatures[0]),
        ]
        #expect(results == [false, false, false, true, false])
    }
}
