import CProcess
import Glibc
import Synchronization

/// Gives memory that is free within the process back to the system after a rush.
///
/// The allocator keeps what thousands of connections had, scattered over its arenas, and on its own gives back
/// only what lies at the end of one. Looking for the rest costs milliseconds, so it is done only when there is
/// much to be found.
final class FreedMemory: Sendable {
    /// How much more than after the last time makes it worth while.
    private static let growthBytes = 16 << 20

    /// The resident bytes that are not the program's data: code, stacks, what the allocator cannot give back.
    private let usual = Mutex(Int.max)

    func giveBack() {
        guard let unused = Self.unused else { return }
        usual.withLock { usual in
            if usual == .max || unused > usual + Self.growthBytes {
                strongroom_trim_memory()
                usual = Self.unused ?? unused
            } else {
                usual = min(usual, unused)
            }
        }
    }

    private static var unused: Int? { resident.map { $0 - Int(strongroom_allocated_memory()) } }

    /// The resident bytes of this process; nil when the system does not tell.
    private static var resident: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
    }
}
