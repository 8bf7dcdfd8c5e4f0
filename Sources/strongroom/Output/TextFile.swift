import ArgumentParser
import Foundation

/// A small file that an argument names.
enum TextFile {
    static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ValidationError("The file \(path) cannot be read as UTF-8 text.")
        }
    }
}
