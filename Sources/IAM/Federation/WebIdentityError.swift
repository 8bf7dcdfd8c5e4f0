/// Why a web identity token gives nobody a role.
package enum WebIdentityError: Error, Hashable, Sendable {
    /// What a token claims that it must not, or does not claim that it must.
    package enum ClaimFault: Hashable, Sendable {
        case missing(String)
        case malformed(String)
        case notYetValid(String)
    }

    /// The text is no JSON Web Token in its compact form.
    case malformedToken
    /// `none`, an HMAC, or any other algorithm that is not taken, whatever keys there are.
    case refusedAlgorithm(String)
    /// The account has no identity provider for the token's issuer.
    case unknownProvider(String)
    case wrongAudience
    case claim(ClaimFault)
    /// Both are seconds since 1970.
    case expired(now: Int64, expiry: Int64)
    /// The provider publishes no key of that name, or none at all that could be meant.
    case unknownKey
    /// The key is of another kind, or for another algorithm or use, than the token says.
    case keyMismatch
    case invalidSignature
    /// The provider could not be asked for its keys; it may go better later.
    case unreachable(FetchFailure)
    /// What the provider publishes is no key set; the reason is a fixed sentence.
    case invalidKeySet(reason: String)
}

/// Why a document of an identity provider was not fetched.
package enum FetchFailure: Error, Hashable, Sendable {
    /// The address is not `https`, and its host is not one for which that is allowed.
    case insecure
    /// The host has an address that must not be called, such as a link-local one.
    case forbiddenAddress
    case redirected
    case tooLarge(bytesMax: Int)
    case timedOut
    case status(Int)
    /// The reason is for the log.
    case unreachable(reason: String)
}

extension FetchFailure: CustomStringConvertible {
    /// A sentence that tells a caller nothing of the server's network.
    package var description: String {
        switch self {
        case .insecure: "its address is not https"
        case .forbiddenAddress: "its address is not one that may be called"
        case .redirected: "it redirects elsewhere"
        case .tooLarge(let bytesMax): "it answers with more than \(bytesMax) bytes"
        case .timedOut: "it did not answer in time"
        case .status(let status): "it answers with status \(status)"
        case .unreachable: "it cannot be reached"
        }
    }
}
