#if !LIBFUZZER
import Foundation
import FuzzTargets
import Glibc

/// What runs where the toolchain has no libFuzzer: seeds, changed by a generator that begins with a number.
///
/// It takes those options of libFuzzer that scripts/fuzz.py gives, and like it keeps the input that ended the
/// process. It sees no coverage, so it finds less.
enum Engine {
    static func run(_ target: FuzzTarget, _ arguments: [String]) -> Int32 {
        let options = EngineOptions(arguments)
        let seeds = options.paths.flatMap { inputs(at: $0) }
        LastInput.arm(room: 2 * target.bytesMax, prefix: options["artifact_prefix"] ?? "")
        let seconds = UInt32(options["timeout"] ?? "") ?? 0
        func tryOut(_ input: [UInt8]) {
            LastInput.note(input)
            alarm(seconds)
            target.run(input)
            alarm(0)
        }
        for seed in seeds { tryOut(seed) }
        let isReproduction = !options.paths.isEmpty && options.paths.allSatisfy { !isFolder($0) }
        if isReproduction { return 0 }
        var mutator = Mutator(
            seed: UInt64(options["seed"] ?? "") ?? 1,
            seeds: seeds,
            words: options["dict"].map { DictionaryFile.words(at: $0) } ?? [],
            bytesMax: target.bytesMax
        )
        let end = options["max_total_time"].flatMap(Double.init).map { Date().addingTimeInterval($0) }
        var runs = 0
        let runsMax = Int(options["runs"] ?? "") ?? Int.max
        while runs < runsMax, end.map({ Date() < $0 }) ?? true {
            tryOut(mutator.next())
            runs += 1
        }
        print("Done \(runs) runs without coverage")
        return 0
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The bytes of a file, or of all files of a folder in the order of their names.
    private static func inputs(at path: String) -> [[UInt8]] {
        let names = isFolder(path) ? (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] : nil
        let files = names.map { $0.sorted().map { "\(path)/\($0)" } } ?? [path]
        return files.compactMap { FileManager.default.contents(atPath: $0).map { Array($0) } }
    }
}

/// Options as libFuzzer writes them, `-name=value`, and paths.
struct EngineOptions {
    private var values: [String: String] = [:]
    private(set) var paths: [String] = []

    init(_ arguments: [String]) {
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            if argument.hasPrefix("-"), parts.count == 2 {
                values[String(parts[0].dropFirst())] = parts[1]
            } else {
                paths.append(argument)
            }
        }
    }

    subscript(name: String) -> String? { values[name] }
}

/// Keeps the input that is being tried where a signal's handler can write it to a file.
enum LastInput {
    // Unchecked: set once before the first input; then one thread alone writes, and the handler reads while
    // that thread stands still or the process is about to end.
    private nonisolated(unsafe) static var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    // Unchecked: as above.
    private nonisolated(unsafe) static var count = 0
    // Unchecked: as above.
    private nonisolated(unsafe) static var path: UnsafeMutablePointer<CChar>?

    static func arm(room: Int, prefix: String) {
        bytes = .allocate(byteCount: room, alignment: 1)
        path = strdup(prefix + "crash-seeded")
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGALRM] {
            signal(number) { _ in LastInput.save() }
        }
    }

    static func note(_ input: [UInt8]) {
        count = min(input.count, bytes.count)
        bytes.copyBytes(from: input.prefix(count))
    }

    /// Writes the input and ends the process, with nothing but system calls.
    private static func save() {
        if let path {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            _ = write(descriptor, bytes.baseAddress, count)
            let text: StaticString = "Test unit written to "
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            _ = write(STDERR_FILENO, path, strlen(path))
            _ = write(STDERR_FILENO, "\n", 1)
        }
        _exit(77)
    }
}
#endif
