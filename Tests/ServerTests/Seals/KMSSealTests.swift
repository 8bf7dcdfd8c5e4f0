import AWSProtocol
import Cryptography
import Foundation
import Testing

@testable import Server

@Suite("KMSSeal")
struct KMSSealTests {
    private static let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    private func place(
        _ endpoint: String?,
        key: String = arn,
        region: String? = nil
    ) -> KMSSeal.Place? {
        KMSSeal.Place(key: key, region: region, endpoint: endpoint, profile: nil, authorityFile: nil)
    }

    @Test func `finds the Region in the key's ARN and AWS's endpoint from it`() {
        #expect(place(nil)?.endpoint == "https://kms.eu-west-1.amazonaws.com")
        #expect(place(nil, region: "us-east-1")?.endpoint == "https://kms.us-east-1.amazonaws.com")
        let china = place(nil, key: "alias/a", region: "cn-north-1")
        #expect(china?.endpoint == "https://kms.cn-north-1.amazonaws.com.cn")
        #expect(place(nil, key: "alias/a") == nil)
    }

    @Test(arguments: [
        "https://kms.example", "https://kms.example:7370/", "http://127.0.0.1:7370", "http://localhost:1",
    ])
    func `takes endpoints with TLS, and without on this machine`(endpoint: String) throws {
        let taken = try #require(place(endpoint))
        #expect(!taken.endpoint.hasSuffix("/"))
    }

    @Test(arguments: [
        "", "kms.example", "http://kms.example", "http://10.0.0.1:7370", "ftp://127.0.0.1", "https://",
        "https://user:secret@kms.example", "https://kms.example/path", "https://kms.example/?a=b",
        "https://kms.example/#a", "http://127.evil.example",
    ])
    func `refuses endpoints where the one-time key could be read, and what is none`(endpoint: String) {
        #expect(place(endpoint) == nil)
    }

    @Test func `reads the form it writes, and nothing else`() throws {
        let header = KMSWrapping(keyARN: Self.arn, ciphertext: [1, 2, 3])
        let bytes = header.bytes + [9, 9]
        let read = try #require(KMSWrapping.parse(bytes))
        #expect(read.header == header)
        #expect(read.envelope == [9, 9])
        for count in 0..<(bytes.count - 1) { #expect(KMSWrapping.parse(Array(bytes.prefix(count))) == nil) }
        for index in Array(0..<5) + [5] {
            var changed = bytes
            changed[index] ^= 0x80
            #expect(KMSWrapping.parse(changed) == nil, "byte \(index)")
        }
        var generator = SeededGenerator(seed: 5)
        for count in 0..<200 {
            let garbage = [1] + (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(KMSWrapping.parse(garbage) == nil)
        }
    }

    @Test func `is unavailable when nobody answers, after trying again`() async throws {
        setenv("AWS_EC2_METADATA_DISABLED", "true", 1)
        let folder =
            FileManager.default.temporaryDirectory.path + "/kms-seal-\(UInt64.random(in: 0 ... .max))"
        try "[default]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n"
            .write(toFile: folder, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        setenv("AWS_SHARED_CREDENTIALS_FILE", folder, 1)
        defer { unsetenv("AWS_SHARED_CREDENTIALS_FILE") }
        // Nobody listens at port 1.
        let seal = KMSSeal(try #require(place("http://127.0.0.1:1")), now: { Date(timeIntervalSince1970: 0) })
        let deployment = DeploymentID(of: .generate(now: Date(timeIntervalSince1970: 0)))
        let error = await #expect(throws: SealError.self) {
            _ = try await seal.wrap(SecretBytes(randomCount: 3), for: deployment)
        }
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("http://127.0.0.1:1"))
        await #expect(throws: SealError.malformed) {
            _ = try await seal.unwrap([1, 2, 3], for: deployment).count
        }
    }
}

@Suite("Client credentials")
struct ClientCredentialsTests {
    private let text = """
        # a comment
        aws_access_key_id = outside
        [default]
        aws_access_key_id=AKIADEFAULT
        aws_secret_access_key = a/b=c
        ; another comment
        [ other ]
          AWS_ACCESS_KEY_ID =  AKIAOTHER
        aws_secret_access_key = second
        aws_session_token = token
        [broken
        aws_access_key_id = nobody
        """

    @Test func `reads profiles as AWS's clients do`() {
        let standard = ClientCredentials.values(ofProfile: "default", in: text)
        #expect(standard == ["aws_access_key_id": "AKIADEFAULT", "aws_secret_access_key": "a/b=c"])
        let other = ClientCredentials.values(ofProfile: "other", in: text)
        #expect(other["aws_access_key_id"] == "AKIAOTHER" && other["aws_session_token"] == "token")
        #expect(ClientCredentials.values(ofProfile: "broken", in: text).isEmpty)
        #expect(ClientCredentials.values(ofProfile: "absent", in: text).isEmpty)
    }

    @Test func `prefers a profile that is asked for, then variables, then the file`() throws {
        let path =
            FileManager.default.temporaryDirectory.path + "/credentials-\(UInt64.random(in: 0 ... .max))"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var environment = ["AWS_SHARED_CREDENTIALS_FILE": path]
        let find = { (profile: String?) in
            try ClientCredentials.find(profile: profile, environment: environment).accessKeyID
        }
        #expect(try find(nil) == "AKIADEFAULT")
        environment["AWS_PROFILE"] = "other"
        #expect(try find(nil) == "AKIAOTHER")
        environment["AWS_ACCESS_KEY_ID"] = "AKIAVARIABLE"
        environment["AWS_SECRET_ACCESS_KEY"] = "third"
        #expect(try find(nil) == "AKIAVARIABLE")
        #expect(try find("default") == "AKIADEFAULT")
        #expect(throws: SealError.self) { try find("absent") }
        #expect(throws: SealError.self) {
            try ClientCredentials.find(profile: nil, environment: ["AWS_SHARED_CREDENTIALS_FILE": "/nowhere"])
        }
    }
}
