import Cryptography
import Doors
import Foundation
import KES
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import KESServer

@Suite("A server's certificates")
struct CertificateReloadTests {
    /// A folder with `public.crt` and `private.key`, which tests overwrite.
    private final class Files {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kes-\(UUID())").path
        var certificate: String { "\(folder)/public.crt" }
        var key: String { "\(folder)/private.key" }

        init() throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// Writes a new pair and gives the identity that it stands for.
        func renew(password: String? = nil) throws -> Identity {
            let apiKey = APIKey()
            let made = try IdentityCertificate(
                of: apiKey,
                name: "localhost",
                hosts: ["localhost"],
                purpose: .clientAndServer,
                seconds: 3_600,
                now: SystemTime.now()
            )
            try made.certificatePEM.write(toFile: certificate, atomically: true, encoding: .utf8)
            if let password {
                let text = try made.privateKeyPEM(password: SecretBytes(copying: password.utf8))
                try text.withUnsafeBytes { Data($0) }.write(to: URL(filePath: key))
            } else {
                try made.exposingSecret { try $0.write(toFile: key, atomically: true, encoding: .utf8) }
            }
            return apiKey.identity
        }
    }

    private func start(_ files: Files) async throws -> (server: KESServerProcess, door: OpenDoor) {
        let text = """
            admin: { identity: disabled }
            tls: { key: \(files.key), cert: \(files.certificate) }
            log: { error: off, audit: off }
            keystore: { fs: { path: \(files.folder)/keys } }
            """
        let launch = KESServerProcess.Launch(
            configuration: { try KESConfiguration.parse(text, environment: [:]) },
            keyStore: { _ in HeldKeyStore(store: MemoryKeyStore(), close: {}) },
            version: "test",
            address: DoorAddress("127.0.0.1:0"),
            certificate: { tls in
                try ServerCertificate(
                    certificateFile: tls.certificatePath,
                    keyFile: tls.keyPath,
                    password: ""
                )
            },
            verifiesClients: false
        )
        let server = try await KESServerProcess(launch, now: { SystemTime.now() })
        return (server, try await server.open())
    }

    /// Who the server at an address is by its certificate.
    private func identity(at address: String) async throws -> Identity {
        let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
        let group = MultiThreadedEventLoopGroup.singleton
        let shown = group.next().makePromise(of: Identity.self)
        let channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var tls = TLSConfiguration.makeClientConfiguration()
                    tls.verifySignatureAlgorithms = TLSSignatures.all
                    let handler = try NIOSSLClientHandler(
                        context: NIOSSLContext(configuration: tls),
                        serverHostname: "localhost",
                        customVerificationCallback: { chain, promise in
                            shown.completeWith(Result { try ClientCertificates.identity(of: chain) })
                            promise.succeed(.certificateVerified)
                        }
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let identity = try await shown.futureResult.get()
        // The server may have closed it: this client shows no certificate.
        channel.close(promise: nil)
        return identity
    }

    @Test func `are read again, and stay as they were when the new ones are no good`() async throws {
        let files = try Files()
        let first = try files.renew()
        let (server, door) = try await start(files)
        #expect(try await identity(at: door.address) == first)
        let second = try files.renew()
        #expect(try await identity(at: door.address) == first)
        server.reloadCertificates()
        #expect(try await identity(at: door.address) == second)
        try "no certificate".write(toFile: files.certificate, atomically: true, encoding: .utf8)
        server.reloadCertificates()
        #expect(try await identity(at: door.address) == second)
        await door.close()
        server.end()
    }

    @Test func `open with their password and with no other`() throws {
        let files = try Files()
        _ = try files.renew(password: "correct horse")
        func open(_ password: String) throws -> ServerCertificate {
            try ServerCertificate(
                certificateFile: files.certificate,
                keyFile: files.key,
                password: password
            )
        }
        _ = try open("correct horse")
        #expect(throws: TLSSetupError.self) { try open("") }
        #expect(throws: TLSSetupError.self) { try open("correct horsf") }
    }
}
