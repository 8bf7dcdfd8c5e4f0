import Cryptography

/// The protobuf message (proto3) of a stored key.
///
/// `KeyVersion { 1: SecretKey { 1: bytes, 2: type }, 2: HMACKey { 1: bytes, 2: hash },
/// 3: Timestamp { 1: seconds, 2: nanoseconds }, 4: created by }`; both keys are required.
enum ProtobufKey {
    static func write(_ key: KESKey, macKey: SharedSecret) -> SecretBytes {
        var writer = ProtobufWriter()
        writer.message(1, part(key.material, kind: key.algorithm == .chaCha20 ? 2 : 1))
        writer.message(2, part(macKey, kind: 1))
        if let moment = key.createdAt {
            var time = ProtobufWriter()
            // Zero is left out in proto3.
            if moment.seconds != 0 { time.integer(1, UInt64(bitPattern: moment.seconds)) }
            if moment.nanoseconds != 0 { time.integer(2, UInt64(moment.nanoseconds)) }
            writer.message(3, time)
        }
        if !key.createdBy.isEmpty { writer.text(4, key.createdBy) }
        return writer.joined()
    }

    private static func part(_ key: SharedSecret, kind: UInt64) -> ProtobufWriter {
        var writer = ProtobufWriter()
        writer.bytes(1, key)
        writer.integer(2, kind)
        return writer
    }

    static func read(_ message: borrowing SecretBytes) -> KESKey? {
        message.withUnsafeBytes { message -> KESKey? in
            var (secret, mac): (UnsafeRawBufferPointer?, UnsafeRawBufferPointer?)
            var moment: Moment?
            var creator = ""
            var reader = ProtobufReader(message)
            while !reader.isAtEnd {
                guard let field = reader.next() else { return nil }
                switch (field.number, field.value) {
                case (1, .bytes(let bytes)): secret = bytes
                case (2, .bytes(let bytes)): mac = bytes
                case (3, .bytes(let bytes)):
                    guard let time = Self.moment(bytes) else { return nil }
                    moment = time
                case (4, .bytes(let bytes)): creator = String(decoding: bytes, as: UTF8.self)
                default: break
                }
            }
            guard let secret, let mac, let (material, type) = part(secret), let (macKey, hash) = part(mac),
                material.count == SplitNonceCipher.keyBytes, macKey.count > 0, hash == 1
            else { return nil }
            let algorithm: KeyAlgorithm
            switch type {
            case 1: algorithm = .aes256
            case 2: algorithm = .chaCha20
            default: return nil
            }
            return KESKey(
                algorithm: algorithm,
                material: material,
                macKey: macKey,
                createdAt: moment,
                createdBy: creator
            )
        }
    }

    /// A key and the number of its kind.
    private static func part(_ message: UnsafeRawBufferPointer) -> (key: SharedSecret, kind: UInt64)? {
        var key: SharedSecret?
        var kind: UInt64 = 0
        var reader = ProtobufReader(message)
        while !reader.isAtEnd {
            guard let field = reader.next() else { return nil }
            switch (field.number, field.value) {
            case (1, .bytes(let bytes)):
                key = SharedSecret(SecretBytes(count: bytes.count) { $0.copyMemory(from: bytes) })
            case (2, .integer(let integer)): kind = integer
            default: break
            }
        }
        return key.map { ($0, kind) }
    }

    private static func moment(_ message: UnsafeRawBufferPointer) -> Moment? {
        var (seconds, nanoseconds): (UInt64, UInt64) = (0, 0)
        var reader = ProtobufReader(message)
        while !reader.isAtEnd {
            guard let field = reader.next() else { return nil }
            switch (field.number, field.value) {
            case (1, .integer(let integer)): seconds = integer
            case (2, .integer(let integer)): nanoseconds = integer
            default: break
            }
        }
        guard let nanoseconds = Int32(exactly: nanoseconds) else { return nil }
        return Moment(seconds: Int64(bitPattern: seconds), nanoseconds: nanoseconds)
    }
}
