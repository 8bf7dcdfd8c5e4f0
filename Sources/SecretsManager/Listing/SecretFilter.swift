import AWSProtocol
import Operations

/// One filter of ListSecrets and BatchGetSecretValue; a secret must pass all that a request has.
///
/// Source: Secrets Manager API Reference, "Filter".
package struct SecretFilter: Sendable {
    enum Key: String, CaseIterable, Sendable {
        case description
        case name
        case tagKey = "tag-key"
        case tagValue = "tag-value"
        case primaryRegion = "primary-region"
        case owningService = "owning-service"
        case all
    }

    let key: Key
    private let wanted: [String]
    private let unwanted: [String]

    /// The filters of a request.
    ///
    /// - Throws: `.invalidParameter` for one without key or values.
    static func list(_ inputs: [Input]) throws(SecretsManagerError) -> [SecretFilter] {
        var filters: [SecretFilter] = []
        for input in inputs {
            guard let key = input.string("Key").flatMap({ Key(rawValue: $0) }) else {
                throw .invalidParameter("A filter must have a key.")
            }
            guard let values = input.strings("Values"), !values.isEmpty else {
                throw .invalidParameter("Invalid filter values for key: \(key.rawValue)")
            }
            filters.append(SecretFilter(key, values))
        }
        return filters
    }

    /// A filter whose values are alternatives; those that begin with `!` exclude.
    init(_ key: Key, _ values: [String]) {
        self.key = key
        wanted = values.filter { !$0.hasPrefix("!") }
        unwanted = values.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
    }

    func matches(_ secret: Secret) -> Bool {
        (wanted.isEmpty || wanted.contains { matches($0, secret) })
            && !unwanted.contains { matches($0, secret) }
    }

    private func matches(_ value: String, _ secret: Secret) -> Bool {
        switch key {
        case .description:
            secret.description?.lowercased().hasPrefix(value.lowercased()) ?? false
        case .name: secret.locator.name.description.hasPrefix(value)
        case .tagKey: secret.tags.contains { $0.key.hasPrefix(value) }
        case .tagValue: secret.tags.contains { $0.value.hasPrefix(value) }
        case .primaryRegion: secret.primaryRegion?.description.hasPrefix(value) ?? false
        // No secret of this deployment is managed by a service.
        case .owningService: false
        case .all: matchesEverywhere(value, secret)
        }
    }

    /// Whether each word of a text occurs in some attribute, in whatever case.
    private func matchesEverywhere(_ value: String, _ secret: Secret) -> Bool {
        let attributes =
            ([secret.locator.name.description, secret.description, secret.primaryRegion?.description]
            .compactMap(\.self) + secret.tags.flatMap { [$0.key, $0.value] }).map { $0.lowercased() }
        return value.lowercased().split(separator: " ").allSatisfy { word in
            attributes.contains { $0.contains(word) }
        }
    }
}
