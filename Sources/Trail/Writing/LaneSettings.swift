import Synchronization

/// What all lanes of a writer have in common.
final class LaneSettings: Sendable {
    let directory: TrailDirectory
    let trail: TrailID
    let lanes: Int
    let signer: TrailSigner
    let durability: TrailDurability
    let limits: TrailLimits
    let fileSystem: any TrailFileSystem
    /// How many lanes could not be written when last tried.
    let failingLanes = Atomic<Int>(0)

    init(
        directory: TrailDirectory,
        trail: TrailID,
        lanes: Int,
        signer: TrailSigner,
        durability: TrailDurability,
        limits: TrailLimits,
        fileSystem: any TrailFileSystem
    ) {
        self.directory = directory
        self.trail = trail
        self.lanes = lanes
        self.signer = signer
        self.durability = durability
        self.limits = limits
        self.fileSystem = fileSystem
    }
}
