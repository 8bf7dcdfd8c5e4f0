import AWSProtocol
import Cryptography
package import Operations

/// Answers with random bytes of the system's cryptographic source.
///
/// Source: AWS KMS API Reference, GenerateRandom.
package enum GenerateRandom: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let byteCount: Int
        let account: AccountID
    }

    package static let name = "GenerateRandom"
    package static let action = "kms:GenerateRandom"
    package static let isReadOnly = true
    package static let errors = [
        "DependencyTimeoutException", "KMSInternalException", "UnsupportedOperationException",
        "CustomKeyStoreNotFoundException", "CustomKeyStoreInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [.account(action, for: call, in: request.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> [UInt8] {
        SecretBytes(randomCount: call.request.byteCount).exposingSecret()
    }
}

// MARK: Wire

extension GenerateRandom {
    package static let input: [Member] = [
        .optional("NumberOfBytes", .numberOfBytes),
        .optional("CustomKeyStoreId", .customKeyStoreID),
        .optional("Recipient", .recipient),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try input.refuseRecipient()
        guard input.string("CustomKeyStoreId") == nil else { throw .customKeyStores }
        guard let count = input.integer("NumberOfBytes") else {
            throw .validation("NumberOfBytes is required.")
        }
        return Request(byteCount: count, account: try call.account())
    }

    package static func encode(_ response: [UInt8], into output: inout OutputWriter) {
        output.blob("Plaintext", response)
    }
}
