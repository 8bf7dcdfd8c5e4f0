import Synchronization

/// Whether the AWS door is open: a function that is called earlier finds nobody to read the secret from.
final class AwaitedDoor: Sendable {
    private let state = Atomic(false)

    var isOpen: Bool { state.load(ordering: .acquiring) }

    func opened() { state.store(true, ordering: .releasing) }
}
