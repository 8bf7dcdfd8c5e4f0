package import Operations

/// Exchanges a trade-in token for credentials; this deployment makes no such tokens.
///
/// Source: STS API Reference, GetDelegatedAccessToken.
package enum GetDelegatedAccessToken: RefusedOperation {
    package static let name = "GetDelegatedAccessToken"
    package static let errors = [
        "ExpiredTradeInTokenException", "RegionDisabledException", "PackedPolicyTooLarge",
    ]
    package static let refusal = STSError.unsupported(
        "Delegated access is not supported by this deployment."
    )
}

// MARK: Wire

extension GetDelegatedAccessToken {
    package static let input: [Member] = [.required("TradeInToken", .string(isSensitive: true))]
}
