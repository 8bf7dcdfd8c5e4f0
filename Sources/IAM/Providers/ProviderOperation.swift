import AWSProtocol
package import Operations
import Storage

/// An operation on one OpenID Connect provider, permitted on that.
package protocol ProviderOperation: IAMOperation {
    /// The provider's ARN, as the caller wrote it.
    static func provider(of request: Request) -> String
    /// The operation's own condition keys.
    static func conditions(of request: Request) -> RequestConditions
}

extension ProviderOperation {
    package static func conditions(of request: Request) -> RequestConditions { RequestConditions() }

    package static func references(in request: Request) -> [IAMReference] {
        [.provider(provider(of: request))]
    }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call, conditions(of: request))]
    }
}

extension Authorized where Operation: ProviderOperation {
    /// The provider that the operation is on, as it was read.
    var provider: Kept<OpenIDConnectProvider> {
        guard case .provider(let kept) = resource else { preconditionFailure("the request names a provider") }
        return kept
    }
}

extension IAMService {
    /// Replaces a provider with a changed copy.
    ///
    /// - Throws: What `body` throws; `.superseded` when the provider changed meanwhile.
    func change(
        _ kept: Kept<OpenIDConnectProvider>,
        _ body: (inout OpenIDConnectProvider) throws(IAMError) -> Void
    ) async throws(IAMError) {
        var provider = kept.value
        try body(&provider)
        if provider == kept.value { return }
        let key = OpenIDConnectProvider.recordKey(provider.account, provider.issuer)
        try await commit([try put(provider, key, expecting: .version(kept.version))])
    }
}

extension OpenIDConnectProvider {
    /// Adds an audience unless it is there.
    mutating func add(clientID: String) throws(IAMError) {
        if clientIDs.contains(clientID) { return }
        guard clientIDs.count < Self.clientIDsMax else {
            throw .limitExceeded(
                "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: \(Self.clientIDsMax)"
            )
        }
        clientIDs.append(clientID)
    }

    /// Refuses what cannot be thumbprints of certificates: SHA-1 in hexadecimal.
    static func check(thumbprints: [String]) throws(IAMError) {
        guard thumbprints.count <= thumbprintsMax else {
            throw .invalidInput("Thumbprint list must contain fewer than \(thumbprintsMax) entries.")
        }
        guard thumbprints.allSatisfy({ $0.utf8.allSatisfy(isHexadecimal) }) else {
            throw .invalidInput("A thumbprint must be 40 hexadecimal characters.")
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
