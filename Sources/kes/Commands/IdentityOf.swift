import ArgumentParser
import Foundation
import KES
import KESServer

/// Tells the identity of an API key or a certificate.
struct IdentityOf: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "of",
        abstract: "Tell the identity of an API key or a certificate."
    )

    @Argument(help: "An API key, or a file with a certificate or private key in PEM.")
    var keyOrFile: String

    mutating func run() throws {
        if let key = APIKey(keyOrFile) { return Output.value(key.identity.text) }
        let text = try PEMFile.read(keyOrFile)
        if text.contains("PRIVATE KEY-----") {
            Output.value(
                try PEMFile.explained(keyOrFile) {
                    try IdentityFile.apiKey(privateKeyPEM: text).identity.text
                }
            )
        } else {
            Output.value(
                try PEMFile.explained(keyOrFile) { try IdentityFile.identity(certificatePEM: text).text }
            )
        }
    }
}

/// Makes an API key, or tells what a file stands for: the API key of a private key, the identity of a certificate.
struct IdentityShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Make an API key, or show the one of a private key or the identity of a certificate."
    )

    @Argument(help: "An API key, or a file with a private key or certificate in PEM.")
    var keyOrFile: String?

    mutating func run() throws {
        guard let keyOrFile else { return APIKey().exposingSecret { Output.value($0) } }
        if let key = APIKey(keyOrFile) { return Output.value(key.identity.text) }
        let text = try PEMFile.read(keyOrFile)
        if text.contains("PRIVATE KEY-----") {
            let key = try PEMFile.explained(keyOrFile) { try IdentityFile.apiKey(privateKeyPEM: text) }
            key.exposingSecret { Output.value($0) }
        } else {
            Output.value(
                try PEMFile.explained(keyOrFile) { try IdentityFile.identity(certificatePEM: text).text }
            )
        }
    }
}

/// A file that an argument names.
enum PEMFile {
    static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandFailure("'\(path)' is no API key, and no file that can be read")
        }
    }

    static func explained<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as IdentityFileError {
            throw CommandFailure("'\(path)': \(error)")
        }
    }
}
