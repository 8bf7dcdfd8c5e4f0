import COpenSSL
import Dispatch
import Foundation
import Synchronization

/// How the generation of an RSA key, a tenth of a second to several seconds of work, shares the processors.
package enum GenerationPace: Hashable, Sendable {
    /// On the caller's thread, as fast as it goes.
    case caller
    /// On a thread that runs only where no other wants to; where that is nowhere, and after so many seconds, anew as
    /// `caller`.
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
    private let clocks = ThreadClocks()

    /// After how long it is seen whether the thread starves; twice in a row it is, and no accident.
    private static let glanceNanoseconds: UInt64 = 250_000_000
    private static let starvedMax = 2

    init(_ spec: KeySpec) {
        self.spec = spec
    }

    /// Begins, once.
    func start() {
        let thread = Thread { [self] in
            clocks.addCallingThread()
            // Where the policy may not be set the key is generated all the same.
            _ = IdlePolicy.enter()
            run()
            end.signal()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// The key, if there is one within so many seconds and, unless it is to be waited for all the same, before the thread
    /// starves.
    func key(withinSeconds seconds: Double, evenStarved: Bool = false) -> LibcryptoKey? {
        let deadline = DispatchTime.now() + seconds
        var (taken, starved): (UInt64, Int) = (0, 0)
        while starved < Self.starvedMax || evenStarved {
            let glance = DispatchTime.now() + .nanoseconds(Int(Self.glanceNanoseconds))
            if end.wait(timeout: min(glance, deadline)) == .success {
                return state.withLock { $0.key.take() }
            }
            guard DispatchTime.now() < deadline else { return nil }
            let now = clocks.nanoseconds
            // Less than before when the thread has ended just now.
            let share = now - min(now, taken)
            let isStarved = IdlePolicy.isStarved(taken: share, ofNanoseconds: Self.glanceNanoseconds)
            (taken, starved) = (now, isStarved ? starved + 1 : 0)
        }
        return nil
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
