import Cryptography
package import Operations

/// Computes the HMAC of a message.
///
/// Source: AWS KMS API Reference, GenerateMac.
package enum GenerateMac: ImmediateOperation {
    package typealias Service = KeyManagementService
    package typealias Request = MACRequest

    package struct Response: Sendable {
        let key: String
        let mac: [UInt8]
        let algorithm: MACAlgorithm
    }

    package static let name = "GenerateMac"
    package static let action = "kms:GenerateMac"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "DisabledException", "KeyUnavailableException", "InvalidKeyUsageException",
        "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidStateException",
        "DryRunOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [request.requirement(action, on: resources[0], for: call)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let (request, key) = (call.request, call.resource)
        let authenticator = try request.authenticator(key, for: name, in: call.call)
        try kms.proceed(request.options)
        let mac = try cryptography { () throws(CryptographyError) in
            try authenticator.authenticationCode(for: request.message, algorithm: request.algorithm)
        }
        kms.noteUse(of: key, by: name, in: call.call)
        return Response(key: key.snapshot.arn, mac: mac, algorithm: request.algorithm)
    }
}

// MARK: Wire

extension GenerateMac {
    package static let input = MACRequest.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try MACRequest(input, for: call)
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.blob("Mac", response.mac)
        output.string("MacAlgorithm", response.algorithm.rawValue)
        output.string("KeyId", response.key)
    }
}
