package import Operations

/// An operation on custom key stores: its request is checked like any other, then refused.
///
/// Keys here lie in the deployment's own store, sealed; there are no clusters of AWS CloudHSM and no external
/// key store proxies to connect.
package protocol CustomKeyStoreOperation: DurableOperation
where Service == KeyManagementService, Request == NoRequest, Response == NoOutput {}

/// The request of an operation that refuses whatever it is asked: there is none.
package enum NoRequest: Sendable {}

extension CustomKeyStoreOperation {
    package static var errors: [String] { ["UnsupportedOperationException"] }

    package static func request(from input: Input, for call: Call) throws(KMSError) -> NoRequest {
        throw .customKeyStores
    }

    package static func references(in request: NoRequest) -> [KeyReference] {}

    package static func requirements(
        of request: NoRequest,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {}

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        throw .customKeyStores
    }
}

extension Shape {
    static let customKeyStoreName = Shape.string(length: 1...256)
    static let cloudHSMCluster = Shape.string(
        length: 19...24,
        pattern: .expression("cluster-[2-7a-zA-Z]{11,16}")
    )
    static let keyStorePassword = Shape.string(length: 7...32, isSensitive: true)
    static let proxyURI = Shape.string(length: 10...128, pattern: .expression("^https://[a-zA-Z0-9.-]+$"))
    static let proxyPath = Shape.string(
        length: 10...128,
        pattern: .expression(#"^(/[a-zA-Z0-9\/_-]+/kms/xks/v\d{1,2})$|^(/kms/xks/v\d{1,2})$"#)
    )
    static let proxyEndpointService = Shape.string(
        length: 20...64,
        pattern: .expression(#"^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$"#)
    )
    static let proxyEndpointOwner = Shape.string(length: 12...12, pattern: .expression("[0-9]{12}"))
    static let proxyConnectivity = Shape.enumeration(["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"])
    static let proxyCredential = Shape.structure([
        .required(
            "AccessKeyId",
            .string(length: 20...30, pattern: .expression("^[A-Z2-7]+$"), isSensitive: true)
        ),
        .required(
            "RawSecretAccessKey",
            .string(length: 43...64, pattern: .expression(#"^[a-zA-Z0-9\/+=]+$"#), isSensitive: true)
        ),
    ])
}
