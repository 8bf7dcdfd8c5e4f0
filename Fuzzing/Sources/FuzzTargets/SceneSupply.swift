import Synchronization

/// Deployments that serve so many inputs each, so that what those make does not pile up.
struct SceneSupply: ~Copyable, Sendable {
    private static let inputsMax = 256

    private let purpose: String
    private let prepare: @Sendable (GatewayScene) -> Void
    private let current = Mutex<(scene: GatewayScene, inputs: Int)?>(nil)

    init(purpose: String, prepare: @escaping @Sendable (GatewayScene) -> Void = { _ in }) {
        self.purpose = purpose
        self.prepare = prepare
    }

    /// The deployment for the next input.
    func next() -> GatewayScene {
        current.withLock { current in
            if let (scene, inputs) = current, inputs < Self.inputsMax {
                current = (scene, inputs + 1)
                return scene
            }
            // Closed before the next one takes its directory.
            current = nil
            let scene = GatewayScene(purpose)
            prepare(scene)
            current = (scene, 1)
            return scene
        }
    }

    /// Makes the next input get a deployment of its own.
    func giveUp() { current.withLock { $0 = nil } }
}
