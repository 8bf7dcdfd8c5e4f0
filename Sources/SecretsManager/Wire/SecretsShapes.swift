import Operations

/// The shapes of Secrets Manager requests that more than one operation uses, as the service model has them.
extension Shape {
    static let secretID = Shape.string(length: 1...2048)
    static let secretName = Shape.string(length: 1...512)
    static let clientRequestToken = Shape.string(length: 32...64)
    static let secretDescription = Shape.string(length: 0...2048)
    static let kmsKeyID = Shape.string(length: 0...2048)
    static let secretString = Shape.string(length: 1...65_536, isSensitive: true)
    static let secretBinary = Shape.blob(length: 1...65_536, isSensitive: true)
    static let secretType = Shape.string(length: 0...256)
    static let versionID = Shape.string(length: 32...64)
    static let versionStage = Shape.string(length: 1...256)
    static let versionStages = Shape.list(.versionStage, length: 1...20)
    static let resourcePolicy = Shape.string(length: 1...SecretPolicy.lengthMax)
    static let replicaRegion = Shape.string(length: 1...128, pattern: .region)
    static let replicaRegions = Shape.list(
        .structure([.optional("Region", .replicaRegion), .optional("KmsKeyId", .kmsKeyID)]),
        length: 1...Int.max
    )
    static let secretTags = Shape.list(
        .structure([.optional("Key", .tagKey), .optional("Value", .string(length: 0...256))])
    )
    static let tagKey = Shape.string(length: 1...128)
    static let nextToken = Shape.string(length: 1...4096)
    static let filters = Shape.list(
        .structure([
            .optional("Key", .enumeration(SecretFilter.Key.allCases.map(\.rawValue))),
            .optional(
                "Values",
                .list(.string(length: 0...512, pattern: .filterValue), length: 1...10)
            ),
        ]),
        length: 0...10
    )
}

extension Pattern {
    fileprivate static let region = Pattern.expression(#"^([a-z]+-)+\d+$"#)
    fileprivate static let filterValue = Pattern.characters(
        #"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$"#,
        emptyAllowed: true
    ) { $0.isASCIIAlphanumeric || " :_@/+=.-!".unicodeScalars.contains($0) }
    static let rotationToken = Pattern.characters(#"^[a-zA-Z0-9\-]+$"#) {
        $0.isASCIIAlphanumeric || $0 == "-"
    }
}
