import CPKCS11
import Foundation
import Testing

@testable import Cryptography

/// Tokens of SoftHSM2, Debian's package softhsm2, in a directory of their own.
///
/// The module reads its configuration from a variable of the process when it is set up, so all tests share
/// one directory; each makes a token with a label of its own.
struct SoftwareToken {
    static let module = "/usr/lib/softhsm/libsofthsm2.so"
    static let pin = "1234-user"
    static let officerPIN = "5678-officer"

    let label = "token-\(UInt32.random(in: 0 ... .max))"

    init() throws {
        _ = try #require(Self.configuration, "install Debian's softhsm2; `make test` does")
        try Self.run([
            "--init-token", "--free", "--label", label, "--pin", Self.pin, "--so-pin", Self.officerPIN,
        ])
    }

    func place(key: String = "strongroom") -> PKCS11Seal.Place {
        PKCS11Seal.Place(module: Self.module, tokenLabel: label, keyLabel: key)
    }

    func seal(pin: String = pin, key: String = "strongroom", makingKey: Bool = true) -> PKCS11Seal {
        PKCS11Seal(
            place(key: key),
            pin: SharedSecret(SecretBytes(copying: pin.utf8)),
            makingKey: makingKey
        )
    }

    /// Makes an AES key that can be read out again.
    func makeReadableKey(labelled key: String) async throws {
        let (label, pin) = (label, SharedSecret(SecretBytes(copying: Self.pin.utf8)))
        try await BlockingWork.run { () throws(SealError) in
            try CryptokiModule(path: Self.module).withSession(token: label, pin: pin) {
                session throws(SealError) in
                var attributes = CryptokiAttributes([
                    .flag(STRONGROOM_CKA_TOKEN, true), .flag(STRONGROOM_CKA_SENSITIVE, false),
                    .flag(STRONGROOM_CKA_EXTRACTABLE, true), .flag(STRONGROOM_CKA_ENCRYPT, true),
                    .flag(STRONGROOM_CKA_DECRYPT, true), .number(STRONGROOM_CKA_VALUE_LEN, 32),
                    .text(STRONGROOM_CKA_LABEL, key),
                ])
                var mechanism = CK_MECHANISM(
                    mechanism: CK_MECHANISM_TYPE(STRONGROOM_CKM_AES_KEY_GEN),
                    pParameter: nil,
                    ulParameterLen: 0
                )
                var made: CK_OBJECT_HANDLE = 0
                let answer = attributes.withPointer {
                    session.functions.C_GenerateKey?(session.handle, &mechanism, $0, $1, &made)
                }
                guard answer == 0 else { throw .malformed }
            }
        }
    }

    func remove() throws { try Self.run(["--delete-token", "--token", label]) }

    private static let directory =
        FileManager.default.temporaryDirectory.path + "/softhsm-\(UUID().uuidString)"

    /// Set once, before the module is loaded.
    private static let configuration: String? = {
        let path = directory + "/softhsm2.conf"
        let tokens = directory + "/tokens"
        do {
            try FileManager.default.createDirectory(atPath: tokens, withIntermediateDirectories: true)
            let text = "directories.tokendir = \(tokens)\nobjectstore.backend = file\nlog.level = ERROR\n"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            return nil
        }
        setenv("SOFTHSM2_CONF", path, 1)
        return FileManager.default.fileExists(atPath: module) ? path : nil
    }()

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/softhsm2-util")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments): \(String(decoding: said, as: UTF8.self))")
    }
}
