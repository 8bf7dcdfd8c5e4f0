package import Operations

/// Gives a JSON Web Token for third parties; this deployment is no identity provider.
///
/// Source: STS API Reference, GetWebIdentityToken.
package enum GetWebIdentityToken: RefusedOperation {
    package static let name = "GetWebIdentityToken"
    package static let errors = [
        "SessionDurationEscalationException", "OutboundWebIdentityFederationDisabledException",
        "JWTPayloadSizeExceededException",
    ]
    package static let refusal = STSError.outboundFederationDisabled
}

// MARK: Wire

extension GetWebIdentityToken {
    package static let input: [Member] = [
        .required("Audience", .list(.string(length: 1...1000), length: 1...10)),
        .optional("DurationSeconds", .integer(60...3_600)),
        .required("SigningAlgorithm", .string(length: 5...5)),
        .optional("Tags", .sessionTags),
    ]
}
