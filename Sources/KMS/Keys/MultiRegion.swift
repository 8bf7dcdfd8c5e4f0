package import AWSProtocol

/// The Regions a multi-Region key lives in; every one of its records holds the same.
package struct MultiRegion: Hashable, Sendable, Codable {
    package var primary: Region
    /// In the order they were made.
    package var replicas: [Region]

    package init(primary: Region, replicas: [Region] = []) {
        self.primary = primary
        self.replicas = replicas
    }

    package var allRegions: [Region] { [primary] + replicas }
}
