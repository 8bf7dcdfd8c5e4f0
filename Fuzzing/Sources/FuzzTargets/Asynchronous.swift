import Dispatch
import Synchronization

/// Runs what is asynchronous from targets, which are not.
enum Asynchronous {
    /// The result, waited for.
    static func result<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Value?>(nil)
        Task {
            let value = await work()
            result.withLock { $0 = value }
            done.signal()
        }
        done.wait()
        return certain(result.withLock { $0 })
    }
}
