import COpenSSL
import Dispatch
import Foundation
import Synchronization

/// How the generation of an RSA key, a tenth of a second to several seconds of work, shares the processors.
package enum GenerationPace: Hashable, Sendable {
    /// On the caller's thread, as fast as it goes.
    case caller
    /// On a thread that runs only where no other wants to, and after so many seconds anew as `caller`.
    case yielding(seconds: Double)

    /// For a server that answers other requests meanwhile, and one whose clients wait a minute for an answer.
    package static let background = yielding(seconds: 10)
}

/// The generation of one key on a thread of its own that gives way to all others (``IdlePolicy``).
///
/// Beside processes that never let go of the processors it may not end; hence ``giveUp()``.
final class IdleGeneration: Sendable {
    private struct State {
        var isGivenUp = false
        var key: LibcryptoKey?
    }

    private let spec: KeySpec
    private let state = Mutex(State())
    private let end = DispatchSemaphore(value: 0)

    init(_ spec: KeySpec) {
        self.spec = spec
    }

    /// Begins, once.
    func start() {
        let thread = Thread { [self] in
            // Where the policy may not be set the key is generated all the same.
            _ = IdlePolicy.enter()
            run()
            end.signal()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// The key, if there is one within so many seconds.
    func key(withinSeconds seconds: Double) -> LibcryptoKey? {
        guard end.wait(timeout: .now() + seconds) == .success else { return nil }
        return state.withLock { $0.key.take() }
    }

    /// Ends the generation the next time that libcrypto tells of its progress, some milliseconds of work later.
    func giveUp() {
        state.withLock { $0 = State(isGivenUp: true, key: nil) }
    }

    fileprivate var isGivenUp: Bool { state.withLock(\.isGivenUp) }

    private func run() {
        // A caller that gets no key from here generates one itself, and is told why when that fails too.
        guard let key = try? LibcryptoKey.generate(spec, watchedBy: self) else { return }
        state.withLock { state in
            if !state.isGivenUp { state.key = key }
        }
    }

    /// Has a key generation context ask after each step whether to go on; this object must outlive the context.
    func watch(_ context: OpaquePointer) {
        EVP_PKEY_CTX_set_app_data(context, Unmanaged.passUnretained(self).toOpaque())
        EVP_PKEY_CTX_set_cb(context) { context in
            guard let watcher = EVP_PKEY_CTX_get_app_data(context) else { return 1 }
            return Unmanaged<IdleGeneration>.fromOpaque(watcher).takeUnretainedValue().isGivenUp ? 0 : 1
        }
    }
}
