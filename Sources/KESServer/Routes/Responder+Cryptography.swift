import AWSProtocol
import Cryptography
import KES

/// The routes that use a key: at once when it is in memory, else after it was read.
extension Responder {
    func withKey(_ request: KESRequest) throws(KESError) -> Answer {
        let name = try KeyName(request.resource)
        let work = try KeyWork(request)
        if let key = state.keys.keyInMemory(name) { return .ready(try work.run(with: key)) }
        return later { () throws(KESError) in try work.run(with: try await state.keys.key(name)) }
    }
}

/// What is to be done with a key, parsed and complete; doing it never waits.
private enum KeyWork: Sendable {
    case generate(context: [UInt8])
    case encrypt(SharedSecret, context: [UInt8])
    case decrypt([UInt8], context: [UInt8])
    case bulkDecrypt([BulkCiphertext])
    case hmac([UInt8])

    init(_ request: KESRequest) throws(KESError) {
        switch request.route {
        case .keyGenerate:
            self = .generate(context: try request.object(allowingEmpty: true).bytes("context"))
        case .keyEncrypt:
            let body = try request.object()
            let plaintext = SharedSecret(SecretBytes(copying: try body.bytes("plaintext")))
            self = .encrypt(plaintext, context: try body.bytes("context"))
        case .keyDecrypt:
            let body = try request.object()
            self = .decrypt(try body.bytes("ciphertext"), context: try body.bytes("context"))
        case .keyBulkDecrypt: self = .bulkDecrypt(try Self.ciphertexts(request.body))
        case .keyHMAC: self = .hmac(try request.object().bytes("message"))
        default: throw .notFound
        }
    }

    private static func ciphertexts(_ body: [UInt8]) throws(KESError) -> [BulkCiphertext] {
        guard let items = (try? JSON.parse(body))?.elements else { throw .invalidBody }
        guard items.count <= KESKeyService.bulkCountMax else { throw .tooManyCiphertexts }
        var ciphertexts: [BulkCiphertext] = []
        for item in items {
            guard case .object = item else { throw .invalidBody }
            ciphertexts.append(
                BulkCiphertext(ciphertext: try item.bytes("ciphertext"), context: try item.bytes("context"))
            )
        }
        return ciphertexts
    }

    func run(with key: KESKey) throws(KESError) -> KESResponse {
        switch self {
        case .generate(let context):
            let generated = try key.generate(context: context)
            return .json(
                SecretJSON.object([
                    ("plaintext", generated.plaintext.withUnsafeBytes { SecretJSON.base64($0) }),
                    ("ciphertext", generated.ciphertext.withUnsafeBytes { SecretJSON.base64($0) }),
                ])
            )
        case .encrypt(let plaintext, let context):
            let ciphertext = try key.encrypt(plaintext, context: context)
            return .json(
                SecretJSON.object([("ciphertext", ciphertext.withUnsafeBytes { SecretJSON.base64($0) })])
            )
        case .decrypt(let ciphertext, let context):
            return .json(try Self.plaintext(key, ciphertext, context))
        case .bulkDecrypt(let items):
            var body: [UInt8] = [UInt8(ascii: "[")]
            for (index, item) in items.enumerated() {
                if index > 0 { body.append(UInt8(ascii: ",")) }
                body += try Self.plaintext(key, item.ciphertext, item.context)
            }
            return .json(body + [UInt8(ascii: "]")])
        case .hmac(let message):
            let code = key.hmac(message)
            return .json(SecretJSON.object([("hmac", code.withUnsafeBytes { SecretJSON.base64($0) })]))
        }
    }

    private static func plaintext(
        _ key: KESKey,
        _ ciphertext: [UInt8],
        _ context: [UInt8]
    ) throws(KESError) -> [UInt8] {
        let plaintext = try key.decrypt(ciphertext, context: context)
        return SecretJSON.object([("plaintext", plaintext.withUnsafeBytes { SecretJSON.base64($0) })])
    }
}

/// Small objects of base64 texts, written without a `String`.
private enum SecretJSON {
    static func base64(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        Base64.append(bytes, to: &text)
        return text
    }

    static func object(_ members: [(name: StaticString, base64: [UInt8])]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(members.reduce(2) { $0 + $1.name.utf8CodeUnitCount + $1.base64.count + 6 })
        for (index, member) in members.enumerated() {
            text.append(UInt8(ascii: index == 0 ? "{" : ","))
            text.append(UInt8(ascii: "\""))
            member.name.withUTF8Buffer { text.append(contentsOf: $0) }
            text.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":"), UInt8(ascii: "\"")])
            text.append(contentsOf: member.base64)
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        return text
    }
}
