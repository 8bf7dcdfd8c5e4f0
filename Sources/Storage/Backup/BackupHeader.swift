package import Foundation

/// What a backup says of itself before its records.
package struct BackupHeader: Hashable, Sendable {
    /// When it was begun.
    package let createdAt: Date
    /// The engine that the records come from, such as `sqlite`.
    package let engine: String
    /// Every change of the source up to this one is in the backup, and perhaps later ones.
    package let position: Int64
    /// The version of Strongroom that wrote it.
    package let program: String

    package init(createdAt: Date, engine: String, position: Int64, program: String) {
        self.createdAt = createdAt
        self.engine = engine
        self.position = position
        self.program = program
    }
}

// MARK: Form

extension BackupHeader: Codable {
    /// The JSON object of the header section; dates are seconds since 1970.
    func form() throws(BackupError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        encoder.outputFormatting = .sortedKeys
        do {
            let bytes = [UInt8](try encoder.encode(self))
            guard bytes.count <= BackupFormat.headerBytesMax else { throw BackupError.unwritable(.header) }
            return bytes
        } catch {
            throw .unwritable(.header)
        }
    }

    /// The header in a section's body; nil when it is not one.
    init?(form: [UInt8]) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        do {
            self = try decoder.decode(BackupHeader.self, from: Data(form))
        } catch {
            // What is wrong inside does not matter: the chain fits, so another program wrote it.
            return nil
        }
    }
}
