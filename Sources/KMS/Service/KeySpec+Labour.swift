import Cryptography
import Operations

/// How long the operations of a spec take, measured with the libraries in use on one core of a small server.
extension KeySpec {
    /// An operation with the private or secret key: 2 to 30 µs where brief, 0.1 to 5 ms where long.
    var labour: Labour {
        switch self {
        case .symmetricDefault, .hmac224, .hmac256, .hmac384, .hmac512: .brief
        case .nistP256, .edwards25519: .moderate
        default: .long
        }
    }

    /// An operation with the public key alone: RSA's are as short as its private ones are long.
    var publicLabour: Labour { modulusBitCount == nil ? labour : .brief }

    /// Making a key: an RSA key takes from a tenth of a second to several seconds.
    var generationLabour: Labour { modulusBitCount == nil ? labour : .generation }
}
