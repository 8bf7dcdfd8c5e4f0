import AWSProtocol
import Glibc
package import Logging
import Synchronization

package import struct Foundation.Date

/// Writes one line for each event to standard error.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let now: @Sendable () -> Date
    private let write: @Sendable ([UInt8]) -> Void

    init(
        format: LogFormat,
        level: Logger.Level,
        now: @escaping @Sendable () -> Date,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.format = format
        logLevel = level
        self.now = now
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        write(
            format.line(
                time: Timestamp.iso8601Milliseconds(now()),
                level: event.level.rawValue,
                message: event.message.description,
                metadata: all.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
            )
        )
    }
}

extension Logger {
    /// The log of a server: lines on standard error.
    package init(_ settings: LogSettings, now: @escaping @Sendable () -> Date) {
        self.init(label: "strongroom") { _ in
            LineLogHandler(
                format: settings.format,
                level: settings.level,
                now: now,
                write: StandardError.write
            )
        }
    }
}

/// Standard error, one writer at a time, so that long lines stay whole.
private enum StandardError {
    private static let lock = Mutex(())

    @Sendable static func write(_ line: [UInt8]) {
        lock.withLock { _ in
            line.withUnsafeBytes { bytes in
                var rest = bytes
                while let base = rest.baseAddress, !rest.isEmpty {
                    let written = Glibc.write(STDERR_FILENO, base, rest.count)
                    if written < 0, errno == EINTR { continue }
                    // Nobody reads the log, and there is nowhere to say so; the server goes on.
                    guard written > 0 else { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                }
            }
        }
    }
}
