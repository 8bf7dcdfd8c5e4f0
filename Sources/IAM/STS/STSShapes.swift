import Operations

/// The shapes of STS requests, as the service model names and bounds them.
extension Shape {
    static let stsARN = Shape.string(length: 20...2048, pattern: .arnText)
    static let sessionName = Shape.string(length: 2...64, pattern: .sessionName)
    static let federatedUserName = Shape.string(length: 2...32, pattern: .sessionName)
    static let sessionPolicy = Shape.string(length: 1...2048, pattern: .policyText)
    /// AssumeRole's has no bound of its own.
    static let unrestrictedSessionPolicy = Shape.string(length: 1...Int.max, pattern: .policyText)
    static let sessionPolicyARNs = Shape.list(.structure([.optional("arn", .stsARN)]))
    static let roleSeconds = Shape.integer(900...43_200)
    static let sessionSeconds = Shape.integer(900...129_600)
    static let sessionTags = Shape.list(
        .structure([
            .required("Key", .string(length: 1...128, pattern: .tagKey)),
            .required("Value", .string(length: 0...256, pattern: .tagValue)),
        ]),
        length: 0...50
    )
    static let sessionTagKeys = Shape.list(.string(length: 1...128, pattern: .tagKey), length: 0...50)
    static let externalID = Shape.string(length: 2...1224, pattern: .externalID)
    static let serialNumber = Shape.string(length: 9...256, pattern: .serialNumber)
    static let tokenCode = Shape.string(length: 6...6, pattern: .digits, isSensitive: true)
    static let providedContexts = Shape.list(
        .structure([
            .optional("ProviderArn", .stsARN),
            .optional("ContextAssertion", .string(length: 4...2048, isSensitive: true)),
        ]),
        length: 1...5
    )
}

extension Pattern {
    /// The characters of XML's text, as far as ARNs may have them.
    static let arnText = Pattern.characters(
        "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"
    ) { scalar in
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
    static let sessionName = Pattern.characters("[\\w+=,.@-]*", emptyAllowed: true) {
        $0.isASCIIAlphanumeric || "_+=,.@-".unicodeScalars.contains($0)
    }
    static let externalID = Pattern.characters("[\\w+=,.@:\\/-]*", emptyAllowed: true) {
        $0.isASCIIAlphanumeric || "_+=,.@:/-".unicodeScalars.contains($0)
    }
    static let serialNumber = Pattern.characters("[\\w+=/:,.@-]*", emptyAllowed: true) {
        $0.isASCIIAlphanumeric || "_+=/:,.@-".unicodeScalars.contains($0)
    }
    static let digits = Pattern.characters("[\\d]*", emptyAllowed: true) { ("0"..."9").contains($0) }
    static let words = Pattern.characters("[\\w]*", emptyAllowed: true) {
        $0.isASCIIAlphanumeric || $0 == "_"
    }
}
