import Foundation
import Glibc
import Synchronization

/// Writes lines to a file, a pipe or a terminal, without ever waiting for who reads them.
///
/// Lines go out at once where there is room. Where a pipe is full they wait in memory, and a thread that lives for so
/// long writes them; when too much waits, further lines are dropped, and a line says how many.
final class LineOutput: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var isDraining = false
    }

    private let descriptor: Int32
    /// Files take what they are given, and have no reader to wait for.
    private let isFile: Bool
    private let waitingBytesMax: Int
    private let state = Mutex(State())

    init(_ descriptor: Int32, waitingBytesMax: Int = 4 << 20) {
        self.descriptor = descriptor
        self.waitingBytesMax = waitingBytesMax
        var status = stat()
        isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Takes whole lines.
    func write(_ lines: [UInt8]) {
        let mustDrain = state.withLock { state in
            guard state.waiting.isEmpty, !state.isDraining else {
                keep(lines[...], in: &state)
                return false
            }
            let rest = lines.withUnsafeBytes { writeReady($0) }
            guard rest > 0 else { return false }
            state.waiting.append(contentsOf: lines.suffix(rest))
            state.isDraining = true
            return true
        }
        if mustDrain { Thread.detachNewThread { [self] in drain() } }
    }

    private func keep(_ lines: ArraySlice<UInt8>, in state: inout State) {
        if state.waiting.count + lines.count > waitingBytesMax {
            state.dropped += lines.count { $0 == UInt8(ascii: "\n") }
        } else {
            state.waiting.append(contentsOf: lines)
        }
    }

    /// Writes what waits until nothing does; waits itself for the reader.
    private func drain() {
        while let bytes = nextWaiting() {
            var start = 0
            while start < bytes.count {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
                start = bytes.count - bytes.withUnsafeBytes { writeReady(.init(rebasing: $0[start...])) }
            }
        }
    }

    private func nextWaiting() -> [UInt8]? {
        state.withLock { state in
            if state.dropped > 0 {
                state.waiting += Array(
                    "level=WARN msg=\"log lines lost: nobody read them\" lines=\(state.dropped)\n".utf8
                )
                state.dropped = 0
            }
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Writes as much as there is room for and gives how many bytes are left.
    private func writeReady(_ bytes: UnsafeRawBufferPointer) -> Int {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            // A pipe that is ready has room for so much (pipe(7), PIPE_BUF).
            let count = isFile ? rest.count : min(rest.count, Self.pipeBytes)
            if !isFile {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&ready, 1, 0) == 1 else { return rest.count }
            }
            let written = Glibc.write(descriptor, base, count)
            if written < 0, errno == EINTR { continue }
            if written < 0, errno == EAGAIN { return rest.count }
            // Nobody reads the log any more, and there is nowhere to say so; the server goes on.
            guard written > 0 else { return 0 }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        return 0
    }

    private static let pipeBytes = 4096
}
