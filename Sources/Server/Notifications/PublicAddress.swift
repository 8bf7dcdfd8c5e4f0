import Foundation
import Synchronization

/// Where receivers of notifications find the AWS door: known when it is open, unless it was configured.
final class PublicAddress: Sendable {
    private let url: Mutex<String?>

    init(configured: String?) { url = Mutex(configured) }

    var current: String? { url.withLock { $0 } }

    /// Notes where the door listens; a door on all addresses is known by the machine's name.
    func doorOpened(at address: String, isSecure: Bool) {
        url.withLock { url in
            guard url == nil else { return }
            var place = address
            for all in ["0.0.0.0:", "[::]:", ":::"] where address.hasPrefix(all) {
                place = "\(ProcessInfo.processInfo.hostName):\(address.dropFirst(all.count))"
            }
            url = "\(isSecure ? "https" : "http")://\(place)"
        }
    }
}
