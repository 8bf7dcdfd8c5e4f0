import CloudTrail
import Rotators
import SecretsManager

/// Addresses of databases that secrets name, judged as those of SNS endpoints are.
struct JudgedAddresses: DatabaseAddresses {
    private static let secondsMax: Int64 = 5
    private static let lookup = AddressLookup(secondsMax: secondsMax)

    func addresses(of host: String, mayBeLoopback: Bool) async throws(RotationFailure) -> [String] {
        guard let found = await Self.lookup.addresses(of: host) else {
            throw .temporary("The address of \(host) could not be found in time.")
        }
        let rules = EndpointRules(allowsLoopback: mayBeLoopback, sendsMail: false)
        for address in found {
            // Whoever names the host may also name its addresses: one that may not be called tells enough.
            guard let reason = rules.refusal(ofAddress: address.description) else { continue }
            throw .permanent("\(host) cannot be called: \(reason).")
        }
        return found.map(\.description)
    }
}
