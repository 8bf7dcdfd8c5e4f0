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
enum KeyWork: Sendable {
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

    /// The same of a plain body; nil where the whole parser has to look at it.
    init?(_ route: Route, _ body: PlainBody, in bytes: UnsafeRawBufferPointer) {
        func decoded(_ member: Range<Int>?) -> [UInt8]? {
            guard let member else { return [] }
            return Base64.decode(UnsafeRawBufferPointer(rebasing: bytes[member]))
        }
        guard let context = decoded(body.context) else { return nil }
        switch route {
        case .keyGenerate: self = .generate(context: context)
        case .keyEncrypt:
            guard !bytes.isEmpty, let plaintext = decoded(body.plaintext) else { return nil }
            self = .encrypt(SharedSecret(SecretBytes(copying: plaintext)), context: context)
        case .keyDecrypt:
            guard !bytes.isEmpty, let ciphertext = decoded(body.ciphertext) else { return nil }
            self = .decrypt(ciphertext, context: context)
        case .keyHMAC:
            guard !bytes.isEmpty, let message = decoded(body.message) else { return nil }
            self = .hmac(message)
        default: return nil
        }
    }

    func run(with key: KESKey) throws(KESError) -> KESResponse {
        var body: [UInt8] = []
        try append(to: &body, with: key)
        return .json(body)
    }

    /// Does it, and writes the answer's body behind what is there.
    func append(to text: inout [UInt8], with key: KESKey) throws(KESError) {
        switch self {
        case .generate(let context):
            let generated = try key.generate(context: context)
            generated.plaintext.withUnsafeBytes { text.appendMember("{\"plaintext\":\"", $0) }
            generated.ciphertext.withUnsafeBytes { text.appendMember(",\"ciphertext\":\"", $0) }
        case .encrypt(let plaintext, let context):
            let ciphertext = try key.encrypt(plaintext, context: context)
            ciphertext.withUnsafeBytes { text.appendMember("{\"ciphertext\":\"", $0) }
        case .decrypt(let ciphertext, let context):
            let plaintext = try key.decrypt(ciphertext, context: context)
            plaintext.withUnsafeBytes { text.appendMember("{\"plaintext\":\"", $0) }
        case .bulkDecrypt(let items):
            text.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                try KeyWork.decrypt(item.ciphertext, context: item.context).append(to: &text, with: key)
            }
            text.append(UInt8(ascii: "]"))
            return
        case .hmac(let message):
            key.hmac(message).withUnsafeBytes { text.appendMember("{\"hmac\":\"", $0) }
        }
        text.append(UInt8(ascii: "}"))
    }
}

extension [UInt8] {
    /// Appends the beginning of a member and a base64 text with its closing quote, without a `String`.
    fileprivate mutating func appendMember(_ opening: StaticString, _ bytes: UnsafeRawBufferPointer) {
        opening.withUTF8Buffer { append(contentsOf: $0) }
        Base64.append(bytes, to: &self)
        append(UInt8(ascii: "\""))
    }
}
