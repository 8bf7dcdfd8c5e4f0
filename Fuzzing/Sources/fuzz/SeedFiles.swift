import Foundation
import FuzzTargets

/// The seeds of a target as files.
enum SeedFiles {
    /// Writes a file a seed into a folder that is named after the target; files that are there already stay.
    static func write(_ target: FuzzTarget, below directory: String) {
        let folder = URL(fileURLWithPath: directory).appendingPathComponent(target.name)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, bytes) in target.seeds() {
                let file = folder.appendingPathComponent(name)
                guard !FileManager.default.fileExists(atPath: file.path) else { continue }
                try Data(bytes).write(to: file)
            }
        } catch {
            complain("fuzz: the seeds of \(target.name) cannot be written: \(error)")
            exit(1)
        }
    }
}
