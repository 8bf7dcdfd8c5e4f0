import Dispatch

/// Runs what keeps a thread busy or waiting away from the threads that serve requests.
enum BlockingWork {
    /// One at a time: memory-hard derivations would add up, and Cryptoki modules are set up and torn down
    /// around each use.
    private static let queue = DispatchQueue(label: "strongroom.seal", qos: .userInitiated)

    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(SealError) -> Value
    ) async throws(SealError) -> Value {
        let outcome = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { () throws(SealError) in try work() })
            }
        }
        return try outcome.get()
    }
}
