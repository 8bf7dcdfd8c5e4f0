import Foundation
import Testing

@testable import AWSProtocol

/// Requests that botocore signed; see `Golden/README.md`.
@Suite("SigV4 against botocore")
struct SigV4GoldenTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        let service: String
        let region: String
        let request: SignedRequest

        var testDescription: String { name }
    }

    static let now = Date(timeIntervalSince1970: 1_795_235_989)
    static let tokenText = "FwoGZXIvYXdzEXAMPLE//////////wEaDKtoken+with/special=="
    static let all = (try? load()) ?? []

    static func load() throws -> [Golden] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Golden/signatures.json")
        let json = try JSON.parse(Array(Data(contentsOf: file)))
        return try (json["requests"]?.elements ?? []).map { entry in
            func text(_ name: String) throws -> String { try #require(entry[name]?.text) }
            let headers = try #require(entry["headers"]?.elements).map { pair in
                (name: pair.elements?[0].text ?? "", value: pair.elements?[1].text ?? "")
            }
            return Golden(
                name: try text("name"),
                service: try text("service"),
                region: try text("region"),
                request: SignedRequest(
                    method: try text("method"),
                    rawPath: try text("path"),
                    rawQuery: try text("query"),
                    headers: HeaderList(headers),
                    payload: .bytes(try #require(Base64.decode(try text("body"))))
                )
            )
        }
    }

    @Test func `all are there`() throws {
        #expect(try Self.load().count == 18)
    }

    @Test(arguments: all)
    func `verify`(_ golden: Golden) throws {
        let claim = try verified(golden.request, now: Self.now)
        #expect(claim.scope.service == golden.service)
        #expect(claim.scope.region == golden.region)
        #expect(throws: SigV4Failure.signatureMismatch) {
            try verified(golden.request, now: Self.now, secret: exampleSecret + "x")
        }
    }

    @Test(arguments: all)
    func `have the signature that our own signer makes`(_ golden: Golden) throws {
        let claim = try SigV4.parse(golden.request)
        let token = claim.sessionToken?.exposingSecret { $0 }
        #expect(token == nil || token == Self.tokenText)
        let signer = SigV4Signer.example(service: golden.service, region: golden.region, token: token)
        var bare = golden.request
        bare.headers = HeaderList(
            claim.signedHeaderNames.filter { !Self.added.contains($0) }.map { name in
                (name: name, value: golden.request.headers[name] ?? "")
            }
        )
        switch claim.source {
        case .header:
            let headers = HeaderList(signer.sign(bare, now: Self.now))
            #expect(headers["authorization"] == golden.request.headers["authorization"])
        case .query:
            let expires = try #require(
                golden.request.rawQuery.firstMatch(of: /X-Amz-Expires=([0-9]+)/)?.output.1
            )
            bare.rawQuery =
                golden.request.rawQuery.range(of: "X-Amz-Algorithm").map {
                    String(golden.request.rawQuery[..<$0.lowerBound].dropLast())
                } ?? ""
            let query = signer.presign(bare, expires: try #require(Int(expires)), now: Self.now)
            #expect(query.hasSuffix("X-Amz-Signature=\(claim.signatureText)"))
        }
    }

    /// A change to anything that is signed is found.
    @Test(arguments: all)
    func `no longer verify after a change`(_ golden: Golden) throws {
        let claim = try SigV4.parse(golden.request)
        var changed: [SignedRequest] = []
        var request = golden.request
        request.method = "DELETE"
        changed.append(request)
        request = golden.request
        request.rawPath += "x"
        changed.append(request)
        request = golden.request
        request.rawQuery += request.rawQuery.isEmpty ? "x=y" : "&x=y"
        changed.append(request)
        for name in claim.signedHeaderNames where name != "x-amz-content-sha256" {
            changed.append(golden.request.adding([(name, "x")]))
        }
        if case .body = claim.payload {
            request = golden.request
            request.payload = .bytes([1, 2, 3])
            changed.append(request)
        }
        for request in changed {
            #expect(throws: SigV4Failure.signatureMismatch) {
                try SigV4.verify(claim, of: request, with: claim.exampleKey(), now: Self.now)
            }
        }
    }

    private static let added = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
}
