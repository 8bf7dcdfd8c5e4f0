import Cryptography
package import Operations

/// Verifies an HMAC in constant time; one that does not fit is an error.
///
/// Source: AWS KMS API Reference, VerifyMac.
package enum VerifyMac: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let message: MACRequest
        let mac: [UInt8]
    }

    package struct Response: Sendable {
        let key: String
        let algorithm: MACAlgorithm
    }

    package static let name = "VerifyMac"
    package static let action = "kms:VerifyMac"
    package static let isReadOnly = true
    package static let errors = GenerateMac.errors + ["KMSInvalidMacException"]

    package static func references(in request: Request) -> [KeyReference] { [request.message.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [request.message.requirement(action, on: resources[0], for: call)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let (request, key) = (call.request.message, call.resource)
        let authenticator = try request.authenticator(key, for: name, in: call.call)
        let isValid = try cryptography { () throws(CryptographyError) in
            try authenticator.verify(call.request.mac, for: request.message, algorithm: request.algorithm)
        }
        guard isValid else { throw .invalidMAC }
        try kms.proceed(request.options)
        kms.noteUse(of: key, by: name, in: call.call)
        return Response(key: key.snapshot.arn, algorithm: request.algorithm)
    }
}

// MARK: Wire

extension VerifyMac {
    package static let input = MACRequest.members + [.required("Mac", .ciphertext)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(message: try MACRequest(input, for: call), mac: input.requiredBlob("Mac"))
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key)
        output.flag("MacValid", true)
        output.string("MacAlgorithm", response.algorithm.rawValue)
    }
}
