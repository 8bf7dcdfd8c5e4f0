import Operations

/// The shapes of IAM requests, as the service model names and bounds them.
extension Shape {
    static let userName = Shape.string(length: 1...64, pattern: .name)
    static let existingUserName = Shape.string(length: 1...128, pattern: .name)
    static let groupName = Shape.string(length: 1...128, pattern: .name)
    static let roleName = Shape.string(length: 1...64, pattern: .name)
    static let instanceProfileName = Shape.string(length: 1...128, pattern: .name)
    static let policyName = Shape.string(length: 1...128, pattern: .name)
    static let arn = Shape.string(length: 20...2048)
    static let path = Shape.string(length: 1...512, pattern: .path)
    static let pathPrefix = Shape.string(length: 1...512, pattern: .pathPrefix)
    static let policyPath = Shape.string(length: 1...512, pattern: .policyPath)
    static let policyDocument = Shape.string(length: 1...131_072, pattern: .policyText)
    static let policyDescription = Shape.string(length: 0...1000)
    static let policyVersionID = Shape.string(pattern: .policyVersionID)
    static let roleDescription = Shape.string(length: 0...1000, pattern: .roleDescription)
    static let maxSessionDuration = Shape.integer(3600...43_200)
    static let accessKeyID = Shape.string(length: 16...128, pattern: .word)
    static let status = Shape.enumeration(["Active", "Inactive", "Expired"])
    static let marker = Shape.string(length: 1...320, pattern: .latin)
    static let maxItems = Shape.integer(1...1000)
    static let tags = Shape.list(
        .structure([
            .required("Key", .string(length: 1...128, pattern: .tagKey)),
            .required("Value", .string(length: 0...256, pattern: .tagValue)),
        ]),
        length: 0...50
    )
    static let tagKeys = Shape.list(.string(length: 1...128, pattern: .tagKey), length: 0...50)
    static let policyScope = Shape.enumeration(["All", "AWS", "Local"])
    static let policyUsage = Shape.enumeration(["PermissionsPolicy", "PermissionsBoundary"])
    static let entityFilter = Shape.enumeration([
        "User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy",
    ])
}

extension Pattern {
    static let name = Pattern.characters("[\\w+=,.@-]+") {
        $0.isASCIIAlphanumeric || "_+=,.@-".unicodeScalars.contains($0)
    }
    static let word = Pattern.characters("[\\w]+") { $0.isASCIIAlphanumeric || $0 == "_" }
    static let latin = Pattern.characters("[\\u0020-\\u00FF]+") { ("\u{20}"..."\u{FF}").contains($0) }
    static let policyText = Pattern.characters("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+") {
        ("\u{20}"..."\u{FF}").contains($0) || $0 == "\t" || $0 == "\n" || $0 == "\r"
    }
    static let roleDescription = Pattern.characters(
        "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
        emptyAllowed: true
    ) {
        ("\u{20}"..."\u{7E}").contains($0) || ("\u{A1}"..."\u{FF}").contains($0) || $0 == "\t" || $0 == "\n"
            || $0 == "\r"
    }
    static let tagKey = Pattern.characters("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", isTagCharacter)
    static let tagValue = Pattern.characters(
        "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
        emptyAllowed: true,
        isTagCharacter
    )
    /// A slash alone, or printable characters between two.
    static let path = Pattern("(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)") { text in
        text == "/"
            || (text.utf8.count > 2 && text.hasPrefix("/") && text.hasSuffix("/")
                && text.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }
    static let pathPrefix = Pattern("\\u002F[\\u0021-\\u007F]*") { text in
        text.hasPrefix("/") && text.utf8.allSatisfy { (0x21...0x7F).contains($0) }
    }
    /// Words between slashes.
    static let policyPath = Pattern("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/") { text in
        guard text.hasPrefix("/"), text.hasSuffix("/") else { return false }
        if text == "/" { return true }
        return text.dropFirst().dropLast().split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { word in
                !word.isEmpty
                    && word.unicodeScalars.allSatisfy {
                        $0.isASCIIAlphanumeric || ".,+@=_-".unicodeScalars.contains($0)
                    }
            }
    }
    /// `v` and a number, and what an older form of it may have behind a dot.
    static let policyVersionID = Pattern("v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?") { text in
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0].hasPrefix("v"), let first = parts[0].dropFirst().first, ("1"..."9").contains(first),
            parts[0].dropFirst(2).allSatisfy({ ("0"..."9").contains($0) })
        else { return false }
        return parts.count == 1
            || parts[1].unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" }
    }

    private static func isTagCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .spaceSeparator, .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber,
            .otherNumber:
            true
        default: "_.:/=+-@".unicodeScalars.contains(scalar)
        }
    }
}
